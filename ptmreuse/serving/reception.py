"""Requests about one paper: room for it, its answers as they come, and what their failures are to the one who asks."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager

from program.paper import Paper
from ptmreuse.corpus.read import Document
from ptmreuse.errors import RunError, UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.meter import BudgetReached
from ptmreuse.serving.answerers import Answerer, Known, nothing
from ptmreuse.serving.capacity import Capacity
from ptmreuse.serving.counters import Counters
from ptmreuse.serving.problems import Problem


class Reception:
    """Where papers come in; `inside` are those that are here, uploads included."""

    def __init__(self, answerer: Answerer, capacity: Capacity, workers: int) -> None:
        self.answerer, self.capacity = answerer, capacity
        self.inside = 0
        self.counters = Counters()
        self.counters.now["papers_inside"] = lambda: self.inside
        self._workers = workers

    @contextmanager
    def room(self) -> Iterator[None]:
        """Room for one paper. Raises Problem when there is none, with the seconds after which there may be."""
        if not self.answerer.crew.is_ready:
            raise Problem("not_ready", "ask again in a moment; /readyz says when", 2)
        if self.inside >= self.capacity.waiting:
            seconds = math.ceil(self.counters.seconds.mean * self.inside / self._workers)
            raise Problem("too_busy", "wait as long as Retry-After says, or send a batch", max(1, min(seconds, 60)))
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def carry(
        self, document: Document, known: Known = nothing, *, by_stage: bool = False
    ) -> AsyncGenerator[Paper | Row, None]:
        """The paper, then its rows. Raises Problem."""
        began, outcome = time.perf_counter(), "abandoned"
        end = asyncio.get_running_loop().time() + self.capacity.answer_seconds
        try:
            async with aclosing(self.answerer.carry(document, known, by_stage=by_stage)) as carried:
                while each := await self._next(carried, end):
                    if isinstance(each, Row):
                        self.counters.row(each)
                    yield each
            outcome = "answered"
        except (UnreadablePaper, RunError, BudgetReached, TimeoutError, Problem) as error:
            problem = _problem(error, self.capacity)
            outcome = problem.kind
            raise problem from error
        finally:
            self.counters.seconds.add(time.perf_counter() - began)
            self.counters.count("papers_total", outcome=outcome)

    @staticmethod
    async def _next(carried: AsyncIterator[Paper | Row], end: float) -> Paper | Row | None:
        """What comes next: a limit for each step, as the task that asks may change between them."""
        async with asyncio.timeout_at(end):
            return await anext(carried, None)


def _problem(error: BaseException, capacity: Capacity) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, TimeoutError):
        return Problem("answer_timeout", f"no whole answer within {capacity.answer_seconds:g} seconds; send less of it")
    if isinstance(error, BudgetReached):
        return Problem("budget_reached", "ask the one who runs this service")
    if isinstance(error, UnreadablePaper) and error.reason != "reader_fault":
        return Problem(error.reason, str(error))
    if isinstance(error, UnreadablePaper):
        return Problem("reader_fault", "please report it with the file")
    return Problem("lm_failed", "ask again later; the log of the service says why")
