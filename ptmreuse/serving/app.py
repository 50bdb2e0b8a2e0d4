"""The application: routes, problems, and what starts and ends with it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from ptmreuse.ledger import Key
from ptmreuse.serving.backlog import Backlog
from ptmreuse.serving.corpus_routes import corpus_routes
from ptmreuse.serving.job_routes import job_routes
from ptmreuse.serving.paper_routes import paper_routes
from ptmreuse.serving.problems import KINDS, Problem
from ptmreuse.serving.program_route import ProgramFacts, program_route
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.shelf import Shelf
from ptmreuse.serving.state_routes import page_routes, state_routes

log = logging.getLogger("ptmreuse.serving")

_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


def app(reception: Reception, backlog: Backlog, key: Key, facts: ProgramFacts, shelf: Shelf | None = None) -> FastAPI:
    """The application. FastAPI's own pages of documentation are off: they load scripts from elsewhere."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(reception.answerer.crew.start())
        starting.add_done_callback(_told)
        backlog.start()
        if shelf:
            shelf.start()
        try:
            yield
        finally:
            starting.cancel()
            if shelf:
                await shelf.end()
            await backlog.end()
            await reception.answerer.end()

    served = FastAPI(
        title="ptm-reuse",
        summary="Which pre-trained models does a paper reuse, how, what for?",
        version=version("ptm-reuse"),
        lifespan=life,
        docs_url=None,
        redoc_url=None,
    )
    served.include_router(paper_routes(reception, key, facts.lm, shelf))
    served.include_router(job_routes(reception, backlog))
    served.include_router(corpus_routes(shelf))
    served.include_router(program_route(facts))
    served.include_router(state_routes(reception))
    served.include_router(page_routes(has_corpus=shelf is not None))
    _add_problems(served)
    return served


def _told(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and starting.exception():
        log.error("the workers did not start", exc_info=starting.exception())


def _add_problems(served: FastAPI) -> None:
    """Every error is a problem document, and none tells more than it should."""

    @served.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        if KINDS[error.kind].status >= 500 and error.kind != "not_ready":
            log.warning("%s %s: %s", request.method, error.kind, error.__cause__ or error)
        return error.response

    @served.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return Problem("bad_request", "; ".join(told)[:500]).response

    @served.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, "bad_request")
        answer = Problem(kind, "see /openapi.json for what there is").response
        answer.headers.update(error.headers or {})
        return answer

    @served.exception_handler(ClientDisconnect)
    async def gone(*_: object) -> Response:
        return Problem("bad_request", "the request ended too early").response

    @served.exception_handler(Exception)
    async def internal(*_: object) -> Response:
        return Problem("internal", "please report it; the log of the service says more").response
