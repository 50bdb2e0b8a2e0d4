"""An OpenAI-compatible server on loopback: the embedded LM behind HTTP, or whatever a test makes of it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dspy import lm15

from ptmreuse.embedded.engine import EmbeddedEngine

Answer = tuple[int, bytes]
Sent = Callable[[BaseHTTPRequestHandler], None]  # an answer that sends itself, well or badly
Respond = Callable[[int, dict[str, object]], Answer | Sent]  # from the number of the request, from 1, and its body

_ENGINE = EmbeddedEngine()


class Provider(ThreadingHTTPServer):
    """A running server; `bodies` holds every request."""

    request_queue_size = 128  # connections that come at once

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.bodies: list[dict[str, object]] = []
        self._numbering = threading.Lock()

    @property
    def base(self) -> str:
        """What `--api-base` takes."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, body: dict[str, object]) -> Answer | Sent:
        """What to send back."""
        with self._numbering:
            self.bodies.append(body)
            number = len(self.bodies)
        return self.respond(number, body)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        """A chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = self.server.answer(body)
        if callable(answer):
            answer(self)
            return
        status, data = answer
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        """A connection, which the client may end."""
        try:
            super().handle()
            self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provider(respond: Respond) -> Iterator[Provider]:
    """A server for the time of the block."""
    with Provider(respond) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def answered(number: int, body: dict[str, object]) -> Answer:
    """The embedded LM's own answer."""
    del number
    response = _ENGINE.complete(lm15.request_from_openai_chat(body))
    return 200, completion(response.message.text or "")


def completion(text: str | None, finish: str = "stop", **said: object) -> bytes:
    """A chat completion with this text."""
    message = {"role": "assistant", "content": text, **said}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    return json.dumps(
        {"id": "1", "object": "chat.completion", "model": "m", "choices": choices, "usage": usage}
    ).encode()


def refused(status: int, message: str = "refused") -> Respond:
    """The same error for every request."""
    error = json.dumps({"error": {"message": message, "type": "x", "code": None}}).encode()
    return lambda *_: (status, error)
