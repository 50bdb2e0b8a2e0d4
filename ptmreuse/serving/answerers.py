"""One paper through the program for a request: first the paper, then each answer as it comes.

The embedded LM computes, in the crew's processes; other LMs are awaited, and the crew only reads.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Protocol

import dspy

from program.answers import STAGES, Answer
from program.paper import Paper
from program.pipeline import Pipeline, unanswered
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.lms import LMs
from ptmreuse.corpus.read import Document
from ptmreuse.errors import SystemicError, UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.serving.crew import Crew
from ptmreuse.workers import Surveyed, answer, read_paper, survey_paper

Known = Callable[[Paper], Mapping[str, Answer]]


def nothing(_: Paper) -> Mapping[str, Answer]:
    """What is known of a paper that is new."""
    return {}


class Answerer(Protocol):
    """What carries papers through the program."""

    crew: Crew

    def carry(
        self, document: Document, known: Known = nothing, *, by_stage: bool = False
    ) -> AsyncGenerator[Paper | Row, None]:
        """The paper, then a row for each stage; all at once or, `by_stage`, each as soon as it is there.

        Raises UnreadablePaper, Problem, SystemicError and BudgetReached.
        """
        ...

    async def end(self) -> None:
        """Close what is open."""
        ...


class Computing:
    """The embedded LM, in the crew."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def carry(
        self, document: Document, known: Known = nothing, *, by_stage: bool = False
    ) -> AsyncGenerator[Paper | Row, None]:
        """As `Answerer` says."""
        async with self.crew.one() as worker:
            paper = await worker.do(read_paper, document)
            if isinstance(paper, UnreadablePaper):
                raise paper
            yield paper
            given = dict(known(paper))
            while left := unanswered(given):
                rows = await worker.do(answer, paper, left[:1] if by_stage else STAGES, given)
                for row in rows:
                    given[row.answer.stage] = row.answer
                    yield row

    async def end(self) -> None:
        """End the crew."""
        self.crew.end()


class Awaiting:
    """LMs that are awaited, so many papers at once. After a refusal they are built anew: its cause may be seen to."""

    def __init__(self, crew: Crew, program: Pipeline, build: Callable[[], LMs], at_once: int) -> None:
        """Raises UsageError and SystemicError for LMs that can't be built."""
        self.crew = crew
        self._program, self._build = program, build
        self._room = asyncio.Semaphore(at_once)
        self._lms = build()
        self._left: list[LMs] = []  # with calls that may still be under way

    async def carry(
        self, document: Document, known: Known = nothing, *, by_stage: bool = False
    ) -> AsyncGenerator[Paper | Row, None]:
        """As `Answerer` says."""
        del by_stage  # it always is
        async with self._room:
            async with self.crew.one() as worker:
                read = await worker.do(survey_paper, document)
            if isinstance(read, UnreadablePaper):
                raise read
            yield read.paper
            rows: asyncio.Queue[Row | None] = asyncio.Queue()
            asking = asyncio.create_task(self._ask(read, known(read.paper), rows))
            try:
                while (row := await rows.get()) is not None:
                    yield row
                await asking
            finally:
                asking.cancel()

    async def _ask(self, read: Surveyed, known: Mapping[str, Answer], rows: "asyncio.Queue[Row | None]") -> None:
        lms = self._lms
        try:
            with dspy.context(disable_history=True, trace=None, track_usage=False):
                await Asker(self._program, lms.by_stage, STAGES).answer(read.paper, read.survey, known, rows.put_nowait)
        except SystemicError:
            if lms is self._lms:
                self._left.append(lms)
                self._lms = self._anew(lms)
            raise
        finally:
            rows.put_nowait(None)

    def _anew(self, lms: LMs) -> LMs:
        """The LMs with what they have spent: a budget is one, however often they are built."""
        built = self._build()
        built.budget.usd, built.budget.tokens = lms.budget.usd, lms.budget.tokens
        return built

    async def end(self) -> None:
        """Close every connection and end the crew."""
        for lms in (*self._left, self._lms):
            await lms.aclose()
        self.crew.end()
