"""Tells OpenTelemetry what a task does to shared state, as `race.*` events of the current span (../../race-convention.md).

Nothing here knows of Raceway: any exporter sends these events, and any backend shows them.
"""

import os
import sys

from opentelemetry import trace


def read(name, value):
    """The task has read `name` and seen `value`."""
    _access(name, "read", {"race.value.before": value})


def write(name, before, after):
    """The task has written `name`, in the belief that it held `before`."""
    _access(name, "write", {"race.value.before": before, "race.value.after": after})


class Lock:
    """A lock that tells when it is taken and given back. Say so while you hold it: then the order of the events is its order."""

    def __init__(self, lock, name):
        self._lock = lock
        self._name = name

    def __enter__(self):
        self._lock.acquire()
        self._tell("acquire")

    def __exit__(self, *_):
        self._tell("release")
        self._lock.release()

    def _tell(self, operation):
        trace.get_current_span().add_event("race.lock", {"race.lock.id": self._name, "race.lock.op": operation})


def _access(name, kind, values):
    caller = sys._getframe(2)
    attributes = {
        "race.object.id": name,
        "race.access.kind": kind,
        "code.file.path": os.path.basename(caller.f_code.co_filename),
        "code.line.number": caller.f_lineno,
        "code.function.name": caller.f_code.co_name,
    }
    trace.get_current_span().add_event("race.access", attributes | values)
