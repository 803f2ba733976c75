"""Two transfers at once that lose an update, told to a Raceway server by Raceway's own Python SDK as it is published.

    transfers.py SERVER [KEY]

The key goes where the SDK's users put it; certificates are trusted as `requests` does, see REQUESTS_CA_BUNDLE.
"""

import sys
import threading

from raceway import Config, RacewayClient, create_context, set_context

client = RacewayClient(
    Config(
        endpoint=sys.argv[1],
        service_name="bank",
        api_key=sys.argv[2] if len(sys.argv) > 2 else None,
        # Sent once, at the end.
        batch_size=1_000,
        flush_interval=3_600,
    )
)
alice = 1_000
both_have_read = threading.Barrier(2)


def transfer(amount):
    global alice
    set_context(create_context())
    before = alice
    client.track_state_change("alice.balance", None, before, "Read")
    both_have_read.wait()
    alice = before - amount
    client.track_state_change("alice.balance", before, alice, "Write")


tasks = [threading.Thread(target=transfer, args=(100,)) for _ in range(2)]
for task in tasks:
    task.start()
for task in tasks:
    task.join()
client.shutdown()
