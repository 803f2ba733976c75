"""A PostgreSQL that may be killed."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from checks import Skipped, check, wait_until


class Postgres:
    """A PostgreSQL of our own on a private socket."""

    PROGRAMS = ("initdb", "postgres", "pg_isready", "psql")

    def __init__(self, folder, data=None, settings=(), initdb=()):
        self.bin = next((path for path in self._places() if all((path / name).exists() for name in self.PROGRAMS)), None)
        if self.bin is None:
            raise Skipped("no PostgreSQL: its programs are neither in the PATH nor where Debian puts them")
        self.folder = folder
        self.data = data or folder / "data"
        self.settings = settings
        self.process = None
        self.databases = 0
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(folder, "postgres")
        if not (self.data / "PG_VERSION").exists():
            self._run("initdb", "-D", self.data, "-U", "raceway", "-A", "trust", "--no-sync", "-E", "UTF8", *initdb)

    @staticmethod
    def _places():
        found = shutil.which("initdb")
        places = [Path(found).parent] if found else []
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        return places + versions[::-1]

    def _as_user(self, program, *arguments):
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        return [*prefix, str(self.bin / program), *map(str, arguments)]

    def _run(self, program, *arguments):
        done = subprocess.run(
            self._as_user(program, *arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )
        check(done.returncode == 0, f"{program}: {done.stderr.strip()}")
        return done.stdout

    def start(self, wait=True):
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_wal_size=512MB", *self.settings]
        flags = [part for setting in settings for part in ("-c", setting)]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self._as_user("postgres", "-D", self.data, *flags),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            wait_until("PostgreSQL answers", self.answers, 30)

    def answers(self):
        check(self.process.poll() is None, f"PostgreSQL ended: {self.log_tail()}")
        done = subprocess.run(
            self._as_user("pg_isready", "-q", "-h", self.folder), cwd=self.folder, capture_output=True, check=False
        )
        return done.returncode == 0

    def log_tail(self):
        return (self.folder / "log").read_text(errors="replace")[-1000:]

    def stop(self):
        """An immediate shutdown: as hard as a crash, and nothing of it is left."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        self.process = None

    def kill(self):
        """kill -9 of the postmaster; its children notice and go."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        # The next one starts only when no child holds the shared memory any more.
        wait_until("the children of PostgreSQL are gone", lambda: not self._children(), 30)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def hang(self):
        """Its processes stay and do nothing: connections are open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def wake(self):
        self._signal(signal.SIGCONT)

    def _signal(self, number):
        for process in [self.process.pid, *self._children()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def _children(self):
        wanted = f"{self.data}"
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd") == wanted:
                    found.append(int(entry.name))
        return found

    def url(self, database, password=""):
        return f"postgresql://raceway{password}@/{database}?host={self.folder}"

    def query(self, database, sql):
        return self._run("psql", "-X", "-A", "-t", "-q", "-h", self.folder, "-U", "raceway", "-d", database, "-c", sql).strip()

    def create_database(self):
        self.databases += 1
        name = f"torture{self.databases}"
        self.query("postgres", f"CREATE DATABASE {name}")
        return name
