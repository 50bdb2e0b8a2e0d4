"""Where a paper goes wrong, and what kind of error it is."""

from dataclasses import replace

import pytest
from answered import DEEP, NEITHER, REUSE, TWO, chain, names, stopped, yes
from papers import paper

from program.answers import STAGES, Answer, unresolved
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.judging import judged
from ptmreuse.evaluation.origins import Origin, asked, errors_begin_at, kind, origin, origins, wholly_right
from ptmreuse.labelled import LabelledPaper

DEEPS, REUSES, NAMES, PATTERN, STEP = STAGES
BOTH = names("ResNet-50", "U-Net")
PATTERNS = (("ResNet-50", "adaptation"), ("U-Net", "conceptual"), ("U-Net", "adaptation"))
STEPS = (("ResNet-50", "test"), ("U-Net", "analysis"))
RIGHT = chain(BOTH, yes(PATTERN, *PATTERNS), yes(STEP, *STEPS))


def item(true: str, given: str, reason: str = "", named: bool = True) -> Judged:
    return Judged("a", NAMES, frozenset(true.split()), frozenset(given.split()), "", reason, named)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (item("yes", "yes"), ""),
        (item("no", "no"), ""),
        (item("yes", "no"), "missed"),
        (item("no", "yes"), "invented"),
        (item("yes", "", "too_long"), "unresolved: too_long"),
        (item("no", "", "too_long"), "unresolved: too_long"),
        (item("A B", "A"), "missed"),
        (item("A", ""), "missed"),
        (item("A", "A B"), "invented"),
        (item("", "B"), "invented"),
        (item("A", "B"), "wrong"),
        (item("A", "", named=False), "missed"),
    ],
)
def test_kinds(answer: Judged, expected: str) -> None:
    assert kind(answer) == expected


@pytest.mark.parametrize(
    ("labelled", "answers", "stage", "expected"),
    [
        (NEITHER, stopped(DEEPS), "right", ""),
        (NEITHER, stopped(REUSES), DEEPS, "invented"),
        (NEITHER, chain(names("VGG-16")), DEEPS, "invented"),
        (DEEP, stopped(REUSES), "right", ""),
        (DEEP, stopped(DEEPS), DEEPS, "missed"),
        (DEEP, chain(names("VGG-16")), REUSES, "invented"),
        (DEEP, stopped(REUSES, unresolved(REUSES, "unparsable")), REUSES, "unresolved: unparsable"),
        (TWO, RIGHT, "right", ""),
        (TWO, stopped(DEEPS), DEEPS, "missed"),
        (TWO, stopped(REUSES), REUSES, "missed"),
        (TWO, stopped(DEEPS, unresolved(DEEPS, "too_long")), DEEPS, "unresolved: too_long"),
        (TWO, stopped(NAMES, unresolved(NAMES, "no_model_named")), NAMES, "unresolved: no_model_named"),
        (TWO, RIGHT | chain(names("U-Net")), NAMES, "missed"),
        (TWO, RIGHT | chain(names("U-Net", lost=["ResNet-50"])), NAMES, "missed"),
        (TWO, RIGHT | chain(names("U-Net", "ResNet-50", "VGG-16")), NAMES, "invented"),
        (TWO, RIGHT | chain(names("U-Net", "ResNet-101")), NAMES, "wrong"),
        (TWO, RIGHT | chain(yes(PATTERN, *PATTERNS[:2])), PATTERN, "missed"),
        (TWO, RIGHT | chain(yes(PATTERN, *PATTERNS[:1])), PATTERN, "unresolved: not_answered"),
        (TWO, RIGHT | chain(yes(PATTERN, ("U-Net", "deployment"))), PATTERN, "wrong"),  # and one is unresolved
        (TWO, RIGHT | chain(yes(STEP, STEPS[0], ("U-Net", "test"))), STEP, "wrong"),
        (TWO, RIGHT | chain(unresolved(STEP, "too_long")), STEP, "unresolved: too_long"),
    ],
)
def test_an_error_begins_at_the_first_stage_that_is_wrong(
    labelled: LabelledPaper, answers: dict[str, Answer], stage: str, expected: str
) -> None:
    items = judged(labelled, answers, "end-to-end")
    assert origin(items) == origin(items[::-1]) == Origin(labelled.paper.source, stage, expected)
    assert wholly_right(items) is (stage == "right")


def test_papers_are_counted_by_where_they_went_wrong() -> None:
    answers = {
        "neither": stopped(REUSES),
        "deep": stopped(DEEPS),
        "two": stopped(DEEPS),
        "reuse": chain(names("VGG-16")),
    }
    papers = (TWO, REUSE, DEEP, NEITHER, replace(NEITHER, paper=paper(source="right")))
    items = [i for p in papers for i in judged(p, answers.get(p.paper.source, stopped(DEEPS)), "end-to-end")]
    assert list(errors_begin_at([*items[1:], items[0]]).items()) == [
        (("right", ""), 1),
        ((DEEPS, "missed"), 2),
        ((DEEPS, "invented"), 1),
        ((NAMES, "wrong"), 1),
    ]
    assert [found.paper for found in origins(items)] == ["deep", "neither", "reuse", "right", "two"]


@pytest.mark.parametrize(
    ("answers", "stages"),
    [
        (stopped(DEEPS), [DEEPS]),
        (stopped(DEEPS, unresolved(DEEPS, "too_long")), [DEEPS]),
        (stopped(REUSES), [DEEPS, REUSES]),
        (stopped(NAMES, unresolved(NAMES, "too_long")), [DEEPS, REUSES, NAMES]),
        (RIGHT | chain(names("U-Net", lost=["ResNet-50"])), [*STAGES]),
        (RIGHT, [DEEPS, REUSES, NAMES, PATTERN, PATTERN, STEP, STEP]),
    ],
)
def test_what_follows_from_a_gate_was_not_asked(answers: dict[str, Answer], stages: list[str]) -> None:
    assert [each.stage for each in asked(judged(TWO, answers, "end-to-end"))] == stages
