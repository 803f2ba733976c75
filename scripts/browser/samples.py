"""Events to look at."""

import uuid

HOSTILE = "<img src=x onerror=\"window.hacked=1\"></script><script>window.hacked=1</script>"
# What names of a stranger can hold besides markup: direction marks, a terminal's escape, very long words.
NASTY = ("\u202eevil\u202c", "\u001b[2J", "x" * 10_000, "' OR 1=1 --", "../../etc", "a b&c=d#e?f")


def event(trace, kind, at=0, task="t", service="s", parent=None, duration=None, tags=None, second=0):
    """One event; `at` in milliseconds since the trace's beginning."""
    return {
        "id": str(uuid.uuid4()), "trace_id": trace, "parent_id": parent,
        "timestamp": f"2025-11-14T10:{second // 60:02}:{second % 60 + at // 1000 % 60:02}.{at % 1000:03}Z", "kind": kind,
        "metadata": {"thread_id": task, "process_id": 1, "service_name": service, "environment": "test", "tags": tags or {}, "duration_ns": duration},
        "causality_vector": [], "lock_set": [],
    }


def access(variable, kind, old=None, new=None, place="app.py:1"):
    return {"StateChange": {"variable": variable, "old_value": old, "new_value": new, "location": place, "access_type": kind}}


def call(name):
    return {"FunctionCall": {"function_name": name, "module": "m", "args": {}, "file": "a.py", "line": 1}}


def race(variable, place="app.py:1", task="t", service="s", tags=None):
    """Two requests that both read and then both write."""
    events = []
    for number in (1, 2):
        trace = str(uuid.uuid4())
        if tags:
            events.append(event(trace, call("handle"), 0, f"{task} {number}", service, tags=tags))
        for at, kind in enumerate(("Read", "Write")):
            events.append(event(trace, access(variable, kind, old=1 if at else None, new=2 if at else 1, place=place), at * 4 + number, f"{task} {number}", service, tags=tags))
    return events


def hostile():
    """Races on variables whose every name is an attack."""
    events = race(HOSTILE, f"/srv/{HOSTILE}.py:1", HOSTILE, HOSTILE)
    for name in NASTY:
        events += race(name, f"/srv/{name[:200]}.py:1", name[:200], name[:200])
    return events


def long_trace(count, lanes=40):
    """A trace of calls that last, over several services and tasks, in bodies that a server takes."""
    trace = str(uuid.uuid4())
    events = [event(trace, call(f"step {at % 97}"), at=at // 4, task=f"worker {at % lanes}", service=f"service {at % 5}", duration=400_000 + 1000 * (at % 2000)) for at in range(count)]
    return trace, [events[at:at + 20_000] for at in range(0, count, 20_000)]


def shop():
    """Three services that call each other and share a variable, clocks apart, a parent lost."""
    trace = str(uuid.uuid4())
    first = event(trace, {"HttpRequest": {"method": "POST", "url": "/order", "headers": {}, "body": None}}, 100, "g", "gateway", duration=40_000_000)
    second = event(trace, call("reserve"), 95, "o", "orders", parent=first["id"], duration=20_000_000)
    third = event(trace, access("stock", "Write", 5, 4), 99, "o", "orders", parent=second["id"])
    fourth = event(trace, call("count"), 104, "w", "warehouse", parent=second["id"], duration=5_000_000)
    lost = event(trace, access("stock", "Write", 5, 3), 120, "w", "warehouse", parent=str(uuid.uuid4()))
    return trace, [first, second, third, fourth, lost]
