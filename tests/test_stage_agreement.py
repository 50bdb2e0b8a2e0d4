"""Agreement of annotators: the textbook's numbers, what is not defined, and where they differ."""

import numpy as np
import pytest
from annotators import row
from sklearn.metrics import cohen_kappa_score

from program.answers import STAGES
from ptmreuse.evaluation.measure import Measure
from ptmreuse.labelling.agreement import StageAgreement, alpha, kappa, masi, stage_agreement
from ptmreuse.labelling.units import Unit, Value
from ptmreuse.rows import PaperRow

A, B, C = (frozenset(text) for text in ("a", "b", "c"))


def asked(*answers: tuple[str, ...], models: int = 1) -> list[Unit]:
    """A unit for each tuple of answers, "" for an annotator who gave none; so many units are of one paper."""
    return [
        Unit(f"p{n // models}", "s", "", {f"w{w}": frozenset(answer) for w, answer in enumerate(each) if answer})
        for n, each in enumerate(answers)
    ]


def test_kappa_is_the_textbooks() -> None:
    pairs = [*[("a", "a")] * 20, *[("a", "b")] * 5, *[("b", "a")] * 10, *[("b", "b")] * 15]
    found = kappa(asked(*pairs))
    assert found.value == pytest.approx(0.4)
    assert found.value == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
    assert found.n == 50
    assert found.low is not None
    assert found.high is not None
    assert 0.05 < found.low < 0.2 < 0.6 < found.high < 0.7


def test_alpha_is_krippendorffs() -> None:
    """The example of his paper of 2011: three observers, with gaps; nominal alpha 0.691."""
    rows = ("*****34121133*3", "1*213343*******", "**21344*21133*4")
    units = asked(*(tuple(value.strip("*") for value in each) for each in zip(*rows, strict=True)))
    found = alpha([unit for unit in units if len(unit.answers) > 1])
    assert found.value == pytest.approx(0.691, abs=5e-4)
    assert found.n == 12
    assert found.low is not None
    assert found.low < 0.691 < (found.high or 0)


def test_intervals_are_around_the_value_with_any_number_of_annotators() -> None:
    chance = np.random.default_rng(3)
    for people in (2, 3, 4):
        drawn = [[chance.choice(list("abc"), chance.integers(1, 3)) for _ in range(people)] for _ in range(400)]
        found = alpha(asked(*(tuple("".join(each) for each in answers) for answers in drawn)))
        assert found.low is not None
        assert found.value is not None
        assert found.low < found.value < (found.high or 0)
        assert _width(found) < 0.1


@pytest.mark.parametrize(
    ("pairs", "kappa_is", "alpha_is"),
    [
        ([], False, False),
        ([("a", "a")] * 5, False, False),
        ([("a", "b")] * 5, True, True),
        ([("a", "a", "a"), ("b", "b", "a")] * 4, False, True),
    ],
)
def test_what_is_not_defined_is_none(pairs: list[tuple[str, ...]], kappa_is: bool, alpha_is: bool) -> None:
    for measure, defined in ((kappa(asked(*pairs)), kappa_is), (alpha(asked(*pairs)), alpha_is)):
        assert [part is not None for part in (measure.value, measure.low, measure.high)] == [defined] * 3


def test_full_agreement_is_no_certainty() -> None:
    for found in (kappa(asked(*[("a", "a"), ("b", "b")] * 10)), alpha(asked(*[("a", "a"), ("b", "b")] * 10))):
        assert (found.value, found.high, found.n) == (1.0, 1.0, 20)
        assert 0.6 < (found.low or 0) < 0.8


def test_models_of_one_paper_are_not_cases_of_their_own() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")] * 12
    alone, together = kappa(asked(*pairs)), kappa(asked(*sorted(pairs), models=4))
    assert (alone.value, alone.n, together.n) == (together.value, 48, 12)
    assert _width(together) > 1.3 * _width(alone)


def _width(measure: Measure) -> float:
    assert measure.low is not None
    assert measure.high is not None
    return measure.high - measure.low


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [(A, A, 0), (A, B, 1), (A, A | B, 1 - 1 / 3), (A | B, B | C, 1 - 1 / 9), (frozenset(), A, 1)],
)
def test_masi(one: Value, other: Value, apart: float) -> None:
    assert masi(one, other) == masi(other, one) == pytest.approx(apart)


def test_every_stage_has_its_numbers() -> None:
    ann = [row("p1", "U-Net|conceptual|test", "VGG-16|adaptation|test"), row("p2"), row("p3", deep=False)]
    ben = [row("p1", "UNet|conceptual+adaptation|analysis"), row("p2"), row("p3"), row("p4")]
    found = stage_agreement({"ann": ann, "ben": ben})
    assert [each.stage for each in found] == list(STAGES)
    assert [each.n for each in found] == [3, 3, 1, 1, 1]
    assert _of(found, "reuses_ptm").kappa.value == 1.0
    assert _of(found, "names_ptms").f1.value == pytest.approx(2 / 3)
    assert _of(found, "science_step").f1.value is None


def _of(found: list[StageAgreement], stage: str) -> StageAgreement:
    return next(each for each in found if each.stage == stage)


def test_nobody_and_one_alone() -> None:
    for by_annotator in ({}, {"ann": [row("p1")]}, {"ann": [row("p1")], "ben": [row("p2")]}):
        people: dict[str, list[PaperRow]] = by_annotator
        assert all((each.n, each.kappa.value, each.alpha.value) == (0, None, None) for each in stage_agreement(people))
