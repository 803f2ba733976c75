"""The traces of fixtures/, as a client would send them: shuffled, in batches."""

import json
import random

from checks import check
from harness import ROOT


def events():
    found = []
    for path in sorted((ROOT / "fixtures").glob("*/*.json")):
        if path.stem in ("racy", "fixed"):
            document = json.loads(path.read_text())
            listed = document.get("events", []) if isinstance(document, dict) else document
            # Fixtures in other formats have no events of ours.
            found += [event for event in listed if "trace_id" in event]
    check(found, "fixtures/ has no events")
    return found


def batches(seed):
    """Every event once, in an order and in batches that the seed decides."""
    chance = random.Random(seed)
    rest = events()
    chance.shuffle(rest)
    while rest:
        count = chance.randint(1, 60)
        yield rest[:count]
        rest = rest[count:]
