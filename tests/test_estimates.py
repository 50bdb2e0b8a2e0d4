import numpy as np
import pytest
from predictions import quoted

from ptmreuse.evaluation.estimates import estimate, mean_of_two, per_paper, proportion
from ptmreuse.evaluation.intervals import Numbers, unseen, wilson
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.scores import f1, kappa, macro_f1, moved_f1, moved_kappa

NOTHING = Measure(None, None, None, 0)


def test_items_of_a_paper_are_added_up() -> None:
    items = [quoted("a"), quoted("b"), quoted("a")]
    assert per_paper(items, [[1, 2], [3, 4], [5, 6]]).tolist() == [[6, 8], [3, 4]]


def test_a_proportion_of_papers_has_wilson() -> None:
    counts = np.array([[1, 1]] * 15 + [[0, 1]] * 5 + [[0, 0]] * 9, float)
    assert proportion(counts) == Measure(0.75, *wilson(15, 20), 20)


def test_a_proportion_of_several_cases_a_paper_has_the_bootstrap() -> None:
    found = proportion(np.array([[2, 2], [0, 2]] * 10, float))
    assert found.value == 0.5
    assert found.n == 20
    narrow = wilson(20, 40)
    assert found.low is not None
    assert found.high is not None
    assert found.low < narrow[0] < narrow[1] < found.high


def test_all_right_is_not_certain() -> None:
    found = proportion(np.array([[2, 2]] * 20, float))
    assert found == Measure(1.0, pytest.approx(1 - unseen(20)), 1.0, 20)
    assert estimate(np.array([[1, 1, 1]] * 20, float), f1, moved_f1).low == pytest.approx(0.912, abs=5e-4)
    assert estimate(np.array([[0, 1, 1]] * 20, float), f1, moved_f1).high == pytest.approx(0.2775, abs=5e-4)


def test_without_a_case_nothing_is_said() -> None:
    assert proportion(np.zeros((4, 2))) == NOTHING
    assert estimate(np.zeros((4, 3)), f1, moved_f1) == NOTHING
    assert estimate(np.array([[1.0, 0, 0, 0]] * 9), kappa, moved_kappa) == Measure(None, None, None, 9)


def test_the_mean_of_two_proportions() -> None:
    """Both at 1 of 20: each may be 0.161 lower, and so the mean by that over the root of two."""
    one = Measure(1.0, *wilson(20, 20), 20)
    mean = mean_of_two(one, one)
    assert mean == Measure(1.0, pytest.approx(1 - 0.1611 / 2**0.5, abs=5e-5), 1.0, 40)
    assert mean_of_two(one, NOTHING) == Measure(None, None, None, 20)


def cells(number: int, yes: float, recall: float, specificity: float) -> tuple[Numbers, Numbers]:
    """Chances of the table (yes and yes, yes and no, no and yes, no and no), and 300 samples of papers in it."""
    chances = np.array([yes * recall, yes * (1 - recall), (1 - yes) * (1 - specificity), (1 - yes) * specificity])
    rng = np.random.default_rng(1)
    return chances, np.eye(4)[rng.choice(4, p=chances, size=(300, number))]


BOTH_TRUE_GIVEN = np.array([[1.0, 1, 1], [0, 1, 0], [0, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize("number", [20, 80])
@pytest.mark.parametrize("chances", [(0.7, 0.95, 0.9), (0.3, 0.8, 0.9)])
def test_coverage_of_f1_and_kappa(number: int, chances: tuple[float, float, float]) -> None:
    table, samples = cells(number, *chances)
    for columns, score, moved in ((BOTH_TRUE_GIVEN, f1, moved_f1), (np.eye(4), kappa, moved_kappa)):
        truth = float(score(table @ columns))
        found = [estimate(sample @ columns, score, moved, draws=500) for sample in samples]
        covered = [m.low <= truth <= m.high for m in found if m.low is not None and m.high is not None]
        assert len(covered) > 290
        assert np.mean(covered) >= 0.93


@pytest.mark.parametrize(("number", "kinds", "least"), [(80, 3, 0.93), (40, 40, 0.9), (80, 100, 0.93)])
def test_coverage_of_a_macro_mean(number: int, kinds: int, least: float) -> None:
    """Of the mean over kinds in a sample of as many papers. Kinds seen once make it hard: 90 % at 40 papers."""
    rng = np.random.default_rng(2)
    common = 1 / np.arange(1, kinds + 1)
    true, other = rng.choice(kinds, p=common / common.sum(), size=(2, 150, number))
    given = np.where(rng.random((150, number)) < 0.8, true, other)
    unit = np.eye(kinds)
    found = [
        estimate(np.stack([unit[t] * unit[g], unit[t], unit[g]], -1).reshape(number, -1), macro_f1, moved_f1, True, 500)
        for t, g in zip(true, given, strict=True)
    ]
    truth = np.mean([m.value for m in found if m.value is not None])
    covered = [m.low <= truth <= m.high for m in found if m.low is not None and m.high is not None]
    assert np.mean(covered) >= least
