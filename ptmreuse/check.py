"""Is an LM ready for a run? One real call per stage on a synthetic paper, made by all that a run makes its calls by."""

import asyncio
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import dspy
from dspy import lm15

from program.answers import STAGES
from program.passages import CEILING, choose
from program.pipeline import Pipeline
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.lms import LMs, Terms, awaited
from ptmreuse.calling.retries import EmptyReply
from ptmreuse.calling.structured import StructuredAsker
from ptmreuse.compiled import load_compiled
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row
from ptmreuse.lm import LMChoice
from ptmreuse.meter import ANSWER_TOKENS, Price, price_of
from ptmreuse.served import Served, served
from ptmreuse.specimen import MODEL, SPECIMEN, before, is_right
from ptmreuse.trouble import Trouble, of_error, of_reason

# Tokens of passages in a question, means of labelled papers: of any, and of those that use deep learning
# (python -m benchmarks.prefix).
PASSAGES, PASSAGES_DEEP = 1340, 1990


@dataclass(frozen=True)
class Call:
    """One stage's call: its row as a ledger would get it, and what is wrong; no row when the call itself failed."""

    stage: str
    row: Row | None = None
    trouble: Trouble | None = None

    @property
    def is_right(self) -> bool:
        """Whether the answer is the right one."""
        return self.row is not None and is_right(self.row.answer)


@dataclass(frozen=True)
class Checked:
    """What the calls of one LM gave, what it costs, and what its server says."""

    choice: LMChoice
    calls: tuple[Call, ...]
    price: Price | None
    served: Served

    @property
    def made(self) -> tuple[tuple[str, Row], ...]:
        """The stages that have an answer of some kind, with their rows."""
        return tuple((call.stage, call.row) for call in self.calls if call.row)

    @property
    def troubles(self) -> tuple[tuple[str, Trouble], ...]:
        """What is wrong, by stage."""
        return tuple((call.stage, call.trouble) for call in self.calls if call.trouble)

    @property
    def is_fit(self) -> bool:
        """Whether every call gave an answer with its quote, and the prompts of a run fit into the context."""
        return not self.troubles and not self.is_short

    @property
    def needed(self) -> int | None:
        """The tokens that the longest prompt of a run and its answer take; None where they are not counted."""
        asked = [tokens for stage, _ in self.made if (tokens := self.prompt(stage, CEILING)) is not None]
        return max(asked) + ANSWER_TOKENS if asked else None

    @property
    def is_short(self) -> bool:
        """Whether the context is known to be shorter than that."""
        return bool(self.served.context and self.needed and self.served.context < self.needed)

    def prompt(self, stage: str, passages: int) -> int | None:
        """The tokens of a stage's prompt with so many tokens of passages."""
        row = dict(self.made).get(stage)
        if row is None or not row.input_tokens:
            return None
        models = [MODEL] if stage in STAGES[3:] else []
        return row.input_tokens // max(1, row.attempts) - choose(SPECIMEN, models).tokens + passages

    def usd(self, stages: Collection[str], passages: int) -> float | None:
        """US dollars of asking these stages of 1,000 papers once, nothing from a cache; None where it is not known."""
        rows, total = dict(self.made), 0.0
        for stage in stages:
            prompt = self.prompt(stage, passages)
            if prompt is None or self.price is None:
                return None
            total += self.price.usd(prompt, rows[stage].output_tokens or 0)
        return 1000 * total


def check(
    choice: LMChoice,
    stage_lms: Mapping[str, LMChoice],
    compiled: Path | None = None,
    timeout: float = Terms.timeout,
    *,
    structured: bool = False,
) -> list[Checked]:
    """Call each LM for its stages, once each, and once more where a run would; `timeout` in seconds.

    Raises UsageError for a compiled program that is none and for parameters that an LM does not take.
    """
    program = Pipeline()
    if compiled:
        load_compiled(program, compiled)
    ask = _Checker(program, Terms(concurrency=1, timeout=timeout), structured=structured)
    by_lm: dict[str, list[str]] = {}
    choices = {stage: stage_lms.get(stage, choice) for stage in STAGES}
    for stage, each in choices.items():
        by_lm.setdefault(each.identity, []).append(stage)
    with dspy.context(disable_history=True, trace=None, track_usage=False):
        return [asyncio.run(ask.checked(choices[stages[0]], stages)) for stages in by_lm.values()]


class _Checker:
    def __init__(self, program: Pipeline, terms: Terms, *, structured: bool) -> None:
        self._program, self._terms = program, terms
        self._kind = StructuredAsker if structured else Asker
        self._errors: list[Exception] = []

    def _failed(self, _: str) -> None:
        """An attempt failed: a check makes no further one, so the error that is being handled goes up."""
        error = sys.exception()
        if not isinstance(error, lm15.LM15Error):
            return
        self._errors.append(error)
        raise error

    async def checked(self, choice: LMChoice, stages: list[str]) -> Checked:
        """The calls of one LM."""
        told, price = await served(choice), price_of(choice)
        try:
            lms = awaited(choice, {}, self._terms, self._failed)
        except SystemicError as error:
            cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
            return Checked(choice, (Call(stages[0], None, of_error(cause, choice)),), price, told)
        try:
            return Checked(choice, tuple(await self._calls(lms, choice, stages, told)), price, told)
        finally:
            await lms.aclose()

    async def _calls(self, lms: LMs, choice: LMChoice, stages: list[str], told: Served) -> list[Call]:
        calls: list[Call] = []
        for stage in stages:
            calls.append(await self._call(lms, choice, stage, told))
            if (trouble := calls[-1].trouble) and trouble.is_hopeless:
                break
        return calls

    async def _call(self, lms: LMs, choice: LMChoice, stage: str, told: Served) -> Call:
        rows: list[Row] = []
        self._errors.clear()
        try:
            await self._kind(self._program, lms.by_stage, [stage]).answer(SPECIMEN, None, before(stage), rows.append)
        except SystemicError as error:
            return Call(stage, None, of_error(self._errors[-1] if self._errors else error, choice, told.names))
        row = rows[0]
        if row.answer.value != "unresolved":
            return Call(stage, row)
        if row.answer.reason == "provider_error" and self._errors:
            return Call(stage, None, of_error(self._errors[-1], choice, told.names))
        is_empty = bool(self._errors) and isinstance(self._errors[-1], EmptyReply)
        return Call(stage, row, of_reason("empty" if is_empty else row.answer.reason, row.error))
