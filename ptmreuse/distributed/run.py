"""A run on a cluster, wave after wave.

files ─ pieces ─ tasks read them ─ the ledger says which papers need something ─ actors answer ─ parts ─ ledger

The papers of a wave stay in the cluster's memory between its readers and its actors. What stands in the ledger is not
sent again; parts that a run left behind are taken in by the next one before anything else.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from program.answers import Answer
from ptmreuse.calling.lms import Terms, awaited
from ptmreuse.calling.pace import MOST
from ptmreuse.distributed import fronts, parts
from ptmreuse.distributed.actors import Calling, Computing, Outfit, share
from ptmreuse.distributed.cluster import ACTOR, READER, actors, cluster, cpus
from ptmreuse.distributed.merging import Merging
from ptmreuse.distributed.pieces import TOGETHER, Piece, Waves, tasks
from ptmreuse.distributed.till import Till, keys
from ptmreuse.errors import PtmReuseError, SystemicError
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.meter import BudgetReached
from ptmreuse.progress import Progress

WAVE = 8192  # documents

_PATIENCE = 10.0  # seconds

Wanted = dict[int, Mapping[str, Answer]]


@dataclass(frozen=True)
class Job:
    """What is asked of a cluster; `jobs` are the CPUs of one on this machine, used without an `address`."""

    paths: tuple[Path, ...]
    limit: int | None
    out: Path
    key: Key
    lm: LMChoice
    stage_lms: Mapping[str, LMChoice]
    compiled: Path | None
    stages: tuple[str, ...]
    terms: Terms
    survey: fronts.Survey
    again: tuple[str, ...] = ()
    address: str = ""
    jobs: int = 1
    fresh: bool = False
    wave: int = WAVE

    @property
    def computes(self) -> bool:
        """Whether no LM of it is waited for."""
        return all(choice.name == EMBEDDED for choice in (self.lm, *self.stage_lms.values()))

    def outfit(self, number: int) -> Outfit:
        """What each of so many actors is made from."""
        compiled = self.compiled.read_bytes() if self.compiled else None
        folder = str(self.folder.resolve())
        return Outfit(self.key, self.lm, self.stage_lms, compiled, self.stages, folder, share(self.terms, number))

    @property
    def log(self) -> Path:
        """Where is written what Ray has to say."""
        return self.out / "ray.log"

    @property
    def folder(self) -> Path:
        """Where its parts lie."""
        return self.out / "parts"


def on_cluster(job: Job, progress: Progress) -> Callable[[Ledger, int], None]:
    """What carries out a job. Raises UsageError, SystemicError as `awaited` does, before anything is written."""
    if not job.computes:
        awaited(job.lm, job.stage_lms, job.terms)

    def carry(ledger: Ledger, _: int) -> None:
        if job.fresh:
            parts.remove(job.folder)
        merging = Merging(ledger, job.key, job.stages, progress, job.folder, job.again)
        merging.begin()
        with cluster(job.address, job.jobs, job.log) as ray:
            try:
                _Carrying(job, ray, merging, progress).carry()
            finally:
                merging.merge()

    return carry


class _Carrying:
    def __init__(self, job: Job, ray: Any, merging: Merging, progress: Progress) -> None:
        self._job, self._ray, self._merging, self._progress = job, ray, merging, progress
        self._actors = actors(ray, computes=job.computes, calls=job.terms.concurrency, each=MOST)
        self._till = self._new_till()

    def _new_till(self) -> Any:
        """The till, on the node of this process: it dies when this process does, and not before."""
        ray = self._ray
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=True
        )
        options = {"num_cpus": 0, "max_concurrency": 10_000, "scheduling_strategy": here}
        till = ray.remote(Till).options(**options).remote(self._job.terms, keys(), self._job.outfit(self._actors))
        till.watch.remote()
        return till

    def carry(self) -> None:
        """Take every document through. Raises SystemicError, BudgetReached; what was answered by then is kept."""
        waves = Waves(self._job.paths, self._job.wave, self._job.limit)
        try:
            for wave in waves:
                waves.had(self._wave(wave))
        except (PtmReuseError, BudgetReached):
            raise
        except Exception as error:  # Ray and Ray Data raise what they like; which it was is in its log
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> SystemicError:
        """What ended the run: a fault that an actor or a reader told, or one of the cluster."""
        first = (str(error).strip().splitlines() or [""])[0][:300]
        cluster = f"the cluster failed ({type(error).__name__}: {first}); see {self._job.log}, then run again to resume"
        try:
            return SystemicError(self._ray.get(self._till.fault.remote(), timeout=_PATIENCE) or cluster)
        except self._ray.exceptions.RayError:
            return SystemicError(cluster)

    def _wave(self, wave: list[Piece]) -> int:
        papers = self._read(wave)
        wanted: Wanted = {}
        documents = 0
        columns = ["number", "source", "content", "front"]
        for batch in papers.select_columns(columns).iter_batches(batch_size=None, batch_format="pyarrow"):
            for row in batch.to_pylist():
                documents += 1
                known = self._merging.note(row["source"], row["content"], row["front"])
                if known is not None:
                    wanted[row["number"]] = known
        if wanted:
            self._answer(papers, wanted)
        return documents

    def _read(self, wave: list[Piece]) -> Any:
        finished: dict[str, str] = {}
        for path in dict.fromkeys(piece.path for piece in wave):
            finished |= self._merging.finished(path)
        rows = [{"number": n, "pieces": fronts.packed(given)} for n, given in enumerate(tasks(wave))]
        read = partial(fronts.read, survey=self._job.survey, finished=finished, till=self._till)
        given = self._ray.data.from_items(rows, override_num_blocks=len(rows))
        pool = self._ray.data.TaskPoolStrategy(size=cpus(self._ray))
        return given.map_batches(
            read, batch_format="pyarrow", batch_size=None, compute=pool, num_cpus=READER
        ).materialize()

    def _answer(self, papers: Any, wanted: Wanted) -> None:
        job, ray = self._job, self._ray
        number = min(papers.num_blocks(), self._actors)
        ray.get(self._till.want.remote(wanted))
        many = 1 if job.computes else share(job.terms, self._actors).most // TOGETHER + 2
        pool = ray.data.ActorPoolStrategy(
            size=number, max_tasks_in_flight_per_actor=2 * many, max_concurrent_calls_per_actor=many
        )
        answered = papers.map_batches(
            Computing if job.computes else Calling,
            fn_constructor_args=(self._till,),
            compute=pool,
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=ACTOR,
        )
        answered.context.execution_options.preserve_order = False
        is_reached = False
        for batch in answered.iter_batches(batch_size=None, batch_format="pyarrow"):
            self._merging.merge()
            for row in batch.to_pylist():
                is_reached = is_reached or row["is_reached"]
                self._tell(json.loads(row["failed"]))
        self._merging.merge()
        if is_reached:
            raise BudgetReached
        self._merging.forget()

    def _tell(self, failed: Mapping[str, int]) -> None:
        for kind, times in failed.items():
            for _ in range(times):
                self._progress.failed(kind)
