"""What providers do besides answering: each fault as it comes over the wire, alone or mixed."""

import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

from provider import Answer, Sent, answered, completion

Fault = Callable[[BaseHTTPRequestHandler], None]

_ERROR = json.dumps({"error": {"message": "later", "type": "x", "code": None}}).encode()
_HTML = b"<!DOCTYPE html><html><body>Please sign in to the network.</body></html>"
_DECLINED = "I'm sorry, but I can't help with that."


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
    """One response; `length` is what it claims."""
    handler.send_response(status)
    headers = {"content-type": "application/json", **headers, "content-length": str(length or len(body))}
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(number: int, **headers: str) -> Fault:
    """An error with this status."""
    return lambda handler: send(handler, number, _ERROR, **headers)


def error(number: int, message: str, code: str) -> Fault:
    """An error that says what it is."""
    body = json.dumps({"error": {"message": message, "type": code, "code": code}}).encode()
    return lambda handler: send(handler, number, body)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """The connection ends without a word."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def half(handler: BaseHTTPRequestHandler) -> None:
    """The connection ends within the body."""
    body = completion("half of it")
    send(handler, 200, body[: len(body) // 2], len(body))
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang(handler: BaseHTTPRequestHandler, seconds: float = 2.0) -> None:
    """Nothing comes."""
    threading.Event().wait(seconds)
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler, seconds: float = 2.0) -> None:
    """A byte comes now and then, so that no single wait is long."""
    body, until = completion("late"), time.monotonic() + seconds
    send(handler, 200, b"", len(body))
    try:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            if time.monotonic() > until:
                return
            time.sleep(0.05)
    except OSError:
        return


def body(data: bytes, kind: str = "application/json") -> Fault:
    """A response that holds something else."""
    return lambda handler: send(handler, 200, data, content_type=kind)


FAULTS: Mapping[str, tuple[float, Fault]] = {
    "429 with advice": (0.05, status(429, retry_after="0.05")),
    "429": (0.05, status(429)),
    "500": (0.03, status(500)),
    "503": (0.02, status(503)),
    "hang": (0.02, hang),
    "reset": (0.02, reset),
    "half": (0.02, half),
    "not JSON": (0.02, body(b'{"choices": [')),
    "empty": (0.01, body(completion(""))),
    "cut": (0.01, body(completion("[[ ## uses_deep_learning ## ]]\nTrue\n\n[[ ## ptms ## ]]\n[{", finish="length"))),
    "refusal": (0.005, body(completion(None, refusal=_DECLINED))),
    "declines": (0.005, body(completion(_DECLINED))),
    "HTML": (0.01, body(_HTML, "text/html")),
    "drip": (0.01, drip),
}  # share of all requests, as the issue has them, and what comes


class Mixed:
    """Answers, and now and then a fault by these shares; `given` counts the faults."""

    def __init__(self, faults: Mapping[str, tuple[float, Fault]] = FAULTS, seed: int = 0) -> None:
        self._faults, self._drawn = faults, random.Random(seed)  # noqa: S311 - no secret hangs on it
        self._drawing = threading.Lock()
        self.given: Counter[str] = Counter()

    def __call__(self, number: int, asked: dict[str, object]) -> Answer | Sent:
        """What comes for a request."""
        with self._drawing:
            at = self._drawn.random()
            for name, (share, fault) in self._faults.items():
                at -= share
                if at < 0:
                    self.given[name] += 1
                    return fault
        return answered(number, asked)
