"""Wrong configurations: what is said, and with which exit code. Nothing ever starts half-configured."""

import contextlib
import os
import socket
import sqlite3
import subprocess

from checks import Skipped, check
from outages import fill, volume

CONFIGURATION = 78
UNREACHABLE = 3


def table(bench, folder):
    """Name, arguments, environment, exit code, and what the message has to contain."""
    typo = write(folder / "typo.toml", "[engine]\nbufer_size = 10\n")
    wrong = write(folder / "wrong.toml", "[engine]\nbuffer_size = \"many\"\n")
    unset = write(folder / "unset.toml", "[storage.postgres]\nconnection_string = \"${RACEWAY_TORTURE_UNSET}\"\n")
    broken = write(folder / "broken.toml", "[engine\n")
    newer = folder / "newer.db"
    with contextlib.closing(sqlite3.connect(newer)) as database:
        database.executescript("PRAGMA application_id = 1381450073; PRAGMA user_version = 999; CREATE TABLE t (x);")
    foreign = folder / "foreign.db"
    with contextlib.closing(sqlite3.connect(foreign)) as database:
        database.executescript("CREATE TABLE t (x)")
    write(folder / "text.db", "this is no database, and it is long enough to be told from an empty file\n" * 20)
    quick = ["--set", "storage.postgres.startup_timeout_seconds=1"]
    away = f"postgresql://raceway:hunter2@/x?host={folder}/nowhere"
    yield "unknown key", ["--config", typo, "--strict"], {}, 78, ["typo.toml", "engine.bufer_size", "engine.buffer_size"]
    yield "unknown --set", ["--set", "engine.bufer_size=1"], {}, 78, ["engine.bufer_size", "engine.buffer_size"]
    yield "wrong type", ["--config", wrong], {}, 78, ["wrong.toml", "engine.buffer_size", "many"]
    yield "out of range", ["--set", "server.port=70000"], {}, 78, ["server.port", "70000", "65535"]
    yield "wrong variable", [], {"RACEWAY_ENGINE_BUFFER_SIZE": "x1"}, 78, ["RACEWAY_ENGINE_BUFFER_SIZE", "x1"]
    yield "broken file", ["--config", broken], {}, 78, ["broken.toml", "1"]
    yield "missing file", ["--config", str(folder / "none.toml")], {}, 78, ["none.toml", "no such file"]
    yield "a directory", ["--config", str(folder)], {}, 78, [str(folder), "directory"]
    yield "unset variable", ["--config", unset], {}, 78, ["unset.toml", "RACEWAY_TORTURE_UNSET"]
    yield "no address", ["--storage", "postgres"], {}, 78, ["storage.postgres.connection_string"]
    yield "unreachable database", ["--storage", away, *quick], {}, 3, ["storage.postgres.connection_string", "nowhere"]
    yield "newer schema", ["--storage", f"sqlite:{newer}"], {}, 78, ["newer.db", "999", "upgrade"]
    yield "foreign file", ["--storage", f"sqlite:{foreign}"], {}, 78, ["foreign.db", "another program"]
    yield "no database", ["--storage", f"sqlite:{folder}/text.db"], {}, 78, ["text.db", "storage.sqlite.path", "not a database"]
    yield "unusable directory", ["--storage", "sqlite", "--set", f"storage.data_dir={typo}/x"], {}, 78, ["typo.toml"]


def write(path, text):
    path.write_text(text)
    return str(path)


def postgres_table(bench, folder):
    postgres = bench.postgres
    name = postgres.create_database()
    newer = postgres.create_database()
    server = bench.server(type("Given", (), {"argument": postgres.url(newer), "settings": []})(), "migrates")
    server.start()
    server.stop()
    postgres.query(newer, "INSERT INTO raceway.schema_migration (version, name, sha256) SELECT 999, 'later', sha256 FROM raceway.schema_migration LIMIT 1")
    hba = postgres.data / "pg_hba.conf"
    old = hba.read_text()
    hba.write_text(f"local {name} all scram-sha-256\n{old}")
    postgres.query("postgres", "SELECT pg_reload_conf(); SET password_encryption = 'scram-sha-256'; ALTER ROLE raceway PASSWORD 'right'")
    yield "newer schema", ["--storage", postgres.url(newer)], {}, 78, ["999"]
    yield "wrong password", ["--storage", postgres.url(name, ":hunter2")], {}, 78, ["password", "storage.postgres.connection_string"]
    yield "no such database", ["--storage", postgres.url("nowhere")], {}, 78, ["nowhere", "storage.postgres.connection_string"]


def table_of_all(bench):
    """Runs every row."""
    folder = bench.folder("startup")
    problems = []
    count = 0
    for row in table(bench, folder):
        count += 1
        problems += run(bench, folder, *row)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = str(held.getsockname()[1])
        problems += run(bench, folder, "port in use", ["--port", port], {}, UNREACHABLE, ["server.port", port, "another"])
    if os.geteuid() != 0:
        unreadable = write(folder / "unreadable.toml", "")
        os.chmod(unreadable, 0)
        problems += run(bench, folder, "unreadable file", ["--config", unreadable], {}, 78, ["unreadable.toml", "ermission"])
    notes = []
    try:
        for row in postgres_table(bench, folder):
            count += 1
            problems += run(bench, folder, *row)
    except Skipped as reason:
        notes.append(str(reason))
    try:
        with volume(bench, "start", 1) as place:
            fill(place, leave=0)
            wanted = [str(place), "space"]
            problems += run(bench, folder, "full disk", ["--storage", f"sqlite:{place}/a/x.db"], {}, (3, 78), wanted)
    except Skipped as reason:
        notes.append(str(reason))
    check(not problems, "\n  ".join(["what was said is not enough:", *problems]))
    return f"{count + 2} wrong configurations" + "".join(f"; {note}" for note in notes)


def run(bench, folder, name, arguments, environment, status, wanted):
    """What is wrong with what one start said, or nothing."""
    command = [bench.binary, "serve", *arguments]
    if "--port" not in arguments:
        command += ["--port", "0"]
    if not any("storage.data_dir" in argument for argument in arguments):
        command += ["--set", f"storage.data_dir={folder}/data"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("RACEWAY_")}
    try:
        done = subprocess.run(
            command, cwd=folder, env=clean | environment, capture_output=True, text=True, timeout=20, check=False
        )
    except subprocess.TimeoutExpired:
        return [f"{name}: the server started, or waits for ever"]
    expected = status if isinstance(status, tuple) else (status,)
    problems = []
    if done.returncode not in expected:
        problems.append(f"{name}: exit {done.returncode}, expected {status}: {done.stderr.strip()[-400:]}")
    missing = [word for word in wanted if word not in done.stderr]
    if missing:
        problems.append(f"{name}: {missing} missing in: {done.stderr.strip()[-400:]}")
    if "hunter2" in done.stderr + done.stdout:
        problems.append(f"{name}: a password is shown")
    if "listening" in done.stdout:
        problems.append(f"{name}: it listened before it failed")
    return problems
