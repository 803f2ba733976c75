"""A shop of two services that loses an update of its stock, told through plain OpenTelemetry.

Two customers order at the same time. Each order is a trace of its own: the web service calls the stock service, which
reads the amount, and writes it less one. Both read 10, both write 9.

usage: shop.py ENDPOINT protobuf|json|grpc none|gzip|deflate [--fixed]

Prints the trace ids of the orders, and what is left.
"""

import sys
import threading

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

endpoint, protocol, compression, *flags = sys.argv[1:]
is_fixed = "--fixed" in flags

if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
elif protocol == "json":
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter


def exporter():
    if protocol == "grpc":
        from grpc import Compression

        kind = {"none": Compression.NoCompression, "gzip": Compression.Gzip, "deflate": Compression.Deflate}[compression]
        return OTLPSpanExporter(endpoint=endpoint, insecure=True, compression=kind)
    if protocol == "json":
        return OTLPSpanExporter(endpoint=endpoint + "/v1/traces")
    from opentelemetry.exporter.otlp.proto.http import Compression

    kind = {"none": Compression.NoCompression, "gzip": Compression.Gzip, "deflate": Compression.Deflate}[compression]
    return OTLPSpanExporter(endpoint=endpoint + "/v1/traces", compression=kind)


def service(name):
    resource = Resource.create({"service.name": name, "service.instance.id": name + "-1"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter()))
    return provider


web, stock = service("web"), service("stock")
lock = threading.Lock()
everybody_has_read = threading.Barrier(2)
amount = 10
traces = []


def access(span, kind, sequence, **values):
    attributes = {
        "race.object.id": "stock.amount",
        "race.access.kind": kind,
        "race.seq": sequence,
        "code.file.path": "shop.py",
        "code.line.number": 77 if kind == "read" else 81,
    }
    attributes.update({"race.value." + name: value for name, value in values.items()})
    span.add_event("race.access", attributes)


def lock_event(span, operation, sequence):
    span.add_event("race.lock", {"race.lock.id": "stock.lock", "race.lock.op": operation, "race.seq": sequence})


def reserve(headers):
    """The handler of the stock service: another process would see no more of the caller than these headers."""
    global amount
    tracer = stock.get_tracer("shop")
    context = propagate.extract(headers)
    with tracer.start_as_current_span("POST /reserve", context=context, kind=SpanKind.SERVER) as span:
        if is_fixed:
            lock.acquire()
            lock_event(span, "acquire", 1)
        seen = amount
        access(span, "read", 2, before=seen)
        if not is_fixed:
            everybody_has_read.wait(10)
        amount = seen - 1
        access(span, "write", 3, before=seen, after=seen - 1)
        if is_fixed:
            lock_event(span, "release", 4)
            lock.release()


def order():
    with web.get_tracer("shop").start_as_current_span("POST /order", kind=SpanKind.SERVER) as root:
        with web.get_tracer("shop").start_as_current_span("POST /reserve", kind=SpanKind.CLIENT):
            headers = {}
            propagate.inject(headers)
            reserve(headers)
        traces.append(trace.format_trace_id(root.get_span_context().trace_id))


customers = [threading.Thread(target=order) for _ in range(2)]
for customer in customers:
    customer.start()
for customer in customers:
    customer.join()
web.shutdown()
stock.shutdown()
print(*traces, "amount", amount)
