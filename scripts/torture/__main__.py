"""Torture runs of the real binary: kills, outages, full disks, damaged files, wrong configurations.

    python3 scripts/torture [--short] [--raceway BINARY] [NAME …]

Every run ends with the conservation laws checked over /metrics. A run that this machine cannot make is skipped with the
reason. Exit 1 when a promise was not kept; the logs of the server then stay where the last line says.
"""

import argparse
import signal
import sys
import time
import traceback

import agreement
import damage
import kills
import memory
import outages
import startup
from checks import Failure, Skipped, say
from harness import ROOT, Bench


def runs():
    """Names and bodies, in the order of their promises."""
    table = {}
    for backend in ("sqlite", "postgres"):
        table[f"kill-{backend}"] = lambda bench, backend=backend: kills.server_under_load(bench, backend)
        table[f"kill-recovery-{backend}"] = lambda bench, backend=backend: kills.during_recovery(bench, backend)
    table["kill-postgres-server"] = kills.postgres_during_commits
    table["outage"] = outages.postgres_down
    table["hung"] = outages.postgres_hung
    table["log-cap"] = outages.log_cap
    table["disk-log"] = outages.log_disk_full
    table["disk-sqlite"] = outages.sqlite_disk_full
    table["disk-postgres"] = outages.postgres_disk_full
    for backend in ("memory", "sqlite", "postgres"):
        table[f"thrice-{backend}"] = lambda bench, backend=backend: damage.thrice(bench, backend)
    table["memory-sqlite"] = lambda bench: memory.flat(bench, "sqlite")
    table["damaged-log"] = damage.damaged_log
    table["damaged-checkpoints"] = damage.damaged_checkpoints
    table["agreement"] = agreement.same_report
    table["startup"] = startup.table_of_all
    return table


def main():
    table = runs()
    parser = argparse.ArgumentParser(prog="scripts/torture", description="Torture runs: " + ", ".join(table))
    parser.add_argument("--short", action="store_true", help="few rounds and short outages, some 60 s in all")
    parser.add_argument("--raceway", help="the binary to torture (default: the release build)")
    parser.add_argument("--restart-seconds", type=float, default=2.0, help="the longest a restart may take (default: 2)")
    parser.add_argument("name", nargs="*", help="runs whose name begins so (default: all)")
    options = parser.parse_args()
    binary = options.raceway or ROOT / ".build/release/raceway"
    # Ended from outside, a run takes its servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = 0
    for name, body in table.items():
        if options.name and not any(name.startswith(wanted) for wanted in options.name):
            continue
        bench = Bench(binary, options.short, options.restart_seconds)
        began = time.monotonic()
        try:
            say(f"ok    {name}: {body(bench)} ({time.monotonic() - began:.0f} s)")
        except Skipped as reason:
            say(f"skip  {name}: {reason}")
        except Failure as reason:
            failed += 1
            say(f"FAIL  {name}: {reason}")
            bench.keep()
        except Exception:
            failed += 1
            say(f"FAIL  {name}: {traceback.format_exc()}")
            bench.keep()
        finally:
            bench.close()
    sys.exit(1 if failed else 0)


main()
