"""PostgreSQL away, and disks without space: nothing acknowledged is lost, and nobody has to restart the server."""

import contextlib
import os
import shutil
import subprocess
import time

from checks import Skipped, check, wait_until
from harness import Load, PostgresStorage, SQLiteStorage
from postgres import Postgres


def postgres_down(bench):
    """PostgreSQL is away for a while; the log takes what comes."""
    away = 5 if bench.short else 60
    storage = bench.storage("postgres", "outage")
    server = bench.server(storage, "outage", settings=["storage.postgres.retry_max_ms=1000"])
    server.start()
    load = Load(server, away + 4, rate=5_000)
    time.sleep(2)
    storage.postgres.stop()
    time.sleep(away / 2)
    conditions = wait_until("the server says so", server.conditions, 10)
    check("store_unavailable" in conditions, f"the server says {conditions}")
    check(server.metrics()["raceway_ready"] == 1, "not ready although the log takes events")
    time.sleep(away / 2)
    storage.postgres.start()
    result = load.result()
    check(result["breaks"] + result["refusals"] == 0, f"clients noticed: {result}")
    server.check_holds(result["sent"])
    check(not server.conditions(), f"afterwards: {server.conditions()}")
    server.stop()
    return f"{away} s away, {result['sent']} events stored once, no client error, slowest ack {result['latency_ms']['max']:.0f} ms"


def postgres_hung(bench):
    """PostgreSQL keeps its connections and never answers: events are taken, probes answer, and the server can be stopped."""
    grace = 3
    storage = bench.storage("postgres", "hung")
    server = bench.server(storage, "hung", settings=[f"server.graceful_timeout_seconds={grace}"])
    server.start()
    sent = Load(server, 2, rate=2_000).result()["sent"]
    storage.postgres.hang()
    try:
        # Nothing that asks the store before it sends, unlike the generator: its own log of what was taken is the answer.
        status, _, text = server.post([event(number) for number in range(50)])
        check(status == 200, f"an event was answered with {status} {text[:300]}")
        slowest = 0.0
        for path in ("/readyz", "/metrics", "/health") * 2:
            began = time.monotonic()
            server.request(path, timeout=20)
            slowest = max(slowest, time.monotonic() - began)
        check(slowest < 3, f"a probe took {slowest:.1f} s")
        process, began = server.process, time.monotonic()
        process.terminate()
        try:
            status = process.wait(timeout=grace + 10)
        except subprocess.TimeoutExpired:
            check(False, f"SIGTERM was not obeyed within {grace} s and 10 more")
        took = time.monotonic() - began
        check(status in (0, 3), f"the server ended with {status}: {server.log_tail()}")
        server.process = None
    finally:
        storage.postgres.wake()
    server.start()
    server.check_holds(sent + 50)
    server.stop()
    return f"events taken, probes within {slowest:.1f} s, ended {took:.1f} s after SIGTERM, {sent + 50} events stored once"


def log_cap(bench):
    """The outage outlasts the log: 503 with Retry-After, and everything goes on by itself."""
    storage = bench.storage("postgres", "cap")
    settings = ["engine.wal_segment_bytes=1MiB", "engine.wal_max_bytes=4MiB", "storage.postgres.retry_max_ms=1000"]
    server = bench.server(storage, "cap", settings=settings)
    server.start()
    storage.postgres.stop()
    load = Load(server, 5, rate=20_000)
    taken = expect_refusals(server, "log_full")
    storage.postgres.start()
    result = load.result()
    check(result["refusals"] > 0, "the generator met no refusal")
    check(result["breaks"] == 0, f"{result['breaks']} connections broke")
    wait_until("the server is ready again", lambda: not server.conditions(), 30)
    server.check_holds(result["sent"] + taken)
    server.stop()
    return f"503 with Retry-After at the cap, {result['refusals']} refusals, {result['sent']} events stored once"


