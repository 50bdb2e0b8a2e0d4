"""Carry one paper through the program with an LM: calls, their cost, and what their failures mean."""

import os
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import dspy
from dspy.utils.exceptions import (
    AdapterParseError,
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMError,
    LMInvalidRequestError,
    LMUnsupportedFeatureError,
    LMUnsupportedModelError,
)

from program.answers import STAGES, Answer, unresolved
from program.joint import Joint
from program.paper import Paper
from program.pipeline import Failure, Program, Question, Reply, unanswered
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Row
from ptmreuse.lm import is_embedded

# These meet every paper alike: the run stops at the first.
SYSTEMIC = (LMAuthError, LMBillingError, LMConfigurationError, LMUnsupportedModelError, LMUnsupportedFeatureError)

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)  # in the name of a variable
_SHORTEST = 8  # characters of a secret that may be looked for in a text

# DSPy knows OpenAI's code for it; llama.cpp, vLLM and others say it in words.
_TOO_LONG = re.compile(r"\bcontext (?:size|length|window)\b")


def answer_paper(
    pipeline: Program,
    paper: Paper,
    stages: Collection[str] = STAGES,
    known: Mapping[str, Answer] | None = None,
    budget: int | None = None,
) -> list[Row]:
    """The new answers about a paper, in stage order. Call it within `dspy.context(lm=…)`.

    `pipeline` asks stage by stage (`Pipeline`) or all at once (`Joint`; the cost is then in the first row); `budget` is
    how many tokens of passages a question shows. A fault of the program leaves the stage in which it came up
    unresolved. Raises SystemicError when the LM refuses in a way that would meet every paper, UsageError when it can't
    carry this program.
    """
    _check(pipeline)
    rows: list[Row] = []
    calls: list[_Call] = []
    asking = pipeline.asking(paper, stages, known, lambda answer: rows.append(_row(answer, calls)), budget)
    try:
        question = next(asking)
        while True:
            call = _Call(pipeline, question)
            calls.append(call)
            question = asking.send(call.reply)
    except StopIteration:
        return rows
    except SystemicError:
        raise
    except Exception as error:  # noqa: BLE001 - the edge of a run: a fault of ours in one paper must not end the others
        answered = {**(known or {}), **{row.answer.stage: row.answer for row in rows}}
        row = _row(unresolved(unanswered(answered, stages)[0], "program_fault"), calls)
        return [*rows, replace(row, error=f"{type(error).__name__}: {first_line(error)}")]


def _check(pipeline: Program) -> None:
    if isinstance(pipeline, Joint) and is_embedded(dspy.settings.lm):
        raise UsageError("the joint program needs an instruction-following LM, and the embedded LM is none; give --lm")


class _Usage:
    """DSPy's usage tracker of one question, which counts replies that can't be read too; it passes on what it hears."""

    def __init__(self) -> None:
        self.calls = 0
        self.tokens: dict[str, int] = {}
        self._outer = dspy.settings.usage_tracker

    def add_usage(self, lm: str, usage: dict[str, Any]) -> None:
        """DSPy's hook for the tokens of a call."""
        self.calls += 1
        for name in ("prompt_tokens", "completion_tokens"):
            if usage.get(name) is not None:
                self.tokens[name] = self.tokens.get(name, 0) + usage[name]
        if self._outer is not None:
            self._outer.add_usage(lm, usage)


class _Call:
    """One question: its reply, or its failure, with tokens, seconds, and the calls that it took."""

    def __init__(self, pipeline: Program, question: Question) -> None:
        self.error = ""
        tracker, began = _Usage(), time.perf_counter()
        with dspy.context(usage_tracker=tracker):
            self.reply = self._made(pipeline, question)
        self.seconds = time.perf_counter() - began
        self.usage, self.calls = tracker.tokens, max(1, tracker.calls)

    def _made(self, pipeline: Program, question: Question) -> Reply:
        try:
            return pipeline.reply(question)
        except SYSTEMIC as error:
            raise refused_by(error) from error
        except (LMError, AdapterParseError) as error:
            self.error = f"{type(error).__name__}: {first_line(error)}"
            return Failure(reason_of(error))


def refused_by(error: Exception) -> SystemicError:
    """What ends a run at an error that would meet every paper."""
    advice = "see to --lm, --api-base and the key in the environment, then run again to resume"
    return SystemicError(f"the LM refuses every call: {first_line(error)} ({type(error).__name__}); {advice}")


def reason_of(error: Exception) -> str:
    """The word that the ledger stores for a call that failed."""
    if isinstance(error, AdapterParseError):
        return "unparsable"
    refused = isinstance(error, LMInvalidRequestError) and _TOO_LONG.search(str(error))
    return "too_long" if refused or isinstance(error, ContextWindowExceededError) else "provider_error"


def first_line(error: Exception) -> str:
    """What a message shows of an error: its first line, at most 300 characters, without a key that it repeats."""
    line = (str(error).strip().splitlines() or [""])[0]
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) >= _SHORTEST:
            line = line.replace(value, "***")
    return line[:300]


def _row(answer: Answer, calls: list[_Call]) -> Row:
    """The answer with the sum of the calls that led to it, which are then forgotten."""
    row = Row(
        answer,
        input_tokens=_sum(calls, "prompt_tokens"),
        output_tokens=_sum(calls, "completion_tokens"),
        seconds=sum(call.seconds for call in calls),
        attempts=sum(call.calls for call in calls),
        error=next((call.error for call in calls if call.error), ""),
    )
    calls.clear()
    return row


def _sum(calls: list[_Call], field: str) -> int | None:
    if not calls:
        return 0  # another stage's call has answered this one too
    counts = [call.usage.get(field) for call in calls]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
