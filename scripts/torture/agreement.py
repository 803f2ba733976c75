"""The same events give the same report, whatever keeps them and however often the server was restarted."""

from corpus import batches, events
from checks import check


def same_report(bench):
    """1, 2 and 8 lanes; every store; live, after a restart, with checkpoints and without."""
    lanes = (1, 8) if bench.short else (1, 2, 8)
    traces = sorted({event["trace_id"] for event in events()})
    expected = None
    reports = 0
    for backend in ("memory", "sqlite", "postgres"):
        for lane in lanes:
            for checkpoints in (lane == 8,) if bench.short else (False, True):
                name = f"{backend}, {lane} lanes, {'with' if checkpoints else 'without'} checkpoints"
                settings = [
                    f"engine.parallelism={lane}", "engine.wal=true", "checkpoint.interval_seconds=1",
                    f"checkpoint.enabled={str(checkpoints).lower()}",
                ]  # fmt: skip
                server = bench.server(bench.storage(backend, "agree"), "agree", settings=settings)
                server.start()
                count = 0
                for batch in batches(seed=lane * 2 + checkpoints):
                    count += len(batch)
                    status, _, text = server.post(batch)
                    check(status == 200, f"{name}: {status} {text[:200]}")
                stages = [("live", None), ("after SIGTERM", server.stop), ("after kill -9", server.kill)]
                for stage, end in stages:
                    if end is not None:
                        end()
                        server.start()
                    server.check_holds(count)
                    found = report(server, traces)
                    expected = expected or found
                    compare(f"{name}, {stage}", expected, found)
                    reports += 1
                server.stop()
    return f"{reports} reports on {len(traces)} traces are the same"


def report(server, traces):
    answers = {"/api/races": server.get("/api/races")}
    for trace in traces:
        answers[f"/api/traces/{trace}"] = server.get(f"/api/traces/{trace}")
    return {path: bare(answer) for path, answer in answers.items()}


# What says when or how something was computed, and not what.
PASSING = {"revision", "generated_at", "computed_at", "elapsed_ms", "first_seen", "last_seen"}


def bare(answer):
    if isinstance(answer, dict):
        return {key: bare(value) for key, value in answer.items() if key not in PASSING}
    return [bare(value) for value in answer] if isinstance(answer, list) else answer


def compare(name, expected, found):
    for path, answer in expected.items():
        if found[path] != answer:
            place = difference(answer, found[path])
            check(False, f"{name}: GET {path} differs at {place}")


def difference(left, right, path=""):
    """Where two answers differ first."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                return difference(left.get(key), right.get(key), f"{path}.{key}")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right)):
            if one != other:
                return difference(one, other, f"{path}[{index}]")
    return f"{path}: {str(left)[:200]} and {str(right)[:200]}"
