"""What a worker does with one paper: read it, answer about it. The same in this process, in threads or in processes."""

import os
import signal
import threading
from collections.abc import Collection, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import dspy

from program.answers import Answer
from program.paper import Paper
from program.passages import Survey
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.compiled import load_compiled
from ptmreuse.corpus.read import Document, read
from ptmreuse.errors import ReaderFault, SystemicError, UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.lm import LMChoice


@dataclass(frozen=True)
class Equipment:
    """What every worker needs: the LM and the compiled state."""

    lm: LMChoice
    compiled: Path | None


_pipeline: Pipeline | None = None
_context: dict[str, Any] = {}
_refused: list[SystemicError] = []


def equip(equipment: Equipment) -> None:
    """Make this process ready: build the program and the LM once."""
    global _pipeline  # a worker process has one program, built by the pool's initializer
    _refused.clear()
    _pipeline = Pipeline()
    if equipment.compiled:
        load_compiled(_pipeline, equipment.compiled)
    _context.update(
        lm=equipment.lm.build(), adapter=CachingChatAdapter(), track_usage=True, disable_history=True, trace=None
    )


def _equip_process(equipment: Equipment) -> None:
    watch_parent()
    equip(equipment)


def watch_parent() -> None:
    """End this process when the one that started it does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A run that was killed can't stop its workers, and they would wait for work for ever."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def read_paper(document: Document) -> Paper | UnreadablePaper:
    """The paper, or why there is none."""
    try:
        return read(document)
    except UnreadablePaper as error:
        return error
    except Exception as error:  # noqa: BLE001 - the edge of a run: a fault of ours in one paper must not end the others
        fault = f"{type(error).__name__}: {error}"
        return ReaderFault(f"{document.source}: the reader failed ({fault}); please report it with the file")


@dataclass(frozen=True)
class Surveyed:
    """A paper with what its telling sentences are; None when a fault of ours kept it from being surveyed.

    `screened` is the answer of a screen to a paper that it keeps from the LM.
    """

    paper: Paper
    survey: Survey | None
    screened: Row | None = None


def survey_paper(document: Document) -> Surveyed | UnreadablePaper:
    """Read a paper and do all about it that takes time and needs no LM."""
    paper = read_paper(document)
    if isinstance(paper, UnreadablePaper):
        return paper
    _ = paper.text_hash  # kept with the paper
    try:
        survey = Survey(paper)
        _ = survey.on_paper  # kept with the survey
        return Surveyed(paper, survey)
    except Exception:  # noqa: BLE001 - the edge of a run: the same fault comes up where it becomes the paper's row
        return Surveyed(paper, None)


def answer(paper: Paper, stages: Collection[str], known: Mapping[str, Answer]) -> list[Row]:
    """The new answers about a paper. Once the LM has refused, the tasks that still wait call it no more."""
    if _pipeline is None:
        raise RuntimeError("equip() was not called in this process")
    if _refused:
        raise _refused[0]
    try:
        with dspy.context(**_context):
            return answer_paper(_pipeline, paper, stages, known)
    except SystemicError as error:
        _refused.append(error)
        raise


class Inline(Executor):
    """An executor without workers: a task is done when it is submitted."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the task now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever its task raised
            future.set_exception(error)
        return future


class Processes(ProcessPoolExecutor):
    """Worker processes that Ctrl-C on a terminal does not reach: the run stops them itself."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over a task. A process that is started for it inherits that SIGINT is held back."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def executor(equipment: Equipment, jobs: int) -> Executor:
    """Workers for a run with the embedded LM, which computes: processes, or this one."""
    if jobs > 1:
        return Processes(jobs, get_context("spawn"), _equip_process, (equipment,))
    equip(equipment)
    return Inline()


def readers(jobs: int) -> Executor:
    """Workers that read papers while others are asked about: processes, or one thread of this one."""
    return Processes(jobs, get_context("spawn"), watch_parent) if jobs > 1 else ThreadPoolExecutor(1)
