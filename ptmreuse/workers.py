"""What a worker does with one paper: read it, answer about it. The same in this process, in threads or in processes."""

import signal
from collections.abc import Collection, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import dspy

from program.answers import Answer
from program.paper import Paper
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.compiled import load_compiled
from ptmreuse.corpus.read import Document, read
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.lm import EMBEDDED, LMChoice


@dataclass(frozen=True)
class Equipment:
    """What every worker needs: the LM and the compiled state."""

    lm: LMChoice
    compiled: Path | None


_pipeline: Pipeline | None = None
_context: dict[str, Any] = {}


def equip(equipment: Equipment) -> None:
    """Make this process ready: build the program and the LM once."""
    global _pipeline  # noqa: PLW0603 - a worker process has one program, built by the pool's initializer
    _pipeline = Pipeline()
    if equipment.compiled:
        load_compiled(_pipeline, equipment.compiled)
    _context.update(
        lm=equipment.lm.build(), adapter=CachingChatAdapter(), track_usage=True, disable_history=True, trace=None
    )


def _equip_process(equipment: Equipment) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers itself
    equip(equipment)


def read_paper(document: Document) -> Paper | UnreadablePaper:
    """The paper, or why there is none."""
    try:
        return read(document)
    except UnreadablePaper as error:
        return error


def answer(paper: Paper, stages: Collection[str], known: Mapping[str, Answer]) -> list[Row]:
    """The new answers about a paper."""
    if _pipeline is None:
        raise RuntimeError("equip() was not called in this process")
    with dspy.context(**_context):
        return answer_paper(_pipeline, paper, stages, known)


class Inline(Executor):
    """An executor without workers: a task is done when it is submitted."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the task now."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def executor(equipment: Equipment, jobs: int) -> Executor:
    """Workers for a run: processes for the embedded LM, which computes; threads for an LM that is waited for."""
    if equipment.lm.name != EMBEDDED and jobs > 1:
        equip(equipment)
        return ThreadPoolExecutor(jobs)
    if jobs > 1:
        return ProcessPoolExecutor(jobs, get_context("spawn"), _equip_process, (equipment,))
    equip(equipment)
    return Inline()
