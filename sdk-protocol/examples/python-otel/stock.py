"""The service that keeps the stock: `POST /reserve` takes one piece. It loses an update when two orders come together.

With STOCK_FIXED=1 it holds a lock from the read to the write.
"""

import contextlib
import os
import threading

from flask import Flask

import shared_state

app = Flask(__name__)
amount = 10
guard = shared_state.Lock(threading.Lock(), "stock.lock") if os.environ.get("STOCK_FIXED") else contextlib.nullcontext()
# The two orders of the demonstration meet between read and write, so that the update is lost every time and not once a month.
meeting = threading.Barrier(2)


@app.post("/reserve")
def reserve():
    global amount
    with guard:
        seen = amount
        shared_state.read("stock.amount", seen)
        if not os.environ.get("STOCK_FIXED"):
            meeting.wait(10)
        amount = seen - 1
        shared_state.write("stock.amount", seen, seen - 1)
    return {"left": amount}
