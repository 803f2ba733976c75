"""A server, a browser and the checks that every page must pass."""

import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "artifacts" / "screenshots"
BANKING = ROOT / "fixtures" / "banking-transfer" / "racy.json"
# Every look that a page must have: colours and width.
LOOKS = (("light", 1440), ("dark", 1440), ("light", 600))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium():
    """The path of a Chromium, or None."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


class Server:
    """`raceway serve`, on a free port unless one is named."""

    def __init__(self, binary, *arguments, port=0):
        command = [binary, "serve", "--port", str(port), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"the server did not start: {line}")
        self.address = found.group(0)
        self.port = int(self.address.rsplit(":", 1)[1])

    def post(self, events, path="/events"):
        body = json.dumps({"events": events} if isinstance(events, list) else events).encode()
        request = urllib.request.Request(self.address + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
            return json.load(answer)

    def get(self, path):
        with urllib.request.urlopen(self.address + path) as answer:
            return json.load(answer)

    def race(self):
        """The banking race that values prove."""
        return self.get("/api/races?q=alice.balance&grade=manifested")["races"][0]["id"]

    def traces(self):
        return [trace["trace_id"] for trace in self.get("/api/traces")["data"]["traces"]]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self.process.stdout.close()


class BrowserTest(unittest.TestCase):
    """One browser for all tests; a page that fails for console errors and requests to other hosts."""

    binary = ""
    playwright = None
    browser = None

    @classmethod
    def setUpClass(cls):
        if BrowserTest.browser is None:
            from playwright.sync_api import sync_playwright
            BrowserTest.playwright = sync_playwright().start()
            BrowserTest.browser = BrowserTest.playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            SHOTS.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def close():
        if BrowserTest.browser:
            BrowserTest.browser.close()
            BrowserTest.playwright.stop()

    def serve(self, *arguments, port=0):
        server = Server(self.binary, *arguments, port=port)
        self.addCleanup(server.stop)
        return server

    def bank(self):
        """A server with the banking traces."""
        server = self.serve()
        server.post(json.loads(BANKING.read_text()))
        return server

    @contextlib.contextmanager
    def page(self, server, scheme="light", width=1440, allow_errors=False):
        context = self.browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        own = (server.address if server else "file:", "file:", "data:", "blob:")
        errors, foreign = [], []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(own) else None)
        try:
            yield page
            self.assertEqual(foreign, [], "requests to other hosts")
            if not allow_errors:
                self.assertEqual(errors, [], "errors in the console")
        finally:
            context.close()

    def axe(self, page, name):
        """Nothing that axe knows is wrong with the page."""
        from axe_playwright_python.sync_playwright import Axe
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        self.assertEqual([(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found], [], f"axe on {name}")

    def shot(self, page, name):
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)

    def fits(self, page):
        """The page does not scroll sideways."""
        width = page.viewport_size["width"]
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width, "the page scrolls sideways")

    def report(self, events=None):
        """A report file, as its address."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="raceway-browser-"))
        self.addCleanup(shutil.rmtree, folder)
        source = BANKING
        if events:
            source = folder / "trace.json"
            source.write_text(json.dumps({"events": events}))
        subprocess.run([self.binary, "report", source, "-o", folder / "report.html"], check=True, stderr=subprocess.DEVNULL)
        return (folder / "report.html").as_uri()

    def check_banking(self, page):
        """The story of the bank, without a click."""
        page.get_by_text("every serial order ends at 600").first.wait_for()
        steps = page.locator(".steps tbody tr").all_inner_texts()
        told = [re.search(r"(read|write) (\d+)", step).groups() for step in steps]
        self.assertEqual(told, [("read", "1000")] * 4 + [("write", "900")] * 4)
        self.assertIn("ends at 900; every serial order ends at 600", page.locator("main").inner_text())
        self.assertGreaterEqual(page.locator(".slice .node").count(), 8)
        self.assertEqual(page.locator(".slice .gaplabel").count(), 1)
