"""Papers stream through the program: read in other processes, asked about in one event loop, written down at once.

documents ─ (unchanged and finished? skip) ─ read and survey ─ (duplicate? note it) ─ a task asks its questions ─ ledger
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from program.answers import Answer
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.hopeless import Hopeless
from ptmreuse.calling.lms import LMs
from ptmreuse.corpus.read import Document
from ptmreuse.desk import Desk
from ptmreuse.errors import SystemicError, UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.meter import BudgetReached
from ptmreuse.workers import Surveyed, survey_paper

_AHEAD = 4  # papers per reader that are read before they are needed
_MORE = 1.25  # papers under way per call at once: some wait for their next attempt
_BRIEF = 2.0  # seconds that calls under way are waited for when a run is stopped


class Flow:
    """The papers of one run. `readers` is where they are read, by `survey`, `jobs` how many at once."""

    def __init__(
        self,
        desk: Desk,
        asker: Asker,
        lms: LMs,
        readers: Executor,
        jobs: int,
        most: int,
        survey: Callable[[Document], Surveyed | UnreadablePaper] = survey_paper,
    ) -> None:
        self._survey = survey
        self._desk, self._asker, self._lms, self._readers = desk, asker, lms, readers
        self._ahead = _AHEAD * jobs
        self._room = asyncio.Semaphore(int(most * _MORE) + 1)
        self._reading: deque[tuple[Document, str, Future[Any]]] = deque()
        self._asking: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._hopeless = Hopeless()

    async def carry(self, documents: Iterable[Document]) -> None:
        """Take every document through. Raises SystemicError, BudgetReached, CancelledError; all that came is kept."""
        try:
            for document in documents:
                await self._take(document)
            while self._reading:
                await self._read()
            while self._asking:
                await self._step(asyncio.wait(self._asking, return_when=asyncio.FIRST_COMPLETED))
            self._check()
        except BrokenExecutor as error:
            raise SystemicError("a reader process died, likely for want of memory; give fewer --jobs") from error
        finally:
            await self._end()

    async def _take(self, document: Document) -> None:
        content = self._desk.take(document)
        if content is None:
            await asyncio.sleep(0)  # a long stretch of finished papers must not hold up the calls
            return
        self._reading.append((document, content, self._readers.submit(self._survey, document)))
        while len(self._reading) > self._ahead:
            await self._read()

    async def _read(self) -> None:
        """The first document that is being read, in order: an earlier one is the paper, a later one its duplicate."""
        document, content, future = self._reading[0]
        await self._step(asyncio.wrap_future(future))
        self._reading.popleft()
        read: Surveyed | UnreadablePaper = future.result()
        known = self._desk.note(document, content, read.paper if isinstance(read, Surveyed) else read)
        if known is not None and isinstance(read, Surveyed) and not self._desk.screens_out(read, known):
            await self._step(self._room.acquire())
            task = asyncio.create_task(self._ask(read, known))
            self._asking.add(task)
            task.add_done_callback(self._asked)

    async def _ask(self, read: Surveyed, known: Mapping[str, Answer]) -> None:
        rows: list[Row] = []

        def record(row: Row) -> None:
            self._desk.record(read.paper, [row])
            rows.append(row)

        await self._asker.answer(read.paper, read.survey, known, record)
        self._desk.answered(rows)
        self._hopeless.see(rows)

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._room.release()
        error = None if task.cancelled() else task.exception()
        if error and (self._fault is None or isinstance(self._fault, BudgetReached)):
            self._fault = error

    async def _step(self, awaitable: Awaitable[Any]) -> None:
        await awaitable
        self._check()

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    async def _end(self) -> None:
        """Make no further call, wait briefly for those under way, and leave the others."""
        for _, _, future in self._reading:
            future.cancel()
        self._lms.budget.is_reached = True
        if self._asking:
            await asyncio.wait(self._asking, timeout=_BRIEF)
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await self._lms.aclose()
