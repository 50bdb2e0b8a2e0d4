"""Carry one paper through the program with an LM: calls, their cost, and what their failures mean."""

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from dspy.utils.exceptions import (
    AdapterParseError,
    ContextWindowExceededError,
    LMAuthError,
    LMBillingError,
    LMConfigurationError,
    LMError,
    LMUnsupportedFeatureError,
    LMUnsupportedModelError,
)

from program.answers import STAGES, Answer, unresolved
from program.paper import Paper
from program.pipeline import Failure, Pipeline, Question, Reply, ask, unanswered
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row

# These meet every paper alike: the run stops at the first.
SYSTEMIC = (LMAuthError, LMBillingError, LMConfigurationError, LMUnsupportedModelError, LMUnsupportedFeatureError)


def answer_paper(
    pipeline: Pipeline, paper: Paper, stages: Collection[str] = STAGES, known: Mapping[str, Answer] | None = None
) -> list[Row]:
    """The new answers about a paper, in stage order. Call it within `dspy.context(lm=…, track_usage=True)`.

    A fault of the program leaves the stage in which it came up unresolved. Raises SystemicError when the LM refuses in
    a way that would meet every paper.
    """
    rows: list[Row] = []
    calls: list[_Call] = []
    asking = ask(paper, stages, known, record=lambda answer: rows.append(_row(answer, calls)))
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


class _Call:
    """One call: its reply, or its failure, with tokens and seconds."""

    def __init__(self, pipeline: Pipeline, question: Question) -> None:
        self.usage: dict[str, Any] = {}
        self.error = ""
        began = time.perf_counter()
        self.reply = self._made(pipeline, question)
        self.seconds = time.perf_counter() - began

    def _made(self, pipeline: Pipeline, question: Question) -> Reply:
        try:
            prediction = pipeline.reply(question)
        except SYSTEMIC as error:
            advice = "see to --lm, --api-base and the key in the environment, then run again to resume"
            raise SystemicError(
                f"the LM refuses every call: {first_line(error)} ({type(error).__name__}); {advice}"
            ) from error
        except (LMError, AdapterParseError) as error:
            self.error = f"{type(error).__name__}: {first_line(error)}"
            return Failure(_reason(error))
        for usage in (prediction.get_lm_usage() or {}).values():
            self.usage = usage
        return prediction


def _reason(error: Exception) -> str:
    if isinstance(error, AdapterParseError):
        return "unparsable"
    return "too_long" if isinstance(error, ContextWindowExceededError) else "provider_error"


def first_line(error: Exception) -> str:
    """What a message shows of an error: its first line, at most 300 characters."""
    return (str(error).strip().splitlines() or [""])[0][:300]


def _row(answer: Answer, calls: list[_Call]) -> Row:
    """The answer with the sum of the calls that led to it, which are then forgotten."""
    row = Row(
        answer,
        input_tokens=_sum(calls, "prompt_tokens"),
        output_tokens=_sum(calls, "completion_tokens"),
        seconds=sum(call.seconds for call in calls),
        attempts=len(calls),
        error=next((call.error for call in calls if call.error), ""),
    )
    calls.clear()
    return row


def _sum(calls: list[_Call], field: str) -> int | None:
    counts = [call.usage.get(field) for call in calls]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
