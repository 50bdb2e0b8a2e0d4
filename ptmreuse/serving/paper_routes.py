"""`POST /v1/papers`: one paper in, its answers out, whole or as they come."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack
from typing import Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from program.paper import Paper
from ptmreuse.corpus.document import Document, stream_document
from ptmreuse.ledger import Key, Row
from ptmreuse.serving.corpus_routes import has_corpus
from ptmreuse.serving.openapi import FILE, PROBLEMS
from ptmreuse.serving.paper_reply import PaperReply, example, facts, reply, stage_answer
from ptmreuse.serving.problems import Problem
from ptmreuse.serving.pulse import Pulse
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.shelf import Shelf
from ptmreuse.serving.uploads import uploads

EVENTS = "text/event-stream"
_STREAM = """event: paper      the paper's facts
event: answer     a stage's answer, as soon as it is there
event: done       the whole reply
event: problem    instead of the rest, a problem document
: still there     a comment, where nothing else has come for a while
"""


class _Held(StreamingResponse):
    """A stream that gives its paper's room back when it ends, in whatever way."""

    def __init__(self, events: Pulse, carried: AsyncGenerator[Any, None], room: ExitStack) -> None:
        super().__init__(events.beats(), media_type=EVENTS, headers={"x-accel-buffering": "no"})
        self._events, self._carried, self._room = events, carried, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._room.close()
            await self._events.end()
            await self._carried.aclose()


def paper_routes(reception: Reception, key: Key, lm: str, shelf: Shelf | None = None) -> APIRouter:
    """The route; `lm` is the name that replies have."""
    router = APIRouter()
    answered = {
        "description": "The answers, stage by stage, with quotes and places",
        "model": PaperReply,
        "content": {
            "application/json": {"example": example()},
            EVENTS: {"schema": {"type": "string"}, "example": _STREAM},
        },
    }
    responses: dict[int | str, dict[str, Any]] = {200: answered, **PROBLEMS}

    @router.post("/v1/papers", responses=responses, openapi_extra=FILE, summary="Answer about one paper")
    async def papers(
        request: Request,
        body: bool = Query(False, description="send back the paper's paragraphs, too"),
        name: str = Query("", max_length=300, description="of the file; its extension tells the type"),
        doi: str = Query("", max_length=300, description="of a paper of the corpus, instead of a body"),
    ) -> Response:
        """JATS, TEI, PDF, text or Markdown, as the body or as a file of a form; or a `doi` of the corpus."""
        del name  # `uploads` takes it from the request
        with ExitStack() as room:
            room.enter_context(reception.room())
            document = await (asyncio.to_thread(has_corpus(shelf).document, doi) if doi else _document(request))
            is_stream = EVENTS in request.headers.get("accept", "")
            carried = reception.carry(document, by_stage=is_stream)
            paper = await anext(carried)
            assert isinstance(paper, Paper)  # noqa: S101 - it comes first
            if is_stream:
                pulse = Pulse(_events(paper, carried, key, lm, body=body), reception.capacity.pulse_seconds)
                return _Held(pulse, carried, room.pop_all())
            rows = [each async for each in carried if isinstance(each, Row)]
            told = await asyncio.to_thread(_json, reply(paper, rows, key, lm, body=body))
            return Response(told, media_type="application/json")

    return router


async def _document(request: Request) -> Document:
    async with uploads(request, 1) as (upload,):
        if upload.is_archive:
            raise Problem("unsupported_type", "send an archive to /v1/papers:batch")
        return await asyncio.to_thread(stream_document, upload.name, upload.file)


async def _events(
    paper: Paper, carried: AsyncGenerator[Paper | Row, None], key: Key, lm: str, *, body: bool
) -> AsyncIterator[str]:
    rows: list[Row] = []
    yield _event("paper", _json(facts(paper, body=body)))
    try:
        async for each in carried:
            if isinstance(each, Row):
                rows.append(each)
                yield _event("answer", _json(stage_answer(each)))
    except Problem as problem:
        yield _event("problem", json.dumps(problem.document))
        return
    yield _event("done", _json(reply(paper, rows, key, lm)))


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _json(told: BaseModel) -> str:
    return told.model_dump_json()
