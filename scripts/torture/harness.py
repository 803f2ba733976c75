"""Processes and counters that all runs share: stores, the server, the load generator."""

import contextlib
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from checks import Failure, check, say, wait_until
from postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bench:
    """The binary under test, a directory for everything that a run leaves, and what has to be ended afterwards."""

    def __init__(self, binary, short, restart_seconds=2.0):
        self.binary = str(binary)
        self.short = short
        # The limit of one restart, from exec to an answer about stored traces.
        self.restart_seconds = restart_seconds
        self.directory = Path(tempfile.mkdtemp(prefix="raceway-torture-"))
        # PostgreSQL runs as a user of its own and has to pass through.
        self.directory.chmod(0o755)
        self.stack = contextlib.ExitStack()
        self._keeps = False
        self.stack.callback(self._remove)
        self._postgres = None
        self._folders = 0

    def close(self):
        self.stack.close()

    def keep(self):
        """Leaves the files for whoever looks for the reason."""
        self._keeps = True

    def _remove(self):
        if self._keeps:
            say(f"      files are kept in {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def folder(self, name):
        self._folders += 1
        path = self.directory / f"{self._folders:03d}-{name}"
        path.mkdir()
        return path

    @property
    def postgres(self):
        """One PostgreSQL for all runs that do not break its disk."""
        if self._postgres is None:
            self._postgres = Postgres(self.folder("postgres"))
            self.stack.callback(self._postgres.kill)
            self._postgres.start()
        return self._postgres

    def storage(self, backend, name):
        """A new, empty store."""
        if backend == "memory":
            return Storage("memory", [])
        if backend == "sqlite":
            return SQLiteStorage(self.folder(name) / "raceway.db")
        return PostgresStorage(self.postgres, self.postgres.create_database())

    def server(self, storage, name, **options):
        server = Server(self, storage, self.folder(name), **options)
        self.stack.callback(server.kill)
        return server


class Storage:
    """Where a server keeps events, and how to count them behind its back."""

    def __init__(self, argument, settings):
        self.argument = argument
        self.settings = settings

    def events(self):
        """Rows of the store itself, `None` when nobody but the server knows."""
        return None


class SQLiteStorage(Storage):
    def __init__(self, path):
        super().__init__(f"sqlite:{path}", [])
        self.path = path

    def events(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as database:
            (segments,) = database.execute("SELECT coalesce(sum(events), 0) FROM segment").fetchone()
            (traces,) = database.execute("SELECT coalesce(sum(events), 0) FROM trace").fetchone()
        check(segments == traces, f"segments hold {segments} events, traces say {traces}")
        return segments


class PostgresStorage(Storage):
    def __init__(self, postgres, database):
        super().__init__(postgres.url(database), ["storage.postgres.startup_timeout_seconds=20"])
        self.postgres = postgres
        self.database = database

    def events(self):
        row = self.postgres.query(
            self.database,
            "SELECT (SELECT coalesce(sum(events), 0) FROM raceway.segment),"
            " (SELECT coalesce(sum(events), 0) FROM raceway.trace)",
        )
        segments, traces = (int(value) for value in row.split("|"))
        check(segments == traces, f"segments hold {segments} events, traces say {traces}")
        return segments


class Server:
    """`raceway serve`, started and killed again and again over the same data."""

    def __init__(self, bench, storage, folder, settings=(), data_dir=None):
        self.bench = bench
        self.storage = storage
        self.folder = folder
        self.data_dir = data_dir or folder / "data"
        self.settings = list(settings)
        self.port = free_port()
        self.process = None
        self.starts = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def spawn(self):
        settings = [
            f"storage.data_dir={self.data_dir}",
            "engine.wal_min_free_bytes=0",
            "engine.buffer_size=100000",
            *self.storage.settings,
            *self.settings,
        ]
        flags = [part for setting in settings for part in ("--set", setting)]
        command = [self.bench.binary, "serve", "--port", str(self.port), "--storage", self.storage.argument, *flags]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)

    def start(self, limit=None):
        """Starts and returns the seconds until queries are answered."""
        began = time.monotonic()
        self.spawn()
        while not self.is_answering():
            check(self.process.poll() is None, f"the server ended with {self.process.returncode}: {self.log_tail()}")
            check(time.monotonic() - began < 60, f"the server does not answer: {self.log_tail()}")
            time.sleep(0.005)
        took = time.monotonic() - began
        self.starts.append(took)
        check(limit is None or took < limit, f"a restart took {took:.2f} s, allowed are {limit} s")
        return took

    def restart_times(self):
        ordered = sorted(self.starts)
        return f"restarts took {ordered[len(ordered) // 2]:.2f} s (median) to {ordered[-1]:.2f} s"

    def is_answering(self):
        try:
            return self.get("/health") and self.get("/api/traces?page_size=1") is not None
        except (OSError, Failure):
            return False

    def log_tail(self):
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """SIGTERM; the server has to drain and end well."""
        self.process.terminate()
        status = self.process.wait(timeout=60)
        self.process = None
        check(status == 0, f"the server ended with {status}: {self.log_tail()}")

    def check_alive(self):
        check(self.process.poll() is None, f"the server ended with {self.process.poll()}: {self.log_tail()}")

    def request(self, path, body=None, timeout=30):
        """Status, headers and text of an answer."""
        request = urllib.request.Request(self.url + path, data=body)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def get(self, path):
        status, _, text = self.request(path)
        check(status == 200, f"GET {path}: {status} {text[:300]}")
        return json.loads(text)

    def post(self, events):
        return self.request("/events", json.dumps({"events": events}).encode())

    def metrics(self):
        _, _, text = self.request("/metrics")
        return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", text, re.MULTILINE)}

    def conditions(self):
        return {
            name.split('"')[1] for name, value in self.metrics().items() if name.startswith("raceway_condition{") and value
        }

    def settle(self, seconds=60):
        """Waits until everything accepted has found its place, checks the laws, and returns the counters."""

        def settled():
            self.check_alive()
            values = self.metrics()
            check_laws(values)
            return values if values["raceway_events_queued"] + values["raceway_events_in_flight"] == 0 else None

        return wait_until("accepted events are settled", settled, seconds)

    def check_holds(self, events):
        """Exactly these many events are in the store: counted by the server, and by the database itself."""
        values = self.settle()
        status = self.get("/status")["data"]["events_captured"]
        stored = self.storage.events()
        message = f"{events} events were acknowledged, /status says {status}, the database {stored}"
        check(status == events and stored in (events, None), message)
        return values


def check_laws(values):
    """The conservation laws of IngestCounters, over one reading of /metrics."""

    def value(name):
        return int(values[f"raceway_events_{name}"])

    offered = value("offered_total")
    place = value("accepted_total") + value("rejected_total") + value("waiting")
    check(offered == place, f"offered {offered}, accepted + rejected + waiting {place}")
    taken = value("accepted_total") + value("recovered_total")
    ends = ["stored", "duplicate", "refused", "evicted", "dead_lettered", "lost", "failed"]
    settled = sum(value(f"{name}_total") for name in ends) + value("queued") + value("in_flight")
    check(taken == settled, f"accepted + recovered {taken}, what became of them {settled}")


class Load:
    """`raceway loadgen` in the background."""

    def __init__(self, server, seconds, rate=20_000, connections=8, per_request=100, scenario="banking"):
        self.server = server
        command = [
            server.bench.binary, "loadgen", "--json", "--server", server.url, "--duration", f"{seconds}s", "--rate",
            str(rate), "--connections", str(connections), "--events-per-request", str(per_request), "--scenario", scenario,
        ]  # fmt: skip
        before = server.metrics()["raceway_events_offered_total"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        server.bench.stack.callback(self.process.kill)
        # It asks for the server's health first: whoever kills the server before that tests nothing.
        wait_until("the load begins", lambda: server.metrics()["raceway_events_offered_total"] > before, 30)

    def result(self):
        """Its numbers, once everything it sent is acknowledged."""
        output, errors = self.process.communicate(timeout=300)
        check(output, f"loadgen: {errors.strip()}")
        result = json.loads(output)
        unexpected = {key: result[key] for key in ("unexpected", "abandoned") if result[key]}
        check(not unexpected, f"loadgen saw {unexpected}: {result}")
        check(result["acknowledged"] == result["sent"], f"{result['sent']} sent, {result['acknowledged']} acknowledged")
        return result
