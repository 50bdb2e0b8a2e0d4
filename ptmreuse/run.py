"""The main job: papers in, ledger rows out, with bounded memory, resumable at any moment.

The embedded LM computes, in worker processes (`computing`); other LMs are awaited, in one event loop (`calling.flow`).
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import dspy

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse import workers
from ptmreuse.batches.counter import WaveDesk
from ptmreuse.batches.register import refuse_while_under_way
from ptmreuse.batches.work import Work
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.flow import Flow
from ptmreuse.calling.forecast import finished, forecast
from ptmreuse.calling.lms import LMs, Terms, awaited
from ptmreuse.calling.structured import VARIANT, StructuredAsker
from ptmreuse.compiled import load_compiled
from ptmreuse.computing import Computing
from ptmreuse.corpus.read import Document, count, documents
from ptmreuse.desk import Desk
from ptmreuse.digests import program_digest
from ptmreuse.errors import PtmReuseError, SystemicError, UnreadablePaper, UsageError
from ptmreuse.hold import hold
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import EMBEDDED, LMChoice, identity
from ptmreuse.meter import BudgetReached
from ptmreuse.progress import Progress
from ptmreuse.screen import Screen
from ptmreuse.workers import Surveyed

LOCAL, BATCH, RAY = "local", "batch", "ray"  # engines: calls that are awaited here; batches at the provider; a cluster

_FEW = 60  # documents for which starting worker processes takes longer than the work


@dataclass(frozen=True)
class Order:
    """What a run is asked to do. `limit` counts documents; `jobs` is the number of workers; `again` are reasons."""

    paths: tuple[Path, ...]
    out: Path
    lm: LMChoice = field(default_factory=LMChoice)
    compiled: Path | None = None
    limit: int | None = None
    stages: tuple[str, ...] = STAGES
    jobs: int = 1
    fresh: bool = False
    stage_lms: Mapping[str, LMChoice] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    again: tuple[str, ...] = ()
    screen: Screen | None = None
    engine: str = LOCAL
    address: str = ""
    structured: bool = False

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.out / "ledger.sqlite"

    @property
    def key(self) -> Key:
        """What the answers of this run depend on."""
        variant = VARIANT if self.structured else ""
        return Key(program_digest(self.compiled, variant), identity(self.lm, self.stage_lms))

    @property
    def computes(self) -> bool:
        """Whether no LM of it is waited for."""
        return all(choice.name == EMBEDDED for choice in (self.lm, *self.stage_lms.values()))

    @property
    def survey(self) -> Callable[[Document], Surveyed | UnreadablePaper]:
        """What reads a paper."""
        return self.screen.survey if self.screen else workers.survey_paper

    def documents(self) -> Iterator[Document]:
        """What is to be read, in order; again from the first with each call."""
        return islice(documents(self.paths), self.limit)

    @property
    def asked(self) -> dict[str, Any]:
        """What the ledger notes of a run."""
        screen = self.screen.told if self.screen else None
        return {"paths": self.paths, "limit": self.limit, "stages": self.stages, "screen": screen}


def run(order: Order, progress: Progress) -> Key:
    """Carry out an order; returns the key of its answers.

    Raises UsageError for what can't be used, SystemicError for a fault that would meet every paper, BudgetReached when
    the next call could go over the budget, KeyboardInterrupt when stopped; in each case the ledger holds all that was
    finished.
    """
    total = _smaller(count(order.paths), order.limit)
    if total == 0:
        given = ", ".join(map(str, order.paths))
        raise UsageError(f"{given}: no papers there; read are .xml, .nxml, .tei, .pdf, .txt, .md and archives of them")
    if order.screen and order.stage_lms.get(STAGES[0], order.lm).name == EMBEDDED:
        raise UsageError(f"--screen {EMBEDDED}: that LM answers {STAGES[0]} already; give the --lm that costs")
    if order.structured and (order.computes or order.engine != LOCAL):
        raise UsageError(f"--structured: not with --lm {order.lm.name} --engine {order.engine}; leave it out")
    if order.compiled:
        load_compiled(Pipeline(), order.compiled)  # before anything is written or forgotten
    carry = {LOCAL: _at_once, BATCH: _in_batches, RAY: _on_cluster}[order.engine](order, progress)
    with hold(order.out), _opened(order) as ledger:
        started = ledger.start(order.key, order.asked)
        try:
            with progress.running(total):
                carry(ledger, 1 if total is not None and total <= _FEW else order.jobs)
        except BaseException as error:
            ledger.end(started, _outcome(error))
            raise
        ledger.end(started, "finished")
    return order.key


def _outcome(error: BaseException) -> str:
    if isinstance(error, PtmReuseError):
        return f"failed: {error}"
    return "budget reached" if isinstance(error, BudgetReached) else "stopped"


def _smaller(total: int | None, limit: int | None) -> int | None:
    if total is None or limit is None:
        return total if limit is None else limit
    return min(total, limit)


def _at_once(order: Order, progress: Progress) -> Callable[[Ledger, int], None]:
    """What carries out an order by computing or by calls, in so many workers."""
    lms = None if order.computes else awaited(order.lm, order.stage_lms, order.terms, progress.failed)

    def carry(ledger: Ledger, jobs: int) -> None:
        desk = Desk(ledger, order.key, order.stages, progress, order.again)
        if lms is None:
            equipment = workers.Equipment(order.lm, order.compiled)
            Computing(desk, order.stages, jobs).carry(order.documents(), equipment)
            return
        _foretell(order, ledger, progress)
        with workers.readers(jobs) as readers, progress.watching(lms):
            asyncio.run(_flow(order, desk, lms, readers, jobs, progress))

    return carry


def _in_batches(order: Order, progress: Progress) -> Callable[[Ledger, int], None]:
    """What carries out an order in batches; so many workers read papers."""
    from ptmreuse.batches.run import batching, carry_in_batches  # OpenAI's client takes seconds to import

    batches = batching(order.lm, order.stage_lms, order.terms)

    def carry(ledger: Ledger, jobs: int) -> None:
        desk = WaveDesk(ledger, order.key, order.stages, progress, order.again)
        with workers.readers(jobs) as readers:
            work = Work(order.ledger, order.key, order.stages, order.documents, order.survey)
            carry_in_batches(batches, _program(order), desk, work, readers, progress)

    return carry


def _foretell(order: Order, ledger: Ledger, progress: Progress) -> None:
    """Say what the run will take."""
    left = (progress.total or 0) - finished(ledger, order.key, order.stages)
    if left <= 0:
        return
    choices = {stage: order.stage_lms.get(stage, order.lm) for stage in STAGES}
    found = forecast(_program(order), order.documents(), left, choices, order.stages)
    if found:
        progress.say(str(found))


async def _flow(order: Order, desk: Desk, lms: LMs, readers: Executor, jobs: int, progress: Progress) -> None:
    kind = StructuredAsker if order.structured else Asker
    asker = kind(_program(order), lms.by_stage, order.stages)
    beat = asyncio.create_task(progress.beat())
    with dspy.context(disable_history=True, trace=None, track_usage=False):
        try:
            await Flow(desk, asker, lms, readers, jobs, order.terms.most, order.survey).carry(order.documents())
        finally:
            beat.cancel()


def _on_cluster(order: Order, progress: Progress) -> Callable[[Ledger, int], None]:
    """What carries out an order on a Ray cluster."""
    from ptmreuse.distributed.run import Job, on_cluster  # only who uses it needs what it imports

    job = Job(
        paths=order.paths,
        limit=order.limit,
        out=order.out,
        key=order.key,
        lm=order.lm,
        stage_lms=order.stage_lms,
        compiled=order.compiled,
        stages=order.stages,
        terms=order.terms,
        survey=order.survey,
        again=order.again,
        address=order.address,
        jobs=order.jobs,
        fresh=order.fresh,
    )
    return on_cluster(job, progress)


def _program(order: Order) -> Pipeline:
    program = Pipeline()
    if order.compiled:
        load_compiled(program, order.compiled)
    return program


def _opened(order: Order) -> Ledger:
    if order.fresh or order.engine != BATCH:
        refuse_while_under_way(order.ledger, None if order.fresh else order.key)
    if order.fresh:
        _forget(order.ledger)
    ledger = Ledger(order.ledger)
    ledger.check()
    return ledger


def _forget(ledger: Path) -> None:
    try:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{ledger}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise SystemicError(f"{ledger}: can't be removed ({error.strerror}); give another --out") from error
