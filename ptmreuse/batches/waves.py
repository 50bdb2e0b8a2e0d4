"""Papers through LMs that answer in batches: wave after wave, each with every question that can be asked by then.

documents ─ read and survey ─ ask until a reply is missing ─ files of requests ─ batches ─ replies in the ledger ─ again

In a wave every paper that is not finished is read again and asked from its first open stage, so that nothing but the
ledger has to be kept between waves: the first has all papers' stage 1, the next stage 2 of those that said yes, the
last stages 4 and 5 together; a question that is asked again, whatever for, is in the next.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from typing import Any

import dspy

from program.answers import Answer, unresolved
from program.pipeline import unanswered
from ptmreuse.batches.counter import WaveDesk
from ptmreuse.batches.delivery import Delivery, batches
from ptmreuse.batches.engine import Batched
from ptmreuse.batches.letters import Letters, Suspended
from ptmreuse.batches.register import Register
from ptmreuse.batches.spool import Spool
from ptmreuse.batches.work import Work
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.budget import Budget
from ptmreuse.calling.hopeless import Hopeless
from ptmreuse.corpus.read import Document
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.meter import BudgetReached
from ptmreuse.workers import Surveyed

_AHEAD = 16  # papers that are read before they are needed
_LEAST = 0.05  # of the budget; for less no further wave is sent
_WAITING = "waiting"


class Waves:
    """The papers of one run. `engines` are by LM."""

    def __init__(
        self,
        desk: WaveDesk,
        asker: Asker,
        work: Work,
        engines: Mapping[str, Batched],
        register: Register,
        spool: Spool,
        delivery: Delivery,
        budget: Budget,
        tell: Callable[[str], None],
    ) -> None:
        self._desk, self._asker, self._work, self._engines = desk, asker, work, engines
        self._register, self._spool, self._delivery = register, spool, delivery
        self._budget, self._tell = budget, tell
        self._number = 0
        self._hopeless = Hopeless()

    def carry(self, readers: Executor) -> None:
        """Take every document through.

        Raises SystemicError, BudgetReached, KeyboardInterrupt; batches then go on at the provider.
        """
        self._register.tidy()
        self._spool.clear(batch.id for batch in self._register.under_way())
        try:
            self._delivery.carry()
            while self._wave(readers):
                self._delivery.carry()
        finally:
            self._spool.abandon()

    def _wave(self, readers: Executor) -> bool:
        """Write down what has come and the requests that follow; whether there are any. Raises BudgetReached."""
        self._spool.left_out = 0
        self._number += 1
        self._desk.begin(self._number)
        with dspy.context(disable_history=True, trace=None, track_usage=False):
            asyncio.run(self._pass(readers))
        self._spool.close()
        ready = self._register.batches("ready")
        if self._spool.left_out and (not ready or self._is_nearly_spent()):
            raise BudgetReached
        if ready:
            number = sum(batch.requests for batch in ready)
            self._tell(f"wave {self._number}: {number:,} requests in {batches(len(ready))}")
        return bool(ready)

    def _is_nearly_spent(self) -> bool:
        budget = self._budget
        shares = ((budget.usd, budget.max_usd), (budget.tokens, budget.max_tokens))
        return any(most is not None and spent > (1 - _LEAST) * most for spent, most in shares)

    async def _pass(self, readers: Executor) -> None:
        for document, content, future in _ahead(self._work, self._desk, readers):
            read: Surveyed | UnreadablePaper = future.result()
            known = self._desk.note(document, content, read.paper if isinstance(read, Surveyed) else read)
            if known is not None and isinstance(read, Surveyed) and not self._desk.screens_out(read, known):
                await self._ask(read, known)

    async def _ask(self, read: Surveyed, known: Mapping[str, Answer]) -> None:
        """Ask a paper's open questions; stage 5 does not wait for stage 4."""
        rows: list[Row] = []
        held: dict[str, Answer] = {}

        def record(row: Row) -> None:
            self._desk.record(read.paper, [row])
            self._register.answered(read.paper.text_hash, row.answer.stage)
            rows.append(row)

        while stages := unanswered({**_answers(known, rows), **held}, self._work.stages):
            letter = await self._asked(read, {**_answers(known, rows), **held}, record)
            if letter:
                stages = unanswered({**_answers(known, rows), **held}, self._work.stages)
                held[stages[0]] = unresolved(stages[0], _WAITING)
                self._spool.add(letter, read.paper.text_hash, stages[0], self._engines[letter.lm].price)
        if held:
            self._desk.paid(rows)
        else:
            self._desk.answered(rows)
        self._hopeless.see(rows)

    async def _asked(self, read: Surveyed, known: Mapping[str, Answer], record: Any) -> Suspended | None:
        """The request that a paper waits for; None when it waits for none."""
        key = self._work.key
        letters = Letters(f"{read.paper.text_hash} {key.program} {key.lm}", self._register.reply)
        for engine in self._engines.values():
            engine.letters = letters
        try:
            await self._asker.answer(read.paper, read.survey, known, record)
        except Suspended as letter:
            return letter
        return None


def _answers(known: Mapping[str, Answer], rows: Iterable[Row]) -> dict[str, Answer]:
    return {**known, **{row.answer.stage: row.answer for row in rows}}


def _ahead(work: Work, desk: WaveDesk, readers: Executor) -> Iterator[tuple[Document, str, Future[Any]]]:
    """The documents that need something, in order, with their papers, some of which are read ahead."""
    reading: deque[tuple[Document, str, Future[Any]]] = deque()
    for document in work.documents():
        if (content := desk.take(document)) is not None:
            reading.append((document, content, readers.submit(work.survey, document)))
        if len(reading) > _AHEAD:
            yield reading.popleft()
    while reading:
        yield reading.popleft()
