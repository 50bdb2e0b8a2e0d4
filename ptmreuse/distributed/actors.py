"""The actors of a cluster that answer about papers: by computing, or by calling LMs, many papers at a time."""

import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dspy
import pyarrow as pa

from program.answers import Answer
from program.paper import Paper
from program.passages import Survey
from program.pipeline import Pipeline, unanswered
from ptmreuse import workers
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.hopeless import Hopeless
from ptmreuse.calling.lms import Terms, awaited
from ptmreuse.compiled import load_compiled
from ptmreuse.digests import program_digest
from ptmreuse.distributed import parts
from ptmreuse.distributed.fronts import unpacked
from ptmreuse.distributed.till import SharedByAll, Wanted, telling
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Row
from ptmreuse.lm import LMChoice, identity
from ptmreuse.meter import BudgetReached
from ptmreuse.workers import Surveyed

COLUMNS = pa.schema([("failed", pa.string()), ("is_reached", pa.bool_())])

_ROOM = 1.25  # papers under way per call at once: some wait for their next attempt


@dataclass(frozen=True)
class Outfit:
    """What an actor is made from; `compiled` is the content of the file, `terms` are those of one actor."""

    key: Key
    lm: LMChoice
    stage_lms: Mapping[str, LMChoice]
    compiled: bytes | None
    stages: tuple[str, ...]
    folder: str
    terms: Terms

    def state(self) -> Path | None:
        """The compiled program as a file of this node."""
        if self.compiled is None:
            return None
        with tempfile.NamedTemporaryFile(prefix="compiled-", suffix=".json", delete=False) as file:
            file.write(self.compiled)
        return Path(file.name)


class _Answering:
    """What both have in common: which papers are wanted, what is known of them, and where answers go."""

    def __init__(self, till: Any) -> None:
        import ray

        outfit: Outfit = ray.get(till.outfit.remote())
        self._outfit, self._till = outfit, till
        self._wanted: Wanted = ray.get(till.wanted.remote())
        folder = Path(outfit.folder)
        if not folder.is_dir():
            advice = "give an --out that every node sees under the same path"
            raise SystemicError(f"{folder}: not there on the node that is to write answers; {advice}")
        self._writer = parts.Writer(folder, outfit.key)
        self._before = _written(folder, outfit.key)
        self._compiled = outfit.state()
        found = Key(program_digest(self._compiled), identity(outfit.lm, outfit.stage_lms))
        if found != outfit.key:
            raise SystemicError(f"a worker has another version of ptm-reuse ({found}); see docs/cluster.md")

    def _open(self, batch: pa.Table) -> list[tuple[Surveyed, dict[str, Answer]]]:
        """The papers of a batch that are to be asked about, with what is known of each."""
        numbers, papers = batch["number"].to_pylist(), batch["paper"]
        found: list[tuple[Surveyed, dict[str, Answer]]] = []
        for row, number in enumerate(numbers):
            if number in self._wanted:
                read: Surveyed = unpacked(papers[row].as_py())
                known = {**self._wanted[number], **self._before.get(read.paper.text_hash, {})}
                if unanswered(known, self._outfit.stages):
                    found.append((read, known))
        return found


def _written(folder: Path, key: Key) -> dict[str, dict[str, Answer]]:
    """What this actor, or another, wrote before it was killed and started again."""
    found: dict[str, dict[str, Answer]] = {}
    for path in parts.parts(folder):
        for entry in parts.read(path):
            if entry.key == key:
                found.setdefault(entry.text_hash, {})[entry.row.answer.stage] = entry.row.answer
    return found


class Computing(_Answering):
    """An actor with the embedded LM, one paper at a time."""

    def __init__(self, till: Any) -> None:
        with telling(till):
            super().__init__(till)
        workers.equip(workers.Equipment(self._outfit.lm, self._compiled))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Answer about the papers of a batch."""
        with telling(self._till):
            for read, known in self._open(batch):
                for row in workers.answer(read.paper, self._outfit.stages, known):
                    self._writer.add(read.paper.text_hash, row)
            self._writer.flush()
        return _told(Counter(), is_reached=False)


class Calling(_Answering):
    """An actor whose LMs are awaited: one event loop, several batches at a time."""

    def __init__(self, till: Any) -> None:
        with telling(till):
            super().__init__(till)
            self._begin(till)

    def _begin(self, till: Any) -> None:
        import ray

        outfit = self._outfit
        caller = ray.get_runtime_context().get_actor_id() or ""
        ray.get(till.begin.remote(caller))
        os.environ.update(ray.get(till.keys.remote()))
        program = Pipeline()
        if self._compiled:
            load_compiled(program, self._compiled)
        self._failed: Counter[str] = Counter()
        shared = SharedByAll(outfit.terms, till, caller)
        lms = awaited(outfit.lm, outfit.stage_lms, outfit.terms, self._fail, shared)
        self._asker = Asker(program, lms.by_stage, outfit.stages)
        self._room = asyncio.Semaphore(int(outfit.terms.most * _ROOM) + 1)
        self._hopeless = Hopeless()
        self._refusal: SystemicError | None = None
        self._is_reached = False

    async def __call__(self, batch: pa.Table) -> pa.Table:
        """Ask about the papers of a batch. Raises SystemicError; what was answered is then written, too."""
        asked = [self._ask(read.paper, read.survey, known) for read, known in self._open(batch)]
        with dspy.context(disable_history=True, trace=None, track_usage=False):
            ended = await asyncio.gather(*asked, return_exceptions=True)
        self._writer.flush()
        for error in ended:
            if isinstance(error, BaseException):
                await self._till.fail.remote(str(error))
                raise error
        failed, self._failed = self._failed, Counter()
        return _told(failed, is_reached=self._is_reached)

    async def _ask(self, paper: Paper, survey: Survey | None, known: Mapping[str, Answer]) -> None:
        rows: list[Row] = []

        def record(row: Row) -> None:
            self._writer.add(paper.text_hash, row)
            rows.append(row)

        async with self._room:
            if self._refusal:
                raise self._refusal
            if self._is_reached:
                return
            try:
                await self._asker.answer(paper, survey, known, record)
                self._hopeless.see(rows)
            except BudgetReached:
                self._is_reached = True
            except SystemicError as error:
                self._refusal = error
                raise

    def _fail(self, kind: str) -> None:
        self._failed[kind] += 1


def _told(failed: Mapping[str, int], *, is_reached: bool) -> pa.Table:
    return pa.Table.from_pylist([{"failed": json.dumps(failed), "is_reached": is_reached}], COLUMNS)


def share(terms: Terms, actors: int) -> Terms:
    """The terms of one of so many actors: its share of the calls at once."""
    return replace(terms, concurrency=terms.concurrency and -(-terms.concurrency // actors))
