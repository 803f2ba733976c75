"""Batches sent three times, and files that were torn, cut, flipped or replaced: recovered or set aside, never a crash loop."""

import random
import shutil

from agreement import compare, report
from corpus import batches, events
from checks import check
from harness import Load


def thrice(bench, backend):
    """A client that sends everything three times changes nothing but counters."""
    sent = 0
    traces = sorted({event["trace_id"] for event in events()})
    once = bench.server(bench.storage(backend, "once"), f"once-{backend}")
    three = bench.server(bench.storage(backend, "three"), f"three-{backend}")
    for server in (once, three):
        server.start()
    for batch in batches(seed=3):
        sent += len(batch)
        once.post(batch)
        for _ in range(3):
            status, _, text = three.post(batch)
            check(status == 200, f"a resent batch was answered {status}: {text[:200]}")
    once.check_holds(sent)
    values = three.check_holds(sent)
    duplicates = int(values["raceway_events_duplicate_total"])
    check(duplicates == 2 * sent, f"{2 * sent} events were resent, {duplicates} duplicates counted")
    compare(backend, report(once, traces), report(three, traces))
    for server in (once, three):
        server.stop()
    return f"{sent} events three times: stored once, {duplicates} counted as duplicates, same races and traces"


def damaged_log(bench):
    """Every way to damage a log that no store has taken yet; the server starts, says so, and starts again."""
    # Nothing is flushed before the kill, so that the log alone has the events.
    settings = [
        "engine.flush_interval_ms=600000", "engine.batch_size=1000000", "engine.wal_segment_bytes=1MiB",
        "checkpoint.enabled=false",
    ]  # fmt: skip
    chance = random.Random(17)
    original = bench.server(bench.storage("sqlite", "log"), "log", settings=settings)
    original.start()
    sent = Load(original, 1, rate=20_000).result()["sent"]
    original.kill()
    trials = 8 if bench.short else 60
    less = 0
    for trial in range(trials):
        kind = KINDS[trial % len(KINDS)]
        storage = bench.storage("sqlite", "trial")
        server = bench.server(storage, f"trial-{trial}", settings=settings)
        shutil.copytree(original.data_dir, server.data_dir, dirs_exist_ok=True)
        for path in original.storage.path.parent.iterdir():
            target = storage.path.parent / path.name
            shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
        # A database named on the command line has its log beside it.
        files = sorted(place for root in (server.data_dir, storage.path.parent) for place in root.rglob("*.seg"))
        check(len(files) > 1, f"the log has {len(files)} segments; the run needs several")
        # The end of a log cannot be told from the end of a write that a crash cut short; there nothing has to be said.
        files.sort(key=lambda path: path.name)
        victim = chance.choice(files[:-1] if kind in ("gone", "empty") else files)
        damage(kind, victim, chance)
        server.start()
        values = server.metrics()
        recovered = int(values["raceway_events_recovered_total"])
        check(recovered <= sent, f"{kind}: {sent} events were sent, {recovered} recovered")
        if recovered < sent:
            less += 1
            check(victim == files[-1] or "damaged" in server.log_tail(), f"{kind} of {victim.name}: {sent - recovered} events are gone and nothing is said")
        status, _, text = server.request("/api/traces?page_size=1")
        check(status == 200, f"{kind}: {status} {text[:200]}")
        # What was left is now stored for good; a second start has nothing to complain about that is new.
        server.stop()
        server.start()
        server.check_holds(recovered)
        server.stop()
    return f"{trials} damaged logs of {sent} events: {trials - less} lost nothing, {less} lost records and said how many"


def damaged_checkpoints(bench):
    """Damaged checkpoints cost time, never events."""
    chance = random.Random(19)
    server = bench.server(bench.storage("sqlite", "checkpoints"), "checkpoints", settings=["checkpoint.interval_seconds=1"])
    server.start()
    sent = Load(server, 3, rate=5_000).result()["sent"]
    trials = 5 if bench.short else 30
    for trial in range(trials):
        kind = KINDS[trial % len(KINDS)]
        server.kill()
        roots = (server.data_dir, server.storage.path.parent)
        files = [path for root in roots for path in root.rglob("*") if path.is_file() and "checkpoint" in str(path.relative_to(root))]
        check(files, f"no checkpoint below {server.data_dir}")
        for path in files if trial % 2 else [chance.choice(files)]:
            damage(kind, path, chance)
        server.start()
        sent += Load(server, 1, rate=2_000).result()["sent"]
        server.check_holds(sent)
    server.stop()
    return f"{trials} times damaged checkpoints, {sent} events stored once"


KINDS = ("flip", "cut", "zeros", "noise", "empty", "append", "gone", "head")


def damage(kind, path, chance):
    data = bytearray(path.read_bytes())
    used = len(data.rstrip(b"\0")) or 1
    at = chance.randrange(used)
    if kind == "flip":
        if data:
            data[at] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        del data[at:]
    elif kind == "zeros":
        data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    elif kind == "noise":
        data[at : at + 512] = chance.randbytes(len(data[at : at + 512]))
    elif kind == "empty":
        data.clear()
    elif kind == "append":
        data += chance.randbytes(4096)
    elif kind == "head":
        data[:128] = chance.randbytes(len(data[:128]))
    if kind == "gone":
        path.unlink()
    else:
        path.write_bytes(data)
