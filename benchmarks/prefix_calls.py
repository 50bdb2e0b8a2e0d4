"""The prompts of `benchmarks.prefix` through the program: a server on loopback reports what it had in its cache."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dspy
from dspy import lm15

from benchmarks.prefix import ORDERS, PrefixCache, demos_of
from program.answers import STAGES, Answer
from program.paper import Paper
from program.passages import CHARACTERS_PER_TOKEN
from program.pipeline import Pipeline
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.lms import Terms, awaited
from ptmreuse.embedded.engine import EmbeddedEngine
from ptmreuse.ledger import Row
from ptmreuse.lm import LMChoice


def called(papers: Sequence[Paper], demos: int, order: str) -> str:
    """Calls, tokens and cached tokens as the rows for the ledger have them."""
    with _served() as base:
        rows = asyncio.run(_rows(papers, demos, order, base))
    asked = sum(row.input_tokens or 0 for row in rows)
    cached = sum(row.cached_tokens or 0 for row in rows)
    return f"{sum(row.attempts for row in rows)} calls, {asked} tokens, {cached} of them cached = {cached / asked:.3f}"


async def _rows(papers: Sequence[Paper], demos: int, order: str, base: str) -> list[Row]:
    program = Pipeline()
    for stage in STAGES:
        getattr(program, stage).predict.demos = demos_of(stage, demos)
    lms = awaited(LMChoice("hosted_vllm/m", base), {}, Terms())
    rows: list[Row] = []
    known: dict[str, dict[str, Answer]] = {paper.text_hash: {} for paper in papers}
    with dspy.context(disable_history=True, trace=None, track_usage=False):
        for stages in [STAGES] if order == ORDERS[0] else [STAGES[: at + 1] for at in range(len(STAGES))]:
            asker = Asker(program, lms.by_stage, stages)
            for paper in papers:
                new: list[Row] = []
                await asker.answer(paper, None, known[paper.text_hash], new.append)
                known[paper.text_hash] |= {row.answer.stage: row.answer for row in new}
                rows += new
    await lms.aclose()
    return rows


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.engine, self.kept = EmbeddedEngine(), PrefixCache()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """A chat completion of the embedded LM."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = self.server.engine.complete(lm15.request_from_openai_chat(body)).message.text or ""
        data = json.dumps(_completion(text, *self._counted(body["messages"]))).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _counted(self, messages: list[dict[str, Any]]) -> tuple[int, int]:
        text = "".join(f"{message['role']}\n{message['content']}\n" for message in messages)
        return len(text) // CHARACTERS_PER_TOKEN, self.server.kept.take(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _completion(text: str, prompt: int, cached: int) -> dict[str, Any]:
    answer = len(text) // CHARACTERS_PER_TOKEN
    usage = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    told = usage | {"prompt_tokens_details": {"cached_tokens": cached}}
    return {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": told}


@contextmanager
def _served() -> Iterator[str]:
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()
