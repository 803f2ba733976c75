"""Keys, addresses, hostile names, decisions, and what happens while somebody looks."""

import json
import re
import urllib.request

from .harness import BANKING, BrowserTest
from . import samples


class UseTests(BrowserTest):
    def test_hostile_names_are_inert(self):
        server = self.serve()
        events = samples.hostile()
        server.post(events)
        races = server.get("/api/races")["races"]
        address = self.report(events)
        name = urllib.request.quote(samples.HOSTILE, safe="")
        trace = events[0]["trace_id"]
        long = urllib.request.quote(samples.NASTY[2], safe="")
        paths = ["", "/live", "/health", "/variables", "/services", f"/traces/{trace}?sel={events[0]['id']}", f"/variables/{name}", f"/races?q={name}&service={name}",
                 f"/compare/{trace}...{events[2]['trace_id']}", f"/variables/{long[:3000]}", *[f"/races/{race['id']}" for race in races[:3]]]
        for url in [*[server.address + path for path in paths], address, f"{address}#/races/{races[0]['id']}"]:
            with self.subTest(url=url[:90]), self.page(server, allow_errors=long[:3000] in url) as page:
                page.goto(url)
                page.locator(":is(main tbody tr, main .waterfall, main .side, main .state):visible").first.wait_for()
                self.assertIsNone(page.evaluate("window.hacked ?? null"))
                self.assertEqual(page.locator("main img, main script").count(), 0)
                self.fits(page)
        with self.page(server) as page:
            page.goto(server.address)
            page.locator("main tbody tr").first.wait_for()
            self.shot(page, "hostile")

    def test_keyboard_alone_goes_from_the_list_to_the_race_to_its_trace(self):
        server = self.bank()
        with self.page(server) as page:
            page.goto(server.address)
            page.locator("main table.races").wait_for()
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            page.locator(".slice").wait_for()
            self.assertRegex(page.url, r"/races/r-[0-9a-f]{8}$")
            page.keyboard.press("]")
            page.get_by_role("tab", name="Other order", selected=True).wait_for()
            self.assertIn("run=other", page.url)
            page.keyboard.press("t")
            page.locator("details.twin[open] tbody tr").first.wait_for()
            page.keyboard.press("t")
            page.keyboard.press("m")
            self.assertEqual(page.evaluate("document.activeElement.id"), "reason")
            page.keyboard.press("Escape")
            page.locator(".slice .node[tabindex='0']").focus()
            page.keyboard.press("ArrowUp")
            self.assertEqual(page.evaluate("document.activeElement.getAttribute('role')"), "button")
            page.get_by_role("link", name=re.compile("Open trace")).first.focus()
            page.keyboard.press("Enter")
            page.locator(".waterfall").wait_for()
            page.keyboard.press("j")
            page.keyboard.press("j")
            page.locator(".drawer dl").wait_for()
            self.assertIn("sel=", page.url)
            page.keyboard.press("?")
            page.get_by_role("dialog", name="Keys").wait_for()
            self.shot(page, "keys")
            self.axe(page, "keys")
            page.keyboard.press("Escape")
            for key, heading in (("h", "Health"), ("l", "Live"), ("s", "Services"), ("v", "Variables"), ("t", "Traces"), ("r", "Races")):
                page.keyboard.press("g")
                page.keyboard.press(key)
                page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()

    def test_list_of_commands_goes_anywhere(self):
        server = self.bank()
        with self.page(server) as page:
            page.goto(server.address)
            page.locator("main table.races").wait_for()
            page.keyboard.press("Control+k")
            page.get_by_role("combobox", name="Go to").fill("alice")
            page.get_by_role("option", name=re.compile("variable alice.balance")).wait_for()
            self.shot(page, "palette")
            self.axe(page, "palette")
            page.get_by_role("option", name=re.compile("variable alice.balance")).click()
            page.locator("table.versions").wait_for()
            page.keyboard.press("Control+k")
            page.get_by_role("combobox", name="Go to").fill(server.traces()[0])
            page.keyboard.press("Enter")
            page.locator(".waterfall").wait_for()

    def test_addresses_come_back_as_they_were(self):
        server = self.bank()
        first, second = server.traces()[1:3]
        paths = (
            (f"/races/{server.race()}?run=fixed", "ends at 600 in every order"), ("/races?q=bob&grade=feasible", "bob.balance"),
            ("/races?q=nothing-like-it", "Nothing matches"), ("/races?state=muted", "Nothing matches"), ("/variables?q=bob", "bob.balance"), ("/variables/bob.balance", "bob.balance"),
            (f"/compare/{first}...{second}?status=only_b", "No step of this kind"), ("/traces?page=1", "traces"), ("/live", "Latest races"), ("/health", "What each service sends"),
            (f"/traces/{first}?order=causal", "Order: causal"), ("/services", "bank-api"),
        )
        with self.page(server) as page:
            for path, visible in paths:
                with self.subTest(path=path):
                    page.goto(server.address + path)
                    page.locator("main").get_by_text(visible).first.wait_for()
                    self.assertEqual(page.url, server.address + path)
            page.goto(server.address + "/races")
            page.get_by_label("Filter").fill("var:bob* grade:feasible")
            page.keyboard.press("Enter")
            page.locator("main table.races").get_by_text("bob.balance").first.wait_for()
            self.assertEqual(page.url, server.address + "/races?q=bob&grade=feasible")
            page.go_back()

    def test_traces_are_searched_by_what_is_in_them(self):
        server = self.bank()
        with self.page(server, allow_errors=True) as page:
            # A search is answered once: what races has to be known by then.
            page.goto(server.address + "/races")
            page.locator("main table.races tbody tr").first.wait_for()
            page.goto(server.address + "/traces")
            box = page.get_by_role("searchbox", name="Search traces")
            box.fill('"POST /api/transfer" is:racing')
            box.press("Enter")
            page.locator("main tbody tr").first.wait_for()
            self.assertEqual(4, page.locator("main tbody tr").count())
            self.assertIn("✕", page.locator("main tbody tr").first.inner_text())
            self.assertIn("q=", page.url)
            page.locator("main tbody a.main").first.click()
            page.get_by_role("heading", name="POST /api/transfer").wait_for()
            page.go_back()
            self.assertEqual('"POST /api/transfer" is:racing', box.input_value())
            box.fill("no-such-word")
            page.get_by_role("button", name="Search").click()
            page.get_by_role("heading", name="No trace says no-such-word").wait_for()
            self.axe(page, "no trace found")
            box.fill("took>soon")
            box.press("Enter")
            page.locator("main").get_by_text("comes a time such as").wait_for()
            trace = server.traces()[0]
            box.fill(trace)
            box.press("Enter")
            page.locator("main .waterfall").wait_for()
            self.assertTrue(page.url.endswith(f"/traces/{trace}"))

    def test_a_selection_is_in_the_address_and_comes_back(self):
        server = self.bank()
        with self.page(server) as page:
            page.goto(f"{server.address}/traces/{server.traces()[1]}")
            page.locator(".waterfall").focus()
            page.keyboard.press("End")
            page.locator(".drawer dl").wait_for()
            told = page.locator(".drawer h2").inner_text()
            page.goto(page.url)
            page.locator(".drawer h2").get_by_text(told, exact=True).wait_for()

    def test_other_findings_are_listed_below_the_races(self):
        server = self.bank()
        deadlock = {"id": "d-1", "grade": "confirmed", "severity": "high", "cycle": [], "verdict": "A waits for B, B for A", "fix": "one order"}
        with self.page(server) as page:
            page.route("**/api/deadlocks?*", lambda route: route.fulfill(json={"deadlocks": [deadlock]}))
            page.route("**/api/anomalies?*", lambda route: route.fulfill(json={"anomalies": []}))
            page.goto(server.address + "/races")
            page.get_by_text("A waits for B, B for A").wait_for()
            self.axe(page, "other findings")

    def test_a_race_is_muted_and_new_ones_are_told_while_the_list_is_open(self):
        server = self.bank()
        with self.page(server) as page:
            page.goto(f"{server.address}/races/{server.race()}")
            page.get_by_text("Decide", exact=True).click()
            page.get_by_label("Reason").fill("fixed in the next release")
            page.get_by_label("Muted until").fill("2099-01-31")
            page.get_by_role("button", name="Mute").click()
            page.get_by_text("muted: fixed in the next release until 2099-01-31").wait_for()
            page.get_by_role("navigation").get_by_role("link", name="Races", exact=True).click()
            page.locator("main table.races").get_by_text("muted").wait_for()
            page.get_by_label("muted").check()
            page.get_by_text("1 pair").wait_for()
            page.get_by_label("muted").uncheck()
            page.get_by_text("5 pairs").wait_for()
            page.locator("#status").get_by_text("live").wait_for()
            server.post(samples.hostile())
            page.get_by_text(re.compile("new or changed")).first.wait_for()
            self.shot(page, "races-changed")
            self.axe(page, "races changed")
            page.get_by_role("button", name="Show", exact=True).click()
            page.locator("main table.races").get_by_text("onerror").first.wait_for()
            self.assertIsNone(page.evaluate("window.hacked ?? null"))

    def test_live_follows_pauses_and_goes_on(self):
        server = self.serve()
        with self.page(server) as page:
            page.goto(server.address + "/live")
            page.get_by_text("Follows as it comes").wait_for()
            page.locator("#status").get_by_text("live").wait_for()
            server.post(json.loads(BANKING.read_text()))
            page.get_by_role("link", name="lost update").wait_for()
            page.keyboard.press(" ")
            page.get_by_text("Paused").first.wait_for()
            server.post(samples.race("later"))
            page.get_by_text(re.compile(r"Paused – [1-9]")).wait_for()
            self.assertEqual(page.locator("main table").get_by_text("later", exact=True).count(), 0)
            self.shot(page, "live-paused")
            self.axe(page, "live paused")
            page.keyboard.press(" ")
            page.locator("main table").get_by_text("later", exact=True).first.wait_for()
