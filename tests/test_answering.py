"""One paper through the program: rows, their cost, and what a failed call becomes."""

from collections.abc import Collection, Mapping
from typing import Any

import dspy
import pytest
from dspy import lm15
from papers import PREDICTED, TUNED, paper
from scripted import Reply, ScriptedEngine, scripted

from program.answers import STAGES, Answer, no
from program.joint import Joint
from program.passages import default_budget
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Row
from ptmreuse.lm import LMChoice

PAPER = paper(TUNED)
YES = {"uses_deep_learning": True, "evidence": TUNED}
REUSES = {"reuses_ptm": True, "evidence": TUNED}
NAMES = {"ptms": [{"mention": "ResNet-50", "evidence": TUNED}]}
PATTERNS = {"patterns": [{"model": "ResNet-50", "pattern": "adaptation", "evidence": TUNED}]}
STEPS = {"steps": [{"model": "ResNet-50", "step": "test", "evidence": TUNED}]}
ALL = (YES, REUSES, NAMES, PATTERNS, STEPS)
NO = {"uses_deep_learning": False, "evidence": "none"}


def asked(
    *replies: Reply, stages: Collection[str] = STAGES, known: Mapping[str, Answer] | None = None, **settings: Any
) -> tuple[list[Row], ScriptedEngine]:
    lm, engine = scripted(*replies)
    settings = {"adapter": CachingChatAdapter(), "track_usage": True, **settings}
    with dspy.context(lm=lm, **settings):
        rows = answer_paper(Pipeline(), PAPER, stages, known)
    assert not engine.replies, "the script was not used up"
    return rows, engine


def told(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.answer.stage, row.answer.value, row.answer.reason) for row in rows]


def test_all_five_stages() -> None:
    rows, engine = asked(*ALL)
    assert told(rows) == [(stage, "yes", "") for stage in STAGES]
    assert [f.value for row in rows for f in row.answer.findings] == ["", "", "ResNet-50", "adaptation", "test"]
    assert all(f.evidence and f.evidence.quote == TUNED for row in rows for f in row.answer.findings)
    assert [(r.input_tokens, r.output_tokens, r.attempts, r.error) for r in rows] == [(100, 10, 1, "")] * 5
    assert all(row.seconds > 0 for row in rows)
    assert len(engine.prompts) == 5


def test_a_no_ends_the_paper() -> None:
    assert told(asked(NO)[0]) == [("uses_deep_learning", "no", "")]
    assert told(asked(YES, {"reuses_ptm": False, "evidence": "none"})[0])[-1] == ("reuses_ptm", "no", "")


@pytest.mark.parametrize(
    ("stages", "known", "replies"),
    [
        (("uses_deep_learning",), {}, (YES,)),
        (("reuses_ptm",), {}, (YES, REUSES)),
        (("science_step",), {}, (YES, REUSES, NAMES, STEPS)),
        (STAGES, {"uses_deep_learning": Answer("uses_deep_learning", "yes")}, (REUSES, NAMES, PATTERNS, STEPS)),
        (STAGES, {"uses_deep_learning": no("uses_deep_learning")}, ()),
    ],
)
def test_only_what_is_needed_and_not_known_is_asked(
    stages: Collection[str], known: Mapping[str, Answer], replies: tuple[Reply, ...]
) -> None:
    rows, _ = asked(*replies, stages=stages, known=known)
    assert len(rows) == len(replies)
    assert all(row.answer.value == "yes" for row in rows)


def test_a_quote_that_is_not_there_is_asked_again_once_with_the_reason() -> None:
    invented = {"uses_deep_learning": True, "evidence": PREDICTED}
    rows, engine = asked(invented, NO)
    assert told(rows) == [("uses_deep_learning", "no", "")]
    assert (rows[0].attempts, rows[0].input_tokens) == (2, 200)
    assert "not in these passages" in (engine.prompts[1].messages[-1].text or "")
    assert told(asked(invented, invented)[0]) == [("uses_deep_learning", "unresolved", "evidence_not_found")]
    assert told(asked(invented, lm15.ServerError("busy"))[0]) == [
        ("uses_deep_learning", "unresolved", "evidence_not_found")
    ]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (lm15.ServerError("busy"), "provider_error"),
        (lm15.RateLimitError("slow down"), "provider_error"),
        (lm15.TransportError("refused"), "provider_error"),
        (lm15.TimeoutError("late"), "provider_error"),
        (lm15.ProviderError("not JSON"), "provider_error"),
        (lm15.ContextLengthError("long"), "too_long"),
        (lm15.InvalidRequestError("request (9 tokens) exceeds the available context size (5 tokens)"), "too_long"),
        (lm15.InvalidRequestError("the maximum context length is 5 tokens, you asked for 9"), "too_long"),
        (lm15.InvalidRequestError("temperature must be a number"), "provider_error"),
        (ZeroDivisionError("a fault of the engine"), "provider_error"),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_failed_call_is_unresolved_and_never_a_no(failure: Exception, reason: str, before: int) -> None:
    rows, _ = asked(*ALL[:before], failure)
    assert told(rows)[before:] == [(STAGES[before], "unresolved", reason)]
    assert str(failure).splitlines()[0] in rows[before].error
    assert rows[before].input_tokens is None


