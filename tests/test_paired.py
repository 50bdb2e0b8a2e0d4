import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels
from statsmodels.stats.multitest import multipletests

from ptmreuse.evaluation.intervals import unseen, weights
from ptmreuse.evaluation.paired import drawn_interval, drawn_p, holm, mcnemar, tango
from ptmreuse.evaluation.scores import f1


def test_mcnemar_of_two_media() -> None:
    """Armitage and Berry, Statistical Methods in Medical Research: 50 sputa, 12 grew on medium A only, 2 on B only."""
    assert mcnemar(12, 2) == pytest.approx(2 * (1 + 14 + 91) / 2**14)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (1, 0), (0, 6), (5, 5), (12, 2), (86, 150)])
def test_mcnemar_equals_statsmodels_and_scipy(one: int, other: int) -> None:
    assert mcnemar(one, other) == pytest.approx(float(mcnemar_of_statsmodels([[9, one], [other, 9]]).pvalue))
    if one + other:
        assert mcnemar(one, other) == pytest.approx(binomtest(one, one + other).pvalue)


def test_tango_of_a_cross_over_trial() -> None:
    """Tango 1998: 44 pairs of which one succeeded with the second treatment only, -0.023 (-0.118 to 0.059)."""
    assert tango(0, 1, 44) == pytest.approx((-0.118, 0.059), abs=5e-4)


@pytest.mark.parametrize(("one", "other", "cases"), [(0, 1, 44), (12, 2, 50), (3, 0, 20), (20, 0, 20), (4, 4, 80)])
def test_tango_is_the_same_seen_from_the_other_side(one: int, other: int, cases: int) -> None:
    low, high = tango(one, other, cases)
    assert -1 <= low <= (one - other) / cases <= high <= 1
    assert tango(other, one, cases) == pytest.approx((-high, -low))


def test_two_that_never_differ_may_still_differ() -> None:
    assert tango(0, 0, 20) == pytest.approx((-unseen(20), unseen(20)))
    assert drawn_interval(0.0, np.zeros(100), 20) == (-unseen(20), unseen(20))
    assert drawn_interval(1.0, np.ones(100), 20) == (1 - unseen(20), 1.0)


@pytest.mark.parametrize("cases", [20, 80])
def test_coverage_of_tango(cases: int) -> None:
    """Two cells that are right on 90 and 80 % of the papers, independently."""
    rng = np.random.default_rng(0)
    one, other, _ = rng.multinomial(cases, [0.9 * 0.2, 0.1 * 0.8, 0.74], size=400).T
    limits = {pair: tango(*pair, cases) for pair in set(zip(one.tolist(), other.tolist(), strict=True))}
    covered = [limits[pair][0] <= 0.1 <= limits[pair][1] for pair in zip(one.tolist(), other.tolist(), strict=True)]
    assert np.mean(covered) >= 0.93


# Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57, 289: p-values of a trial in 15 endpoints.
ENDPOINTS = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_holm_by_hand() -> None:
    adjusted = holm(ENDPOINTS)
    assert adjusted[:4] == pytest.approx([0.0015, 0.0056, 0.0247, 0.1140])
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@pytest.mark.parametrize("seed", range(5))
def test_holm_equals_statsmodels(seed: int) -> None:
    chances = np.random.default_rng(seed).random(30) ** 3
    assert holm(chances.tolist()) == pytest.approx(multipletests(chances, method="holm")[1])
    assert holm(ENDPOINTS[::-1]) == pytest.approx(multipletests(ENDPOINTS[::-1], method="holm")[1])


@pytest.mark.parametrize(
    ("drawn", "differing", "p"),
    [
        (np.full(999, 0.1), 50, 2 / 1000),  # never below what the draws can say
        (np.full(999, 0.1), 4, 0.125),  # nor below what four papers can say
        (np.zeros(999), 9, 1.0),
        (np.repeat([0.1, -0.1], [979, 20]), 50, 42 / 1000),
        (np.repeat([0.1, 0.0], [979, 20]), 50, 42 / 1000),
        (np.repeat([0.1, np.nan], [979, 20]), 50, 42 / 1000),
        (np.repeat([-0.1, 0.1], [979, 20]), 50, 42 / 1000),
    ],
)
def test_p_of_draws(drawn: np.ndarray, differing: int, p: float) -> None:
    assert drawn_p(drawn, differing) == pytest.approx(p)


def test_interval_of_draws_leaves_out_the_undefined() -> None:
    drawn = np.append(np.linspace(-1, 1, 2001), [np.nan] * 500)
    assert drawn_interval(0.0, drawn, 50) == pytest.approx((-0.95, 0.95))


@pytest.mark.parametrize("papers", [20, 80])
def test_equal_cells_are_seldom_shown_to_differ(papers: int) -> None:
    """Two cells that are right on 85 % of the papers each, by F1: at most 5 % of p are below .05, but for chance."""
    rng = np.random.default_rng(4)
    covered, shown = [], []
    for _ in range(300):
        true = rng.random(papers) < 0.6
        counts = [np.stack([true & given, true, given], axis=1) for given in true ^ (rng.random((2, papers)) < 0.15)]
        one, other = (f1(weights(papers, 500) @ each) for each in counts)
        observed = [float(f1(each.sum(axis=0).astype(float))) for each in counts]
        low, high = drawn_interval(observed[0] - observed[1], one - other, papers)
        covered.append(low <= 0 <= high)
        shown.append(drawn_p(one - other, int((counts[0] != counts[1]).any(axis=1).sum())) < 0.05)
    assert np.mean(covered) >= 0.93
    assert np.mean(shown) <= 0.07
