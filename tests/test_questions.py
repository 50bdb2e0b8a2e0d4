import numpy as np
import pytest
from surveyed import label, models, papers

from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.questions import QUESTIONS, Question, asked, strata_of
from ptmreuse.reporting.raw import raw_share

ADAPTATION = Question("reuse_pattern", "adaptation", "pattern")


def test_one_answer_per_paper_and_pattern() -> None:
    """Two models: yes when one has it; no when both are known without; else unresolved, as without models."""
    said = [
        (0, "adaptation;conceptual", "test"),
        (0, "unresolved", ""),
        (1, "deployment", ""),
        (2, "unresolved", ""),
        (2, "conceptual", ""),
    ]
    found = asked(papers(reuse=4, deep=1, neither=1, open=1), models(said))
    assert list(found[ADAPTATION]) == ["yes", "no", "unresolved", "unresolved", "outside", "outside", "unresolved"]
    assert raw_share(found[ADAPTATION]) == pytest.approx((1 / 2, 1 / 5, 4 / 5))


def test_what_the_run_did_not_ask_is_no_question() -> None:
    frame = papers(reuse=2, neither=1)
    assert [q.stage for q in asked(frame, None)] == ["uses_deep_learning", "reuses_ptm"]
    assert [q.stage for q in asked(frame.assign(reuses_ptm=""), models([]))] == ["uses_deep_learning"]


def test_strata_are_the_two_answers() -> None:
    frame = papers(reuse=1, deep=1, neither=1, open=2)
    frame.loc[4, ["uses_deep_learning", "reuses_ptm"]] = ["yes", "unresolved"]
    assert list(strata_of(frame)) == [
        "reuse",
        "deep learning, no reuse",
        "no deep learning",
        "unresolved",
        "unresolved",
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (label(0, "reuse", "adaptation"), ("yes", "yes", "yes")),
        (label(0, "reuse", "deployment"), ("yes", "yes", "no")),
        (label(0, "deep"), ("yes", "no", "outside")),
        (label(0, "neither"), ("no", "no", "outside")),
        (HandLabel("", "a", True, True), ("yes", "yes", None)),
        (HandLabel("", "a", True), ("yes", None, None)),
    ],
)
def test_truth(told: HandLabel, expected: tuple[str | None, ...]) -> None:
    assert tuple(q.truth(told) for q in (*QUESTIONS[:2], ADAPTATION)) == expected


@pytest.mark.parametrize(
    ("answers", "expected"), [([], (None, 0, 1)), (["unresolved"] * 3, (None, 0, 1)), (["outside"], (None, 0, 1))]
)
def test_nothing_known(answers: list[str], expected: tuple[float | None, ...]) -> None:
    assert raw_share(np.array(answers, dtype=object)) == expected
