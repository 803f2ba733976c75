"""A lost update told through plain OpenTelemetry: attributes named race.*, nothing of Raceway's.

    pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
    python3 otel_race.py http://127.0.0.1:8080 [--fixed] && raceway races

Every request is a span. What it does to shared state is a span event `race.access`; sections of a lock are `race.lock`.
"""
import sys
import threading

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

endpoint = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
is_fixed = "--fixed" in sys.argv
provider = TracerProvider(resource=Resource.create({
    "service.name": "counter", "service.instance.id": "counter-1", "race.schema": "0.1",
}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint + "/v1/traces")))
tracer = provider.get_tracer("otel-race")

visits = 0
lock = threading.Lock()
both_have_read = threading.Barrier(2)


def access(span, kind, sequence, **values):
    attributes = {"race.object.id": "visits", "race.access.kind": kind, "race.seq": sequence}
    span.add_event("race.access", {**attributes, **{f"race.value.{name}": value for name, value in values.items()}})


def locked(span, operation, sequence):
    span.add_event("race.lock", {"race.lock.id": "visits", "race.lock.op": operation, "race.seq": sequence})


def count(span):
    """Reads, and writes what it read plus one."""
    global visits
    seen = visits
    access(span, "read", 2, after=seen)
    if not is_fixed:
        both_have_read.wait()
    visits = seen + 1
    access(span, "write", 3, before=seen, after=seen + 1)


def handle():
    with tracer.start_as_current_span("GET /", kind=SpanKind.SERVER) as span:
        if not is_fixed:
            return count(span)
        with lock:
            locked(span, "acquire", 1)
            count(span)
            locked(span, "release", 4)


threads = [threading.Thread(target=handle) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
provider.shutdown()
print(f"2 visits, {visits} counted")
