"""What every run needs to say whether a promise was kept."""

import time


class Failure(Exception):
    """A promise that was not kept."""


class Skipped(Exception):
    """This machine lacks what a run needs."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def say(text):
    print(f"torture: {text}", flush=True)


def wait_until(what, condition, seconds):
    """Waits for a condition and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
