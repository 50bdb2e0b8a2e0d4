"""Papers through the embedded LM, which computes: each in a worker process from its file to its answers.

documents ─ (unchanged and finished? skip) ─ read in a worker ─ (duplicate? note it) ─ answer in a worker ─ ledger
"""

from collections import deque
from collections.abc import Collection, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from program.paper import Paper
from ptmreuse import workers
from ptmreuse.corpus.read import Document
from ptmreuse.desk import Desk
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row

_AHEAD = 4  # tasks per worker that wait in each queue


class Computing:
    """The two queues of a run and what moves between them; results are written down in order."""

    def __init__(self, desk: Desk, stages: Collection[str], jobs: int) -> None:
        self._desk, self._stages, self._jobs = desk, stages, jobs
        self._reading: deque[tuple[Document, str, Future[Any]]] = deque()
        self._answering: deque[tuple[Paper, Future[Any]]] = deque()

    def carry(self, documents: Iterable[Document], equipment: workers.Equipment) -> None:
        """Move every document through both queues. Raises SystemicError when a worker dies."""
        pool = workers.executor(equipment, self._jobs)
        try:
            for document in documents:
                if (content := self._desk.take(document)) is not None:
                    self._reading.append((document, content, pool.submit(workers.read_paper, document)))
                self._advance(pool, keep=_AHEAD * self._jobs)
            self._advance(pool, keep=0)
        except BrokenExecutor as error:
            advice = "likely for want of memory; run again with fewer --jobs"
            raise SystemicError(f"a worker process died, {advice}") from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._keep_finished()

    def _advance(self, pool: Executor, keep: int) -> None:
        """Empty the queues down to `keep` waiting tasks each; a task leaves when its result is written down."""
        while len(self._reading) > keep:
            self._read(pool, *self._reading[0])
            self._reading.popleft()
            self._record(keep)
        self._record(keep)

    def _read(self, pool: Executor, document: Document, content: str, future: Future[Any]) -> None:
        read = future.result()
        known = self._desk.note(document, content, read)
        if known is not None:
            self._answering.append((read, pool.submit(workers.answer, read, self._stages, known)))

    def _record(self, keep: int) -> None:
        for _, future in self._answering:
            if future.done() and (error := future.exception()):
                raise error  # at once, not when its turn comes
        while len(self._answering) > keep:
            paper, future = self._answering[0]
            rows: list[Row] = future.result()
            self._desk.record(paper, rows)
            self._answering.popleft()
            self._desk.answered(rows)

    def _keep_finished(self) -> None:
        """Write down what the workers finished before the run was stopped."""
        for paper, future in self._answering:
            if future.done() and not future.cancelled() and not future.exception():
                self._desk.record(paper, future.result())
