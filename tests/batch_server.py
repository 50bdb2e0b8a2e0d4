"""An OpenAI-compatible Files and Batches API on loopback: the embedded LM answers, and a test says what goes wrong."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provider import Answer, answered

Line = tuple[str, dict[str, Any]]  # custom id and body of a request
Trouble = Callable[[str, str], Answer | None]  # from method and path: what is sent in place of the answer
Ended = dict[str, Any]


@dataclass
class Sent:
    """One batch of the server."""

    id: str
    input_file: str
    metadata: dict[str, str]
    lines: list[Line]
    looks: int = 0  # how often its status was asked for
    status: str = "validating"
    errors: list[dict[str, Any]] = field(default_factory=list)
    output: str | None = None
    faults: str | None = None


def nothing(method: str, path: str) -> Answer | None:
    """No trouble."""
    del method, path


class BatchServer(ThreadingHTTPServer):
    """A running server. What a test may set is public and says what goes wrong; the rest is what was asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Sent] = {}
        self.asked: list[tuple[str, str, str]] = []  # method, path, authorization
        self.live: list[bytes] = []  # the body of every live call
        self.ran: list[str] = []  # the body of every request that was run, and paid
        self.respond: Callable[[int, dict[str, Any]], Answer] = answered
        self.trouble: Trouble = nothing
        self.after: Trouble = nothing  # sent though what was asked for is done
        self.ends: Callable[[Sent], str] = lambda _: "completed"
        self.faults: Callable[[Sent], list[dict[str, Any]]] = lambda _: []  # of a batch that ends "failed"
        self.left_out: Callable[[int], bool] = lambda _: False  # of a batch that ends "expired", by request
        self.lasts = 2  # looks until a batch ends
        self.lock = threading.RLock()

    @property
    def base(self) -> str:
        """What `--api-base` takes."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The body of every request of every batch, in order."""
        return [body for batch in self.batches.values() for _, body in batch.lines]

    def answer(self, method: str, path: str, data: bytes) -> Answer:
        """What to send back."""
        with self.lock:
            told = self.trouble(method, path) or self._done(method, path.partition("?")[0], data)
            return self.after(method, path) or told

    def _done(self, method: str, path: str, data: bytes) -> Answer:
        parts = path.removeprefix("/v1/").split("/")
        if (method, parts) == ("POST", ["chat", "completions"]):
            self.live.append(data)
            return self.respond(len(self.live), json.loads(data))
        if (method, parts) == ("POST", ["files"]):
            return self._file(data)
        if parts[0] == "files" and parts[2:] == ["content"]:
            return 200, self.files[parts[1]]
        if (method, parts) == ("POST", ["batches"]):
            return self._create(json.loads(data))
        if (method, parts) == ("GET", ["batches"]):
            newest = list(reversed(self.batches.values()))
            return 200, _json({"object": "list", "data": [_told(each) for each in newest], "has_more": False})
        if parts[0] == "batches" and parts[1] in self.batches:
            batch = self.batches[parts[1]]
            if parts[2:] == ["cancel"] and batch.status not in ("validating", "in_progress"):
                return 409, _json({"error": {"message": f"a batch that is {batch.status} can't be cancelled"}})
            if parts[2:] == ["cancel"]:
                self._end(batch, "cancelled")
            return 200, self._looked_at(batch)
        return 404, _json({"error": {"message": "no such thing"}})

    def _file(self, data: bytes) -> Answer:
        found = re.search(rb'filename="[^"]*"\r\n.*?\r\n\r\n(.*?)\r\n--', data, re.DOTALL)
        assert found
        assert b'name="purpose"\r\n\r\nbatch' in data
        return 200, _json({"id": self._kept(found[1]), "object": "file", "purpose": "batch"})

    def _kept(self, content: bytes) -> str:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return name

    def _create(self, asked: dict[str, Any]) -> Answer:
        assert (asked["endpoint"], asked["completion_window"]) == ("/v1/chat/completions", "24h")
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert {(line["method"], line["url"]) for line in lines} == {("POST", "/v1/chat/completions")}
        name, given = f"batch-{len(self.batches) + 1}", [(line["custom_id"], line["body"]) for line in lines]
        assert len({custom_id for custom_id, _ in given}) == len(given)
        batch = self.batches[name] = Sent(name, asked["input_file_id"], asked.get("metadata") or {}, given)
        return 200, _json(_told(batch))

    def _looked_at(self, batch: Sent) -> bytes:
        batch.looks += 1
        if batch.status in ("validating", "in_progress"):
            batch.status = "in_progress"
            if batch.looks >= self.lasts:
                self._end(batch, self.ends(batch))
        return _json(_told(batch))

    def _end(self, batch: Sent, status: str) -> None:
        batch.status = status
        if status == "failed":
            batch.errors = self.faults(batch)
            return
        results = [self._result(n, line, status) for n, line in enumerate(batch.lines)]
        fine = [each for each in results if each["error"] is None and each["response"]["status_code"] == 200]
        batch.output = self._kept(_jsonl(fine)) if fine else None
        batch.faults = self._kept(_jsonl([e for e in results if e not in fine])) if len(fine) < len(results) else None

    def _result(self, number: int, line: Line, status: str) -> Ended:
        custom_id, body = line
        if status != "completed" and self.left_out(number):
            told = {"code": f"batch_{status}", "message": "This request could not be executed in time."}
            return {"id": "r", "custom_id": custom_id, "response": None, "error": told}
        self.ran.append(json.dumps(body))
        code, data = self.respond(len(self.ran), body)
        response = {"status_code": code, "request_id": "q", "body": json.loads(data)}
        return {"id": "r", "custom_id": custom_id, "response": response, "error": None}


def _told(batch: Sent) -> dict[str, Any]:
    files = [name for name in (batch.output, batch.faults) if name]
    ended = batch.status in ("completed", "expired", "cancelled")
    return {
        "id": batch.id, "object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h",
        "input_file_id": batch.input_file, "status": batch.status, "metadata": batch.metadata, "created_at": 1,
        "output_file_id": batch.output, "error_file_id": batch.faults,
        "errors": {"object": "list", "data": batch.errors} if batch.errors else None,
        "request_counts": {
            "total": len(batch.lines), "completed": len(batch.lines) if ended and files == [batch.output] else 0,
            "failed": 0,
        },
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _jsonl(values: list[Any]) -> bytes:
    return b"".join(_json(value) + b"\n" for value in values)


class _Handler(BaseHTTPRequestHandler):
    server: BatchServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What is asked for."""
        self.do_POST()

    def do_POST(self) -> None:
        """What is asked for."""
        data = self.rfile.read(int(self.headers["content-length"] or 0))
        self.server.asked.append((self.command, self.path, self.headers["authorization"] or ""))
        try:
            self._send(data)
        except OSError:  # the client was killed
            self.close_connection = True

    def _send(self, data: bytes) -> None:
        status, body = self.server.answer(self.command, self.path, data)
        if status == 0:  # a connection that breaks
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("content-type", "text/html" if body.startswith(b"<") else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def batch_server() -> Iterator[BatchServer]:
    """A server for the time of the block."""
    with BatchServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
