"""kill -9 of the server and of PostgreSQL while events come in."""

import random
import time

from checks import check, say
from harness import Load


def server_under_load(bench, backend):
    """Rounds of load, kill, restart: what was acknowledged is stored, once."""
    rounds = 4 if bench.short else 200
    chance = random.Random(7)
    # Small files, so that kills meet rotations too; frequent checkpoints, so that they meet those.
    settings = ["engine.wal_segment_bytes=4MiB", "checkpoint.interval_seconds=1"]
    server = bench.server(bench.storage(backend, "kills"), f"kills-{backend}", settings=settings)
    server.start()
    sent = breaks = recovered = 0
    for number in range(rounds):
        load = Load(server, 1, rate=10_000)
        time.sleep(chance.random() * 0.9)
        server.kill()
        server.start(bench.restart_seconds)
        result = load.result()
        sent += result["sent"]
        breaks += result["breaks"]
        values = server.check_holds(sent)
        recovered += int(values["raceway_events_recovered_total"])
        if (number + 1) % 20 == 0:
            say(f"  {number + 1} rounds, {sent} events, {server.restart_times()}")
    check(breaks > 0, "no kill met a connection: the run proves nothing")
    server.stop()
    return (
        f"{rounds} kills, {sent} events acknowledged and stored once, {recovered} of them recovered from the log, "
        f"{server.restart_times()}"
    )


def during_recovery(bench, backend):
    """Kills while the log is replayed, as a supervisor that is too impatient makes them."""
    restarts = 4 if bench.short else 20
    chance = random.Random(11)
    server = bench.server(bench.storage(backend, "impatient"), f"impatient-{backend}")
    server.start()
    load = Load(server, 4, rate=40_000)
    time.sleep(2)
    for _ in range(restarts):
        server.kill()
        server.spawn()
        time.sleep(chance.random() * 0.15)
    server.kill()
    server.start(bench.restart_seconds)
    sent = load.result()["sent"]
    server.check_holds(sent)
    server.stop()
    return f"{restarts} kills within 0.15 s of the start, {sent} events acknowledged and stored once"


def postgres_during_commits(bench):
    """kill -9 of the whole database server while it commits; nobody who sends notices."""
    seconds = 6 if bench.short else 60
    chance = random.Random(13)
    storage = bench.storage("postgres", "commits")
    server = bench.server(storage, "commits", settings=["storage.postgres.retry_max_ms=500"])
    server.start()
    load = Load(server, seconds, rate=3_000)
    end = time.monotonic() + seconds
    kills = 0
    while time.monotonic() < end:
        time.sleep(0.3 + chance.random() * 0.7)
        storage.postgres.kill()
        storage.postgres.start()
        kills += 1
    result = load.result()
    server.check_holds(result["sent"])
    noticed = f"{result['breaks']} breaks, {result['refusals']} refusals"
    check(result["breaks"] + result["refusals"] == 0, f"clients noticed: {noticed}")
    server.stop()
    return f"{kills} kills of PostgreSQL, {result['sent']} events stored once, no client noticed"
