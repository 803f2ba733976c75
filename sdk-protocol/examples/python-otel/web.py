"""The service that customers talk to: `POST /order` reserves a piece at the stock, whose address is in STOCK_URL."""

import os

import requests
from flask import Flask
from opentelemetry import trace

app = Flask(__name__)


@app.post("/order")
def order():
    left = requests.post(os.environ["STOCK_URL"] + "/reserve", timeout=20).json()["left"]
    return {"left": left, "trace": trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)}
