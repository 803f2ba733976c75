"""What a page shows when there is little, nothing or trouble: each state with a way forward."""

import json
import re
import signal
import uuid

from .harness import BANKING, BrowserTest
from . import samples


class StateTests(BrowserTest):
    def test_first_run_loads_the_demo(self):
        server = self.serve()
        for path in ("/", "/traces", "/variables", "/services", "/health"):
            with self.page(server) as page:
                page.goto(server.address + path)
                page.get_by_text("No events yet").wait_for()
                self.fits(page)
                self.axe(page, f"first run {path}")
        for scheme, width in (("light", 1440), ("dark", 600)):
            with self.page(server, scheme, width) as page:
                page.goto(server.address)
                page.get_by_text("No events yet").wait_for()
                self.shot(page, f"first-run-{scheme}-{width}")
        with self.page(server) as page:
            page.goto(server.address)
            page.get_by_role("button", name="Load the demo").click()
            page.get_by_role("link", name="lost update").first.click()
            self.check_banking(page)

    def test_unknown_and_expired_ids_offer_a_way_on(self):
        server = self.bank()
        for path in ("/races/r-00000000", f"/traces/{uuid.uuid4()}", "/traces/nonsense", "/variables/nobody", f"/compare/{uuid.uuid4()}...{uuid.uuid4()}"):
            with self.subTest(path=path), self.page(server, allow_errors=True) as page:
                page.goto(server.address + path)
                page.get_by_role("heading", name="Not here").wait_for()
                self.axe(page, path)
                page.get_by_label("Look for a race").fill("alice")
                page.keyboard.press("Enter")
                page.locator("main table.races").get_by_text("alice.balance").first.wait_for()
        with self.page(server, allow_errors=True) as page:
            page.goto(server.address + "/races/r-00000000")
            page.get_by_role("heading", name="Not here").wait_for()
            self.shot(page, "unknown-race")

    def test_a_trace_that_expired_while_its_race_is_known_keeps_its_words(self):
        server = self.bank()
        with self.page(server) as page:
            def without_events(route):
                answer = route.fetch().json()
                answer["view"].update(events=[], interleavings=[], edges=[], folds=[])
                route.fulfill(json=answer)
            page.route(re.compile(r"/api/races/r-[0-9a-f]{8}$"), without_events)
            page.goto(f"{server.address}/races/{server.race()}")
            page.get_by_text("no longer stored").wait_for()
            self.assertIn("3 updates were lost", page.locator("main").inner_text())
            self.shot(page, "race-expired")
            self.axe(page, "race expired")

    def test_nothing_matches_and_says_which_filter_to_drop(self):
        server = self.bank()
        with self.page(server) as page:
            page.goto(server.address + "/races?q=nothing-like-it&grade=benign")
            page.get_by_role("heading", name="Nothing matches").wait_for()
            self.shot(page, "nothing-matches")
            self.axe(page, "nothing matches")
            page.get_by_role("button", name="Without the text").click()
            page.get_by_role("button", name="Without the grade").click()
            page.locator("main table.races").wait_for()

    def test_no_race_never_means_safe(self):
        server = self.serve()
        server.post(json.loads(BANKING.with_name("fixed.json").read_text()))
        with self.page(server) as page:
            page.goto(server.address)
            page.get_by_role("heading", name="No race found").wait_for()
            text = page.locator("main").inner_text()
            self.assertIn("That is not a proof", text)
            self.assertRegex(text, r"Looked at 16 accesses to 2 objects")
            self.shot(page, "no-race")
            self.axe(page, "no race")

    def test_slow_answers_show_the_shape_and_then_what_is_waited_for(self):
        server = self.bank()
        with self.page(server) as page:
            held = []
            page.route("**/api/races?*", lambda route: held.append(route))
            page.goto(server.address)
            page.locator(".skeleton").wait_for()
            page.get_by_text("Still waiting for the analysis").wait_for()
            self.shot(page, "loading")
            self.axe(page, "loading")
            held[0].continue_()
            page.locator("main table.races").wait_for()
            self.assertEqual(page.locator(".skeleton").count(), 0)

    def test_failures_say_what_to_do_and_leave_the_rest(self):
        server = self.bank()
        problems = {500: "The log names the request", 503: "The analysis is still running", 429: "Too many requests"}
        for status, detail in problems.items():
            with self.subTest(status=status), self.page(server, allow_errors=True) as page:
                answer = {"status": status, "json": {"title": "x", "status": status, "detail": detail}, "headers": {"X-Request-ID": "req-1"}}
                page.route("**/api/races?*", lambda route: route.fulfill(**answer))
                page.goto(server.address)
                page.get_by_text(detail).first.wait_for()
                self.assertIn("req-1", page.locator("main").inner_text())
                self.assertIn("curl ", page.locator("main pre").inner_text())
                self.assertEqual(page.get_by_role("link", name="Traces").count(), 1)
                self.axe(page, f"failure {status}")
                self.shot(page, f"failure-{status}")
                page.unroute("**/api/races?*")
                page.get_by_role("button", name="Try again").click()
                page.locator("main table.races").wait_for()

    def test_a_server_that_is_not_ready_is_asked_again_by_itself(self):
        server = self.bank()
        with self.page(server, allow_errors=True) as page:
            asked = []

            def once(route):
                asked.append(route.request.url)
                if len(asked) > 1:
                    return route.continue_()
                return route.fulfill(status=503, json={"detail": "The analysis is still running"}, headers={"Retry-After": "1"})

            page.route("**/api/races?*", once)
            page.goto(server.address)
            page.locator("#main").get_by_text("The analysis is still running").wait_for()
            page.locator("main table.races").wait_for()

    def test_a_server_that_goes_away_makes_the_page_stale_and_comes_back(self):
        server = self.bank()
        with self.page(server, allow_errors=True) as page:
            page.goto(server.address + "/races")
            page.locator("#status").get_by_text("live").wait_for()
            page.locator("main table.races").wait_for()
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(20)
            page.locator("#banner").get_by_text("Disconnected for").wait_for()
            page.locator("body.stale").wait_for()
            # What was there can still be read.
            self.assertEqual(page.locator("main table.races").count(), 1)
            self.shot(page, "stale")
            self.axe(page, "stale")
            page.get_by_role("link", name="Variables", exact=True).click()
            page.get_by_role("heading", name="Disconnected").wait_for()
            self.shot(page, "disconnected")
            again = self.serve(port=server.port)
            page.locator("#status").get_by_text("live").wait_for(timeout=20_000)
            self.assertEqual(page.locator("body.stale").count(), 0)
            page.get_by_role("navigation").get_by_role("link", name="Races", exact=True).click()
            again.post(json.loads(BANKING.read_text()))
            page.get_by_text(re.compile("new or changed")).first.wait_for()
            page.get_by_role("button", name="Show", exact=True).click()
            page.locator("main table.races").wait_for()

    def test_clocks_apart_and_lost_parents_are_told(self):
        server = self.serve()
        trace, events = samples.shop()
        server.post(events)
        with self.page(server) as page:
            page.goto(f"{server.address}/traces/{trace}")
            page.get_by_text("clocks differ by 5.00 ms or more").wait_for()
            page.get_by_text("the parents of 1 event are not here").wait_for()
            page.goto(server.address + "/health")
            page.locator("table.matrix").get_by_text("off by 5.00 ms or more").wait_for()
            self.assertIn("No lock is recorded in orders, warehouse", page.locator("main").inner_text())

    def test_sign_in(self):
        """A server with sessions, played by the test."""
        server = self.bank()
        index = {"name": "raceway", "routes": {"GET /api/live": "", "GET /api/session": "", "POST /api/login": "", "POST /api/logout": ""}}
        state = {"in": False}

        def api(route):
            path = route.request.url.removeprefix(server.address)
            if path == "/api/session":
                return route.fulfill(json={"auth_required": True, "authenticated": state["in"]})
            if path == "/api/login":
                state["in"] = route.request.post_data_json == {"password": "open sesame"}
                return route.fulfill(json={}) if state["in"] else route.fulfill(status=401, json={"detail": "wrong password"})
            if path == "/api/logout":
                state["in"] = False
                return route.fulfill(json={})
            return route.continue_() if state["in"] else route.fulfill(status=401, json={"detail": "a session or a key is needed"})

        with self.page(server, allow_errors=True) as page:
            page.route(server.address + "/", lambda route: route.fulfill(json=index) if "json" in route.request.headers["accept"] else route.continue_())
            page.route("**/api/**", api)
            page.goto(server.address + "/races")
            page.get_by_role("heading", name="Sign in").wait_for()
            page.locator("#status").get_by_text("signed out").wait_for()
            self.assertEqual(0, page.locator("#banner").get_by_text("Disconnected").count())
            page.get_by_label("Password").fill("wrong")
            self.shot(page, "sign-in")
            self.axe(page, "sign in")
            page.keyboard.press("Enter")
            page.get_by_text("That is not the password").wait_for()
            page.get_by_label("Password").fill("open sesame")
            page.keyboard.press("Enter")
            page.locator("main table.races").wait_for()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_role("heading", name="Sign in").wait_for()

    def test_sign_in_to_a_server_with_a_password(self):
        server = self.serve()
        if "POST /api/login" not in server.get("/")["routes"]:
            self.skipTest("this server has no sessions")
        server = self.serve("--set", "server.ui_password=open sesame")
        with self.page(server, allow_errors=True) as page:
            page.goto(server.address + "/races")
            page.get_by_role("heading", name="Sign in").wait_for()
            page.get_by_label("Password").fill("wrong")
            page.keyboard.press("Enter")
            page.get_by_text("That is not the password").wait_for()
            page.get_by_label("Password").fill("open sesame")
            page.keyboard.press("Enter")
            page.get_by_text("No events yet").wait_for()
            page.locator("#status").get_by_text("live").wait_for()
            page.get_by_role("link", name="Health").click()
            page.get_by_text("Ready for requests").wait_for()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_role("heading", name="Sign in").wait_for()

    def test_a_key_opens_a_server_that_wants_one(self):
        server = self.serve("--set", "server.auth_enabled=true", "--set", "server.api_keys=secret-key-of-the-test")
        with self.page(server, allow_errors=True) as page:
            page.goto(server.address + "/races")
            page.get_by_label("API key").fill("secret-key-of-the-test")
            page.get_by_role("button", name="Use the key").click()
            page.get_by_text("No events yet").wait_for()
            # A stream that carries the key.
            page.locator("#status").get_by_text("live").wait_for()
