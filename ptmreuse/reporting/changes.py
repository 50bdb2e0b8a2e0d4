"""What changed between two runs: each answer that is another one, with both quotes and where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from program.answers import STAGES, Finding
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import NAMES, NOT_ASKED, UNRESOLVED, YES_NO, Told
from ptmreuse.tables import JOINT

NAMED, NOT_NAMED = "named", "not named"


@dataclass(frozen=True, slots=True)
class Side:
    """What one run answered. Several quotes and places are joined as in the tables; a no has none."""

    value: str
    quote: str = ""
    place: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that differs; `model` is "" where it is of the whole paper.

    `first` says that the paper's changes begin with this stage.
    """

    pair: Pair
    stage: str
    model: str
    a: Side
    b: Side
    first: bool


def changes(pair: Pair) -> list[Change]:
    """Every answer about a paper that differs, in stage order; what one run was not asked is no change."""
    found = [(stage, model, a, b) for stage in STAGES for model, a, b in _differing(pair, stage)]
    return [Change(pair, stage, model, a, b, stage == found[0][0]) for stage, model, a, b in found]


def _differing(pair: Pair, stage: str) -> Iterator[tuple[str, Side, Side]]:
    a, b = pair.a.value(stage), pair.b.value(stage)
    if NOT_ASKED in (a, b):
        return
    if stage in YES_NO or (stage == NAMES and a != b):
        if a != b:
            yield "", _whole(pair.a, stage), _whole(pair.b, stage)
    elif stage == NAMES:
        yield from _named(pair)
    else:
        yield from _of_models(pair, stage)


def _named(pair: Pair) -> Iterator[tuple[str, Side, Side]]:
    """The models that only one of the runs names."""
    for model in dict.fromkeys((*pair.a.models, *pair.b.models)):
        if (model in pair.a.models) != (model in pair.b.models):
            yield model, _name(pair.a, model), _name(pair.b, model)


def _of_models(pair: Pair, stage: str) -> Iterator[tuple[str, Side, Side]]:
    """The models that both name, with another pattern or step."""
    for model in both_name(pair):
        if pair.a.values_of(stage, model) != pair.b.values_of(stage, model):
            yield model, _of_model(pair.a, stage, model), _of_model(pair.b, stage, model)


def both_name(pair: Pair) -> list[str]:
    """The models that both runs name."""
    return [model for model in pair.a.models if model in pair.b.models]


def _whole(told: Told, stage: str) -> Side:
    answer = told.answers.get(stage)
    if answer is None:  # unreadable, or it follows from the gate before
        before = told.answers.get(YES_NO[0])
        return Side(told.value(stage), reason=(before.reason if before else "") if told.readable else told.status)
    value = "; ".join(told.models) if stage == NAMES and answer.value == "yes" else answer.value
    return _side(value, list(answer.findings), answer.reason)


def _name(told: Told, model: str) -> Side:
    findings = [f for f in told.answers[NAMES].findings if f.model == model]
    return _side(NAMED if model in told.models else NOT_NAMED, findings)


def _of_model(told: Told, stage: str, model: str) -> Side:
    findings = sorted((f for f in told.answers[stage].findings if f.model == model), key=lambda f: f.value)
    whole = "" if findings else told.answers[stage].reason
    return _side(";".join(told.values_of(stage, model)) or UNRESOLVED, findings, whole)


def _side(value: str, findings: list[Finding], reason: str = "") -> Side:
    evidence = [f.evidence for f in findings if f.evidence]
    reasons = dict.fromkeys(filter(None, (reason, *(f.reason for f in findings))))
    return Side(value, JOINT.join(e.quote for e in evidence), JOINT.join(e.where for e in evidence), "; ".join(reasons))
