import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from ptmreuse.evaluation.intervals import bootstrap, exact, unseen, weights, wilson
from ptmreuse.evaluation.scores import ratio

# Newcombe 1998, Statistics in Medicine 17, 857, table I: hits, cases, Wilson's and Clopper and Pearson's limits.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]
COUNTED = [(hits, cases) for cases in (1, 2, 20, 80, 300) for hits in {0, 1, cases // 3, cases - 1, cases}]


@pytest.mark.parametrize(("hits", "cases", "score", "tail"), NEWCOMBE)
def test_published_limits(hits: int, cases: int, score: tuple[float, float], tail: tuple[float, float]) -> None:
    assert wilson(hits, cases) == pytest.approx(score, abs=5e-5)
    assert exact(hits, cases) == pytest.approx(tail, abs=5e-5)


@pytest.mark.parametrize(("hits", "cases"), COUNTED)
def test_limits_are_those_of_statsmodels(hits: int, cases: int) -> None:
    assert wilson(hits, cases) == pytest.approx(proportion_confint(hits, cases, method="wilson"), abs=1e-9)
    assert exact(hits, cases) == pytest.approx(proportion_confint(hits, cases, method="beta"), abs=1e-9)


@pytest.mark.parametrize(("interval", "mean", "least"), [(wilson, 0.945, 0.83), (exact, 0.95, 0.95)])
@pytest.mark.parametrize("cases", [20, 80])
def test_coverage_of_a_proportion(interval: object, mean: float, least: float, cases: int) -> None:
    """Exact, by adding up the chances of all counts; Wilson's is right on average, the exact one at least 95 %."""
    low, high = np.array([interval(hits, cases) for hits in range(cases + 1)]).T  # type: ignore[operator]
    shares = np.linspace(0.005, 0.995, 199)
    covered = [binom.pmf(np.arange(cases + 1), cases, p)[(low <= p) & (p <= high)].sum() for p in shares]
    assert np.mean(covered) >= mean
    assert np.min(covered) >= least


def test_what_was_never_seen_has_the_limit_of_wilson() -> None:
    assert unseen(20) == pytest.approx(wilson(0, 20)[1])


def test_every_draw_has_as_many_papers() -> None:
    assert (weights(7, 50).sum(axis=1) == 7).all()
    assert weights(7, 50) is weights(7, 50)
    assert not np.array_equal(weights(7, 50), weights(7, 50, seed=1))


def test_papers_are_drawn_not_cases() -> None:
    """Ten cases in each of twenty papers, alike within a paper, say as much as twenty cases."""
    hits = np.repeat([1.0, 0.0], [14, 6])
    one = bootstrap(np.stack([hits, np.ones(20)], axis=1), ratio)
    ten = bootstrap(np.stack([hits * 10, np.full(20, 10.0)], axis=1), ratio)
    assert one == pytest.approx(ten)
    assert one is not None
    assert one[0] <= 0.5 < 0.85 <= one[1]


def test_the_seed_decides() -> None:
    counts = np.random.default_rng(3).integers(0, 5, (30, 2)).cumsum(axis=1).astype(float)
    assert bootstrap(counts, ratio) == bootstrap(counts, ratio)
    assert bootstrap(counts, ratio) != bootstrap(counts, ratio, seed=1)


def test_a_statistic_that_is_never_defined_has_no_interval() -> None:
    assert bootstrap(np.zeros((5, 2)), ratio) is None


def test_draws_in_which_it_is_not_defined_are_left_out() -> None:
    """One paper of five has the only cases: a third of the draws miss it, the rest are certain."""
    counts = np.zeros((5, 2))
    counts[0] = 1, 2
    assert bootstrap(counts, ratio) == (0.5, 0.5)