def test_steps_are_asked_after_patterns_failed() -> None:
    rows, _ = asked(*ALL[:3], lm15.ServerError("busy"), STEPS)
    assert told(rows)[3:] == [("reuse_pattern", "unresolved", "provider_error"), ("science_step", "yes", "")]


@pytest.mark.parametrize(
    "text", ["", "I think so.", "[[ ## uses_deep_learning ## ]]\nperhaps\n\n[[ ## completed ## ]]"]
)
def test_a_reply_that_can_not_be_read_is_unparsable(text: str) -> None:
    rows, _ = asked(text, text)  # the second time as JSON
    assert told(rows) == [("uses_deep_learning", "unresolved", "unparsable")]
    assert "AdapterParseError" in rows[0].error


@pytest.mark.parametrize(
    "failure",
    [
        lm15.AuthError("key"),
        lm15.BillingError("quota"),
        lm15.UnsupportedModelError("model"),
        lm15.ConfigurationError("provider"),
        lm15.UnsupportedFeatureError("signature"),
    ],
)
def test_a_refusal_that_would_meet_every_paper_stops_the_run(failure: Exception) -> None:
    with pytest.raises(SystemicError, match=r"the LM refuses every call: .*--lm"):
        asked(YES, failure)


class Faulty(Pipeline):
    """A program with a fault in stage 2."""

    def reply(self, question: Any) -> dspy.Prediction:
        """Fail."""
        if question.stage == "reuses_ptm":
            raise IndexError("of ours")
        return super().reply(question)


def test_a_fault_of_the_program_costs_one_stage_of_one_paper() -> None:
    lm, _ = scripted(YES)
    with dspy.context(lm=lm):
        rows = answer_paper(Faulty(), PAPER)
    assert told(rows) == [("uses_deep_learning", "yes", ""), ("reuses_ptm", "unresolved", "program_fault")]
    assert rows[1].error == "IndexError: of ours"


# Ablations: all five in one call, another budget of passages.

JOINT = {
    "uses_deep_learning": True,
    "uses_deep_learning_evidence": TUNED,
    "reuses_ptm": True,
    "reuses_ptm_evidence": TUNED,
    **NAMES,
    **PATTERNS,
    **STEPS,
}


def asked_jointly(*replies: Reply) -> list[Row]:
    lm, engine = scripted(*replies)
    with dspy.context(lm=lm, adapter=CachingChatAdapter(), track_usage=True):
        rows = answer_paper(Joint(), PAPER)
    assert not engine.replies, "the script was not used up"
    return rows


def test_the_one_call_of_the_joint_program_is_paid_in_the_first_row() -> None:
    rows = asked_jointly(JOINT)
    assert told(rows) == [(stage, "yes", "") for stage in STAGES]
    assert [(row.input_tokens, row.output_tokens, row.attempts) for row in rows] == [(100, 10, 1)] + [(0, 0, 0)] * 4
    assert rows[0].seconds > 0
    assert [row.seconds for row in rows[1:]] == [0] * 4


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        (("", ""), "unparsable"),
        (("I think so.", "[]"), "unparsable"),
        ((lm15.ServerError("busy"),), "provider_error"),
        ((lm15.ContextLengthError("long"),), "too_long"),
    ],
)
def test_a_failed_joint_call_leaves_stage_one_unresolved(replies: tuple[Reply, ...], reason: str) -> None:
    rows = asked_jointly(*replies)
    assert told(rows) == [("uses_deep_learning", "unresolved", reason)]
    assert rows[0].error


def test_the_embedded_lm_can_not_carry_the_joint_program() -> None:
    with (
        dspy.context(lm=LMChoice().build()),
        pytest.raises(UsageError, match=r"needs an instruction-following LM.*give --lm"),
    ):
        answer_paper(Joint(), PAPER)


@pytest.mark.parametrize(("budget", "shown"), [(None, 6), (500, 6), (60, 1)])
def test_the_budget_of_passages_reaches_the_prompt(budget: int | None, shown: int) -> None:
    long = paper(*(f"{TUNED[:-1]} {n}." for n in range(6)))
    assert default_budget(long) == 500
    lm, engine = scripted(NO)
    with dspy.context(lm=lm):
        answer_paper(Pipeline(), long, budget=budget)
    assert (engine.prompts[0].messages[-1].text or "").count("We fine-tuned") == shown
