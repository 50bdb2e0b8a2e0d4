"""The main job: papers in, ledger rows out, in order, with bounded memory, resumable at any moment.

documents ─ (unchanged and finished? skip) ─ read in a worker ─ (duplicate? note it) ─ answer in a worker ─ ledger
"""

from collections import deque
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from program.answers import STAGES
from program.paper import Paper
from program.passages import paper_tokens
from program.pipeline import Pipeline, unanswered
from ptmreuse import workers
from ptmreuse.compiled import load_compiled
from ptmreuse.corpus.read import Document, count, documents
from ptmreuse.digests import content_digest, program_digest, reader_digest
from ptmreuse.errors import PtmReuseError, SystemicError, UnreadablePaper, UsageError
from ptmreuse.hold import hold
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.progress import Progress

_AHEAD = 4  # tasks per worker that wait in each queue
_FEW = 60  # documents for which starting worker processes takes longer than the work
_HOPELESS = 25  # papers in a row for which the LM gives nothing: it will not for the next one


@dataclass(frozen=True)
class Order:
    """What a run is asked to do. `limit` counts documents; `jobs` is the number of workers."""

    paths: tuple[Path, ...]
    out: Path
    lm: LMChoice = field(default_factory=LMChoice)
    compiled: Path | None = None
    limit: int | None = None
    stages: tuple[str, ...] = STAGES
    jobs: int = 1
    fresh: bool = False

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.out / "ledger.sqlite"

    @property
    def key(self) -> Key:
        """What the answers of this run depend on."""
        return Key(program_digest(self.compiled), self.lm.identity)


def run(order: Order, progress: Progress) -> Key:
    """Carry out an order; returns the key of its answers.

    Raises UsageError for what can't be used, SystemicError for a fault that would meet every paper, KeyboardInterrupt
    when stopped; in each case the ledger holds all that was finished.
    """
    total = _smaller(count(order.paths), order.limit)
    if total == 0:
        given = ", ".join(map(str, order.paths))
        raise UsageError(f"{given}: no papers there; read are .xml, .nxml, .tei, .pdf, .txt, .md and archives of them")
    if order.compiled:
        load_compiled(Pipeline(), order.compiled)  # before anything is written or forgotten
    with hold(order.out), _opened(order) as ledger:
        started = ledger.start(order.key, {"paths": order.paths, "limit": order.limit, "stages": order.stages})
        try:
            with progress.running(total):
                _Flow(order, ledger, progress, total).carry()
        except BaseException as error:
            ledger.end(started, f"failed: {error}" if isinstance(error, PtmReuseError) else "stopped")
            raise
        ledger.end(started, "finished")
    return order.key


def _smaller(total: int | None, limit: int | None) -> int | None:
    if total is None or limit is None:
        return total if limit is None else limit
    return min(total, limit)


def _opened(order: Order) -> Ledger:
    if order.fresh:
        _forget(order.ledger)
    return Ledger(order.ledger)


def _forget(ledger: Path) -> None:
    try:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{ledger}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise SystemicError(f"{ledger}: can't be removed ({error.strerror}); give another --out") from error


class _Flow:
    """The two queues of a run and what moves between them."""

    def __init__(self, order: Order, ledger: Ledger, progress: Progress, total: int | None) -> None:
        self.order, self.ledger, self.progress = order, ledger, progress
        few = total is not None and total <= _FEW and order.lm.name == EMBEDDED
        self.jobs = 1 if few else order.jobs
        self.reading: deque[tuple[Document, str, Future[Any]]] = deque()
        self.answering: deque[tuple[Paper, Future[Any]]] = deque()
        self.failed = 0  # papers in a row for which the LM gave nothing

    def carry(self) -> None:
        """Move every document through both queues, in order."""
        pool = workers.executor(workers.Equipment(self.order.lm, self.order.compiled), self.jobs)
        try:
            for document in islice(documents(self.order.paths), self.order.limit):
                self._take(document, pool)
                self._advance(pool, keep=_AHEAD * self.jobs)
            self._advance(pool, keep=0)
        except BrokenExecutor as error:
            advice = "likely for want of memory; run again with fewer --jobs"
            raise SystemicError(f"a worker process died, {advice}") from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._keep_finished()

    def _take(self, document: Document, pool: Executor) -> None:
        content = content_digest(document.data)
        row = self.ledger.known_document(document.source, content, reader_digest())
        if row and row["status"] == "read":
            known = self.ledger.answers(row["text_hash"], self.order.key)
            if not unanswered(known, self.order.stages):
                self.progress.skipped()
                return
        elif row:
            self.progress.skipped()
            return
        self.reading.append((document, content, pool.submit(workers.read_paper, document)))

    def _advance(self, pool: Executor, keep: int) -> None:
        """Empty the queues down to `keep` waiting tasks each; a task leaves when its result is written down."""
        while len(self.reading) > keep:
            self._read(pool, *self.reading[0])
            self.reading.popleft()
            self._record(keep)
        self._record(keep)

    def _record(self, keep: int) -> None:
        for _, future in self.answering:
            if future.done() and (error := future.exception()):
                raise error  # at once, not when its turn comes
        while len(self.answering) > keep:
            paper, future = self.answering[0]
            rows: list[Row] = future.result()
            self.ledger.record(paper.text_hash, self.order.key, rows)
            self.answering.popleft()
            self._answered(rows)

    def _keep_finished(self) -> None:
        """Write down what the workers finished before the run was stopped."""
        for paper, future in self.answering:
            if future.done() and not future.cancelled() and not future.exception():
                self.ledger.record(paper.text_hash, self.order.key, future.result())

    def _read(self, pool: Executor, document: Document, content: str, future: Future[Any]) -> None:
        result: Paper | UnreadablePaper = future.result()
        if isinstance(result, UnreadablePaper):
            self._note(DocumentRow(document.source, content, result.reason, str(result)))
            self.progress.unreadable(result.reason)
        elif twin := self.ledger.twin(result):
            self._note(DocumentRow(document.source, content, "duplicate", duplicate_of=twin, paper=result))
            self.progress.duplicate()
        else:
            self._note(DocumentRow(document.source, content, "read", paper=result, tokens=paper_tokens(result)))
            known = self.ledger.answers(result.text_hash, self.order.key)
            self.answering.append((result, pool.submit(workers.answer, result, self.order.stages, known)))

    def _note(self, row: DocumentRow) -> None:
        self.ledger.document(row, reader_digest())

    def _answered(self, rows: list[Row]) -> None:
        self.progress.answered(rows)
        nothing = len(rows) == 1 and rows[0].answer.reason == "provider_error"
        self.failed = self.failed + 1 if nothing else 0
        if self.failed >= _HOPELESS:
            advice = "see that it can be reached, then run again to resume"
            raise SystemicError(f"the LM failed for {self.failed} papers in a row ({rows[0].error}); {advice}")
