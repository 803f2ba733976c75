#!/usr/bin/env python3
"""The protocol in one file of standard Python, behind the endpoints of conformance.md.

    python3 adapter.py 7001 & raceway conformance --sdk http://127.0.0.1:7001

Read it as a reference for an SDK: Headers is what travels between services, Recorder what is sent to the server.
"""
import base64
import http.client
import http.server
import json
import os
import random
import re
import secrets
import sys
import time
import urllib.parse
import uuid

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
STATE_KEY = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}\Z")
STATE_VALUE = re.compile(r"[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]\Z")
BAGGAGE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*\Z")
PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x20-\x7e]*)?\Z")
BLANK = " \t"
LIMIT = 8192


def fresh(size):
    """Random hexadecimal digits of `size` bytes, never all zero."""
    return secrets.token_hex(size) if size > 8 else f"{secrets.randbits(size * 8) or 1:0{size * 2}x}"


class Headers:
    """What the headers of a request say, and the headers to send on."""

    def __init__(self, lines):
        def values(wanted):
            return [value for name, value in lines if name.lower() == wanted]

        parent = self.parse_parent(values("traceparent"))
        self.trace, self.upstream, self.flags = parent or (fresh(16), None, "03")
        self.state = self.parse_state(values("tracestate")) if parent else []
        self.baggage = self.parse_baggage(values("baggage"))
        self.span = fresh(8)
        self.clock = []
        clock = self.parse_clock(values("raceway-clock"))
        if clock and (parent is None or clock["trace"] == self.trace):
            if parent is None:
                self.flags = "01"
            self.trace, self.clock = clock["trace"], clock["clock"]
            self.upstream = clock["parent"] or self.upstream
            if re.fullmatch("[0-9a-f]{16}", clock["span"]) and clock["span"] != "0" * 16:
                self.span = clock["span"]

    @staticmethod
    def parse_parent(lines):
        if len(lines) != 1:
            return None
        value = lines[0].strip(BLANK)
        found = PARENT.match(value) if len(value) <= LIMIT and "," not in value else None
        if not found:
            return None
        version, trace, span, flags, rest = found.groups()
        if version == "ff" or (version == "00" and rest is not None) or not trace.strip("0") or not span.strip("0"):
            return None
        return trace, span, f"0{int(flags, 16) & 3}"

    @staticmethod
    def parse_state(lines):
        members = {}
        count = 0
        for part in ",".join(lines).split(","):
            part = part.strip(BLANK)
            if not part:
                continue
            count += 1
            key, _, value = part.partition("=")
            if count > 32 or not STATE_KEY.match(key) or not STATE_VALUE.match(value):
                return []
            members.setdefault(key, value)
        return list(members.items())

    @classmethod
    def parse_baggage(cls, lines):
        members, size = [], 0
        for part in ",".join(lines).split(","):
            try:
                member = cls.parse_member(part)
            except ValueError:
                continue
            text = cls.member_text(*member)
            if len(members) < 180 and size + len(text) + 1 <= LIMIT:
                members.append(member)
                size += len(text) + 1
        return members

    @classmethod
    def parse_member(cls, part):
        head, *rest = part.split(";")
        key, equals, value = head.partition("=")
        key = key.strip(BLANK)
        if not equals or not TOKEN.match(key):
            raise ValueError
        properties = []
        for item in rest:
            if not item.strip(BLANK):
                continue
            name, equals, text = item.partition("=")
            name = name.strip(BLANK)
            if not TOKEN.match(name):
                raise ValueError
            properties.append((name, cls.decode(text) if equals else None))
        return key, cls.decode(value), properties

    @staticmethod
    def decode(text):
        text = text.strip(BLANK)
        if not BAGGAGE_VALUE.match(text):
            raise ValueError
        return urllib.parse.unquote_to_bytes(text).decode("utf-8", "replace")

    @staticmethod
    def member_text(key, value, properties):
        safe = "!#$&'()*+-./:<=>?@[]^_`{|}~"
        parts = [f"{key}={urllib.parse.quote(value, safe=safe)}"]
        parts += [name if text is None else f"{name}={urllib.parse.quote(text, safe=safe)}" for name, text in properties]
        return ";".join(parts)

    @staticmethod
    def parse_clock(lines):
        """The clock, or None when anything that would be used is wrong."""
        value = lines[0].strip(BLANK) if len(lines) == 1 else ""
        payload = value[3:].rstrip("=")
        if not value.startswith("v1;") or len(value) > LIMIT or not re.fullmatch(r"[A-Za-z0-9_-]+", payload):
            return None

        def unique(pairs):
            known = [name for name, _ in pairs if name in ("trace_id", "span_id", "parent_span_id", "service", "instance", "clock")]
            if len(set(known)) != len(known):
                raise ValueError
            return dict(pairs)

        def count(value):
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 64

        def text(value, least, most):
            return isinstance(value, str) and least <= len(value) <= most and not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value)

        try:
            fields = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), object_pairs_hook=unique)
            trace = uuid.UUID(fields["trace_id"]).hex
            clock = fields.get("clock", [])
            right = (
                trace.strip("0") and text(fields["span_id"], 1, 64)
                and (fields.get("parent_span_id") is None or text(fields["parent_span_id"], 1, 64))
                and all(text(fields.get(name, ""), 0, LIMIT) for name in ("service", "instance"))
                and isinstance(clock, list)
                and all(isinstance(pair, list) and len(pair) == 2 and text(pair[0], 0, LIMIT) and count(pair[1]) for pair in clock)
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not right:
            return None
        return {"trace": trace, "span": fields["span_id"], "parent": fields.get("parent_span_id"), "clock": clock}

    def outgoing(self, service, instance, own):
        """The header lines of a request that is sent now; `own` counts the events of this instance."""
        known = {}
        for name, value in self.clock + [[f"{service}#{instance}", own]]:
            known[name] = max(known.get(name, 0), value)
        clock = {
            "trace_id": str(uuid.UUID(self.trace)), "span_id": fresh(8), "parent_span_id": self.span,
            "service": service, "instance": instance, "clock": [list(pair) for pair in known.items()],
        }
        text = base64.urlsafe_b64encode(json.dumps(clock).encode()).decode().rstrip("=")
        lines = [["traceparent", f"00-{self.trace}-{self.span}-{self.flags}"], ["raceway-clock", f"v1;{text}"]]
        if self.state:
            lines.append(["tracestate", ",".join(f"{key}={value}" for key, value in self.state)])
        if self.baggage:
            lines.append(["baggage", ",".join(self.member_text(*member) for member in self.baggage)])
        return lines


class Task:
    """One sequential flow of control: its name, and the number of its next event."""

    def __init__(self, cause=None):
        self.name = f"python-{os.getpid()}-{fresh(8)}"
        self.sequence = 0
        self.last = cause


class Recorder:
    """Notes events and sends them."""

    BATCH = 1000

    def __init__(self, server, service, instance):
        self.server = urllib.parse.urlsplit(server)
        self.service, self.instance = service, instance
        self.trace, self.span = str(uuid.uuid4()), fresh(8)
        self.events, self.clock, self.stamp = [], 0, 0

    def note(self, task, tag, **fields):
        self.clock += 1
        # One clock, and never backwards.
        self.stamp = max(self.stamp + 1, time.time_ns())
        seconds, rest = divmod(self.stamp, 1_000_000_000)
        event = {
            "id": str(uuid.uuid4()), "trace_id": self.trace, "parent_id": task.last, "sequence": task.sequence,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09}Z",
            "kind": {tag: fields},
            "metadata": {
                "thread_id": task.name, "process_id": os.getpid(), "service_name": self.service,
                "instance_id": self.instance, "environment": "test",
                "tags": {"sdk_language": "python", "race.scope": "process"}, "duration_ns": None,
                "distributed_span_id": self.span, "upstream_span_id": None,
            },
            "causality_vector": [[f"{self.service}#{self.instance}", self.clock]], "lock_set": [],
        }
        task.sequence += 1
        task.last = event["id"]
        self.events.append(event)

    def flush(self):
        while self.events:
            batch, self.events = self.events[: self.BATCH], self.events[self.BATCH :]
            self.deliver(batch)

    def deliver(self, batch):
        body = json.dumps({"events": batch}).encode()
        deadline, pause = time.monotonic() + 300, 1.0
        while time.monotonic() < deadline:
            status, retry_after = self.post(body)
            if status == 413 and len(batch) > 1:
                self.deliver(batch[: len(batch) // 2])
                self.deliver(batch[len(batch) // 2 :])
                return
            if status not in (None, 429, 500, 502, 503, 504):
                return
            if retry_after is not None:
                time.sleep(retry_after + random.random())
            else:
                time.sleep(pause * (0.5 + random.random() / 2))
                pause = min(30.0, pause * 2)

    def post(self, body):
        connection = http.client.HTTPConnection(self.server.hostname, self.server.port, timeout=10)
        try:
            connection.request("POST", self.server.path + "/events", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            after = answer.getheader("Retry-After", "")
            return answer.status, int(after) if after.isdigit() else None
        except (OSError, http.client.HTTPException):
            return None, None
        finally:
            connection.close()


def record(program):
    """Carries out the steps, each in its task, and sends what was recorded."""
    recorder = Recorder(program["server"], program["service"], program["instance"])
    tasks, place = {"main": Task()}, "adapter.py:1"
    started = {"main"}
    for step in program["steps"]:
        task, action = tasks[step["task"]], step["do"]
        if step["task"] not in started:
            started.add(step["task"])
            recorder.note(task, "TaskStart", task_id=task.name)
        if action in ("read", "write", "update"):
            access = {"read": "Read", "write": "Write", "update": "AtomicRMW"}[action]
            values = {f"{name}_value": step[name] for name in ("old", "new") if name in step}
            recorder.note(task, "StateChange", variable=step["variable"], location=place, access_type=access, **values)
        elif action in ("acquire", "release"):
            tag = "LockAcquire" if action == "acquire" else "LockRelease"
            recorder.note(task, tag, lock_id=step["lock"], lock_type="Mutex", location=place)
        elif action == "spawn":
            child = Task()
            recorder.note(task, "AsyncSpawn", task_id=child.name, spawned_by=task.name)
            child.last = task.last
            tasks[step["child"]] = child
        elif action == "join":
            recorder.note(task, "TaskJoin", task_id=tasks[step["child"]].name)
        elif action == "end":
            recorder.note(task, "TaskEnd", task_id=task.name)
    recorder.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {}
        if self.path == "/propagate":
            lines = [(name, value) for name, value in question["headers"]]
            answer = {"headers": Headers(lines).outgoing("conformance", "adapter", 1)}
        else:
            record(question)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
