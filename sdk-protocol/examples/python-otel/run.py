"""Starts both services under `opentelemetry-instrument`, orders twice at once, ends them, and prints the traces of the orders.

usage: run.py [--fixed]

Where the spans go is said as for every program of OpenTelemetry, by OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
# Beside this interpreter when it runs in an environment of its own.
INSTRUMENT = shutil.which("opentelemetry-instrument", path=os.path.dirname(sys.executable) + ":" + os.environ.get("PATH", ""))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def service(name, **environment):
    """The service at its address until the block ends, and everything it has to tell is sent."""
    port = free_port()
    settings = {"OTEL_SERVICE_NAME": name, "OTEL_RESOURCE_ATTRIBUTES": f"service.instance.id={name}-1",
                "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
    command = [INSTRUMENT, sys.executable, "-m", "flask", "--app", name, "run", "--port", str(port)]
    process = subprocess.Popen(command, cwd=HERE, env=os.environ | settings | environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, preexec_fn=hear_interrupts)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        # Interrupted and not killed: the exporter sends what it still has.
        process.send_signal(signal.SIGINT)
        try:
            _, told = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"{name} does not end")
        for line in told.splitlines():
            if "rror" in line or "ailed" in line:
                print(f"{name}: {line}", file=sys.stderr)


def hear_interrupts():
    """Programs that are started in the background may inherit deafness to them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def wait_for(port, process):
    for _ in range(400):
        if process.poll() is not None:
            sys.exit(process.stderr.read())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit("the service does not listen")


def order(address):
    request = urllib.request.Request(address + "/order", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["trace"]


def main():
    fixed = {"STOCK_FIXED": "1"} if "--fixed" in sys.argv[1:] else {}
    with service("stock", **fixed) as stock, service("web", STOCK_URL=stock) as web:
        with concurrent.futures.ThreadPoolExecutor() as customers:
            for trace in customers.map(order, [web] * 2):
                print(trace)


if __name__ == "__main__":
    main()
