"""The application: routes, problems, and what starts and ends with it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from ptmreuse.ledger import Key
from ptmreuse.serving.backlog import Backlog
from ptmreuse.serving.corpus_routes import corpus_routes
from ptmreuse.serving.job_routes import job_routes
from ptmreuse.serving.paper_routes import paper_routes
from ptmreuse.serving.problem_handlers import add_problems
from ptmreuse.serving.program_route import ProgramFacts, program_route
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.shelf import Shelf
from ptmreuse.serving.state_routes import page_routes, state_routes

log = logging.getLogger("ptmreuse.serving")


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
    add_problems(served)
    return served


def _told(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and starting.exception():
        log.error("the workers did not start", exc_info=starting.exception())