def log_disk_full(bench):
    """The log's file system is full while the store is away."""
    with volume(bench, "log", 48) as place:
        storage = bench.storage("postgres", "logdisk")
        settings = [f"engine.wal_path={place}/wal", "engine.wal_segment_bytes=4MiB", "storage.postgres.retry_max_ms=1000"]
        server = bench.server(storage, "logdisk", settings=settings)
        server.start()
        storage.postgres.stop()
        fill(place, leave=1 << 20)
        load = Load(server, 6, rate=20_000)
        taken = expect_refusals(server, "disk_full")
        (place / "filler").unlink()
        wait_until("the server takes events again without the store", lambda: server.metrics()["raceway_ready"] == 1, 30)
        storage.postgres.start()
        result = load.result()
        server.check_holds(result["sent"] + taken)
        wait_until("no condition is left", lambda: not server.conditions(), 30)
        server.stop()
        return f"disk_full said, {result['refusals']} refusals, {result['sent']} events stored once"


def sqlite_disk_full(bench):
    """The database file's disk is full; the log is elsewhere."""
    with volume(bench, "sqlite", 64) as place:
        server = bench.server(SQLiteStorage(place / "raceway.db"), "dbdisk", settings=store_settings(bench))
        server.start()
        result = full_store(server, place)
        server.stop()
        return result


def postgres_disk_full(bench):
    """PostgreSQL's data volume is full; its own log is on another one, as its manual advises."""
    with volume(bench, "pgdata", 160) as place:
        folder = bench.folder("pgfull")
        postgres = Postgres(folder, data=place / "data", initdb=["-X", folder / "waldir"])
        bench.stack.callback(postgres.kill)
        postgres.start()
        try:
            server = bench.server(PostgresStorage(postgres, postgres.create_database()), "pgfull", settings=store_settings(bench))
            server.start()
            result = full_store(server, place)
            server.stop()
        finally:
            server.kill()
            postgres.stop()
        return result


def store_settings(bench):
    return [f"engine.wal_path={bench.folder('wal')}", "storage.postgres.retry_max_ms=1000"]


def full_store(server, place):
    load = Load(server, 6, rate=20_000)
    time.sleep(1)
    fill(place, leave=0)
    wait_until("store_full is said", lambda: "store_full" in server.conditions(), 30)
    check(server.metrics()["raceway_ready"] == 1, "not ready although the log takes events")
    (place / "filler").unlink()
    result = load.result()
    check(result["breaks"] + result["refusals"] == 0, f"clients noticed: {result}")
    server.check_holds(result["sent"])
    wait_until("no condition is left", lambda: not server.conditions(), 40)
    return f"store_full said, no client error, {result['sent']} events stored once without a restart"


def expect_refusals(server, condition):
    """New events are refused with a pause to keep, and the server says why. Returns how many were taken before that."""
    wait_until(f"{condition} is said", lambda: condition in server.conditions(), 60)
    taken = 0
    while True:
        check(server.metrics()["raceway_ready"] == 0, f"ready in spite of {condition}")
        # What is left of the log may have room for one more small event, when others are slow to fill it.
        status, headers, text = server.post([event(taken)])
        if status != 200:
            break
        taken += 1
        check(taken < 10_000, f"{taken} events were taken in spite of {condition}")
    check(status == 503 and headers["Retry-After"], f"answered {status} {dict(headers)} {text[:300]}")
    status, _, text = server.request("/readyz")
    # A server without the probe says so in /metrics alone.
    check(status == 404 or (status == 503 and condition in text), f"/readyz: {status} {text[:300]}")
    return taken


def event(number):
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}", "trace_id": "00000000-0000-4000-8000-00000000cafe",
        "parent_id": None, "timestamp": "2026-01-01T00:00:00Z", "kind": {"Custom": {"name": "x", "data": {}}},
        "metadata": {"thread_id": "t", "process_id": 1, "service_name": "s", "environment": "e", "tags": {}},
        "causality_vector": [], "lock_set": [],
    }  # fmt: skip


@contextlib.contextmanager
def volume(bench, name, megabytes):
    """A small file system of our own."""
    if os.geteuid() != 0:
        raise Skipped("only root may mount a small file system")
    place = bench.folder(f"volume-{name}")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "raceway-torture", place],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Skipped(f"cannot mount: {done.stderr.strip()}")
    # The bench undoes this after it has ended the processes that were started later.
    bench.stack.callback(subprocess.run, ["umount", "-l", place], capture_output=True, check=False)
    yield place


def fill(place, leave):
    free = shutil.disk_usage(place).free - leave
    with open(place / "filler", "wb") as filler, contextlib.suppress(OSError):
        while free > 0:
            free -= filler.write(bytes(min(free, 1 << 20)))
            filler.flush()
