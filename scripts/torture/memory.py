"""Memory under a steady load: it grows to its bounds and no further."""

import statistics
import time

from checks import check, say
from harness import Load


def flat(bench, backend):
    """The resident memory of the last part of a long load is that of the part after the warm-up."""
    seconds, warm, rate = (20, 8, 1_000) if bench.short else (600, 180, 1_000)
    # Small bounds, so that they are reached within the warm-up.
    settings = ["engine.live_bytes_max=16MiB", "cache.max_bytes=4MiB"]
    server = bench.server(bench.storage(backend, "flat"), f"flat-{backend}", settings=settings)
    server.start()
    load = Load(server, seconds, rate=rate)
    began = time.monotonic()
    samples = []
    while time.monotonic() - began < seconds - 2:
        time.sleep(2 if bench.short else 10)
        samples.append((time.monotonic() - began, resident(server)))
        # Queries belong to the load.
        server.get("/api/traces?page_size=20")
        if len(samples) % 6 == 0:
            say(f"  {samples[-1][0]:.0f} s: {samples[-1][1]} MiB")
    result = load.result()
    server.check_holds(result["sent"])
    server.stop()
    after = [size for moment, size in samples if moment >= warm]
    half = len(after) // 2
    first, last = statistics.median(after[:half]), statistics.median(after[half:])
    # Room for what the allocator keeps; a leak of a byte an event in seven minutes is half a megabyte and more each minute.
    check(last <= first * 1.1 + 8 or bench.short, f"{first:.0f} MiB after the warm-up, {last:.0f} MiB at the end: {samples}")
    return (
        f"{result['sent']} events in {seconds} s, {first:.0f} MiB after the warm-up, {last:.0f} MiB at the end, "
        f"{max(size for _, size in samples)} MiB at most"
    )


def resident(server):
    """Resident memory in MiB."""
    server.check_alive()
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))
