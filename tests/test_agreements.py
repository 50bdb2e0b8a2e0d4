"""Agreement of two runs, against a textbook's example, scikit-learn and statsmodels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ledgers import DEEP, LOST, NAMES, NEITHER, ONLY_DEEP, PATTERN, REUSE, STEP, one, reuse, wrote
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa

from program.answers import Answer
from ptmreuse.reporting import agreements as module
from ptmreuse.reporting.agreements import Agreement, YesNo, agreements, yes_no
from ptmreuse.reporting.pairs import Pair, matched
from ptmreuse.reporting.record import record

Answers = tuple[Answer, ...]
YES, NO = reuse(), NEITHER


def pairs(folder: Path, *several: tuple[Answers, Answers]) -> tuple[Pair, ...]:
    a, b = (
        wrote(folder / name, [(one(n), told[side]) for n, told in enumerate(several)])
        for side, name in enumerate(("a", "b"))
    )
    return matched(record(a), record(b)).pairs


def by_stage(found: Sequence[Any]) -> dict[str, Any]:
    return {each.stage: each for each in found}


def test_yes_and_no_as_scikit_learn_and_statsmodels_have_it(tmp_path: Path) -> None:
    cells = {("yes", "yes"): 20, ("yes", "no"): 2, ("no", "yes"): 9, ("no", "no"): 19}
    of = {"yes": YES, "no": NO}
    several = [(of[a], of[b]) for (a, b), number in cells.items() for _ in range(number)]
    found = pairs(tmp_path, *several)
    first: Agreement = by_stage(agreements(found))[DEEP]
    labels = [(a, b) for (a, b), number in cells.items() for _ in range(number)]
    assert first.cases == 50
    assert first.same.value == 39 / 50
    assert first.kappa.value == pytest.approx(cohen_kappa_score(*zip(*labels, strict=True)))
    theirs = cohens_kappa(np.array([[20, 2], [9, 19]]))
    assert first.kappa.low == pytest.approx(theirs.kappa_low, abs=0.05)
    assert first.kappa.high == pytest.approx(theirs.kappa_upp, abs=0.05)
    test: YesNo = by_stage(yes_no(found))[DEEP]
    assert (test.papers, test.yes_a, test.yes_b, test.only_a, test.only_b) == (50, 22, 29, 2, 9)
    assert test.p == pytest.approx(mcnemar([[20, 2], [9, 19]], exact=True).pvalue)
    assert test.difference
    assert test.difference[0] == pytest.approx(7 / 50)
    assert 0 < test.difference[1] < 7 / 50 < test.difference[2]


def test_many_papers_have_the_interval_of_few_without_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [(YES, YES)] * 30 + [(YES, NO)] * 4 + [(NO, YES)] * 6 + [(NO, NO)] * 160
    found = pairs(tmp_path, *several)
    few = by_stage(agreements(found))[DEEP].kappa
    monkeypatch.setattr(module, "RESAMPLED", 100)
    many = by_stage(agreements(found))[DEEP].kappa
    theirs = cohens_kappa(np.array([[30, 4], [6, 160]]))
    assert few.value == many.value
    assert (many.low, many.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=0.01)
    assert (many.low, many.high) == pytest.approx((few.low, few.high), abs=0.06)
    same = by_stage(agreements(found[:30] + found[40:]))[DEEP].kappa
    assert same.value == same.high == 1
    assert 0.8 < same.low < 1


def test_only_what_both_answered_counts(tmp_path: Path) -> None:
    found = pairs(tmp_path, (YES, YES), (YES, LOST), (LOST, LOST), (NO, NO), (YES, ()), (ONLY_DEEP, NO))
    told = by_stage(agreements(found))
    assert [told[stage].cases for stage in (DEEP, REUSE, NAMES, PATTERN, STEP)] == [5, 3, 1, 1, 1]
    assert [told[stage].same.value for stage in (DEEP, REUSE)] == [4 / 5, 1.0]


def test_names_have_f1_and_models_of_both_have_kappa(tmp_path: Path) -> None:
    resnet, unet = ("ResNet-50", "adaptation", "test"), ("U-Net", "conceptual", "test")
    found = pairs(
        tmp_path,
        (reuse(resnet, unet), reuse(resnet)),
        (reuse(unet), reuse(("U-Net", "adaptation", "analysis"))),
        (reuse(resnet), reuse(resnet)),
    )
    told = by_stage(agreements(found))
    assert told[NAMES].same.value == 2 / 3
    assert told[NAMES].kappa.value is None
    assert told[NAMES].f1.value == pytest.approx(2 * 3 / (4 + 3))
    for stage, a, b in (
        (PATTERN, ["adaptation", "conceptual", "adaptation"], ["adaptation"] * 3),
        (STEP, ["test"] * 3, ["test", "analysis", "test"]),
    ):
        assert told[stage].cases == 3
        assert told[stage].same.value == 2 / 3
        assert told[stage].kappa.value == pytest.approx(cohen_kappa_score(a, b))


@pytest.mark.parametrize("several", [[], [(NO, NO)], [(NO, NO), (NO, NO)], [(LOST, YES)]])
def test_what_can_not_be_told_is_not(tmp_path: Path, several: list[tuple[Answers, Answers]]) -> None:
    found = pairs(tmp_path, *several)
    for each in agreements(found):
        assert each.kappa.value is None
        assert (each.same.value is None) == (each.cases == 0)
    for test in yes_no(found):
        assert (test.p is None) == (test.papers == 0)
    assert {test.p for test in yes_no(found)} <= {None, 1.0}
