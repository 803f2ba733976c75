"""Much of everything: a trace of a hundred thousand events, five thousand races, a hundred services."""

import json
import os
import subprocess
import time
import urllib.error
import uuid

from .harness import BANKING, BrowserTest
from . import samples

SCROLL = """async () => {
    const box = document.querySelector(".waterfall");
    const frames = [];
    let last = performance.now();
    for (let at = 0; at < 60; at += 1) {
        box.scrollTop = (at / 60) * (box.scrollHeight - box.clientHeight);
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - last);
        last = performance.now();
    }
    return frames.sort((a, b) => a - b);
}"""

# When the page first shows the verdict of a race, in milliseconds from the beginning of the navigation.
TOLD = """new MutationObserver(() => {
    if (window.verdictShown === undefined && document.querySelector(".lead")) requestAnimationFrame(() => { window.verdictShown = performance.now(); });
}).observe(document, { childList: true, subtree: true });"""


class HugeTests(BrowserTest):
    def when_ready(self, server, path):
        """The answer, once the analysis has finished."""
        begin = time.monotonic()
        while True:
            try:
                return server.get(path)
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() - begin > 300:
                    raise
                time.sleep(int(error.headers.get("Retry-After", 1)))

    def test_a_hundred_thousand_events_open_scroll_and_zoom(self):
        server = self.serve("--set", "storage.memory.events_max=1_000_000")
        trace, bodies = samples.long_trace(100_000)
        for body in bodies:
            server.post(body)
        # The first question analyses the trace; what is measured is the page.
        self.assertEqual(self.when_ready(server, f"/api/traces/{trace}/timeline?px=800")["events"], 100_000)
        for scheme, width in (("light", 1440), ("dark", 600)):
            with self.page(server, scheme, width) as page:
                begin = time.monotonic()
                page.goto(f"{server.address}/traces/{trace}")
                page.locator(".waterfall").wait_for()
                opened = time.monotonic() - begin
                frames = page.evaluate(SCROLL)
                print(f"trace of 100,000 events: open after {opened * 1000:.0f} ms, frames while scrolling p50 {frames[30]:.0f} ms, p95 {frames[57]:.0f} ms")
                page.get_by_text("100,000 events drawn as").wait_for()
                self.fits(page)
                self.shot(page, f"trace-huge-{scheme}-{width}")
                self.axe(page, "huge trace")
                page.locator(".waterfall").focus()
                page.keyboard.press("j")
                page.locator(".drawer dl").wait_for()
                for _ in range(6):
                    page.keyboard.press("w")
                page.wait_for_url("**to=**")
                page.get_by_text("events in sight").or_(page.get_by_text("drawn as")).first.wait_for()
                self.shot(page, f"trace-huge-zoomed-{scheme}-{width}")
                address = page.url
                page.goto(address)
                page.locator(".waterfall").wait_for()
                page.keyboard.press("g")
                # Nothing here is timed on a machine that others use; what was printed is read by people.
                self.assertLess(frames[57], 2_000)
                self.assertLess(opened, 20)

    def test_a_race_is_painted_while_the_store_is_full(self):
        """`RACEWAY_BROWSER_EVENTS` says how full; a million is what the documentation has figures of."""
        wanted = int(os.environ.get("RACEWAY_BROWSER_EVENTS", 20_000))
        server = self.serve("--set", "storage.memory.events_max=2_000_000", "--set", "storage.memory.traces_max=100_000")
        rate = max(2_000, wanted // 50)
        load = [self.binary, "loadgen", "--server", server.address, "--rate", str(rate), "--duration", f"{wanted // rate}s", "--scenario", "fan-out", "--events-per-request", "50", "--json"]
        sent = json.loads(subprocess.run(load, capture_output=True, check=True).stdout)["acknowledged"]
        server.post(json.loads(BANKING.read_text()))
        self.when_ready(server, "/api/races?q=alice.balance&grade=manifested")
        begin = time.monotonic()
        while not (found := server.get("/api/races?q=alice.balance&grade=manifested")["races"]) and time.monotonic() - begin < 300:
            time.sleep(0.5)
        with self.page(server) as page:
            page.add_init_script(TOLD)
            times = []
            for _ in range(5):
                page.goto(f"{server.address}/races/{found[0]['id']}")
                page.locator(".lead").wait_for()
                self.check_banking(page)
                times.append(page.evaluate("[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.verdictShown]"))
            first, told = (sorted(each)[2] for each in zip(*times))
            print(f"race among {sent:,} events: first paint after {first:.0f} ms, the verdict after {told:.0f} ms (medians of 5)")
            # Nothing here is timed on a machine that others use; what was printed is read by people.
            self.assertLess(told, 20_000)

    def test_five_thousand_races_are_listed_page_by_page(self):
        server = self.serve("--set", "storage.memory.events_max=1_000_000", "--set", "storage.memory.traces_max=100_000")
        for start in range(0, 5_000, 1_000):
            server.post([each for number in range(start, start + 1_000) for each in samples.race(f"shelf {chr(97 + number % 26)}{number}x", f"module{number}.py:1")])
        begin = time.monotonic()
        while server.get("/api/races?limit=1")["total"] < 5_000 and time.monotonic() - begin < 120:
            time.sleep(1)
        with self.page(server) as page:
            page.goto(server.address)
            page.locator("main table.races tbody tr").nth(99).wait_for()
            self.assertRegex(page.locator(".list > p").first.inner_text(), r"^[5-9],\d{3} pairs|^1\d,\d{3} pairs")
            page.get_by_role("button", name="Show more").click()
            page.locator("main table.races tbody tr").nth(199).wait_for()
            self.shot(page, "races-huge")
            page.get_by_label("Filter").fill("module4321.py")
            page.keyboard.press("Enter")
            page.locator("td.pair").get_by_text("module4321.py:1").first.wait_for()
            self.axe(page, "races huge")

    def test_more_services_than_fit_one_picture(self):
        server = self.serve()
        events = []
        for number in range(100):
            trace = str(uuid.uuid4())
            parent = samples.event(trace, samples.call("ask"), 1, service=f"service {number:03}", duration=5_000_000)
            events += [parent, samples.event(trace, samples.call("answer"), 2, service=f"service {number // 2:03}x", parent=parent["id"])]
            events.append(samples.event(trace, samples.access("shared", "Write", 1, number), 3, service=f"service {number:03}"))
        server.post(events)
        with self.page(server) as page:
            page.goto(server.address + "/services")
            page.get_by_text("too many for one picture").wait_for()
            self.fits(page)
            self.axe(page, "many services")
            self.shot(page, "services-many")
            page.get_by_role("button", name="service 007", exact=True).click()
            page.get_by_text("surrounds service 007").wait_for()
