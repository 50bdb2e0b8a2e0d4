import numpy as np
import pytest

from ptmreuse.evaluation.scores import f1, kappa, macro_f1, macro_precision, macro_recall, moved_f1, moved_kappa, ratio

# Cohen's kappa of square tables. Fleiss, Cohen and Everitt 1969, Psychological Bulletin 72, 323: 200 cases by two
# readers in three classes. The second is the two-by-two of most textbooks: agreement .7, by chance .5.
TABLES = [
    ([[106, 10, 4], [22, 28, 10], [2, 12, 6]], 0.429),
    ([[20, 5], [10, 15]], 0.4),
    ([[7, 0], [0, 7]], 1.0),
    ([[0, 7], [7, 0]], -1.0),
    ([[9, 0], [5, 0]], 0.0),
]


@pytest.mark.parametrize(("table", "value"), TABLES)
def test_kappa(table: list[list[float]], value: float) -> None:
    assert kappa(np.array(table, float).reshape(1, -1))[0] == pytest.approx(value, abs=5e-4)


def test_kappa_of_one_and_the_same_answer_is_not_defined() -> None:
    assert np.isnan(kappa(np.array([9.0, 0, 0, 0])))


@pytest.mark.parametrize(("score", "sums"), [(ratio, [0, 0]), (f1, [0, 0, 0]), (macro_f1, [0, 0, 0, 0, 0, 0])])
def test_without_a_case_nothing_is_defined(score: object, sums: list[float]) -> None:
    assert np.isnan(score(np.array(sums, float)))  # type: ignore[operator]


def test_many_draws_at_once_are_each_one() -> None:
    sums = np.random.default_rng(0).integers(1, 9, (40, 9)).astype(float)
    for score in (f1, kappa, macro_f1, macro_precision, macro_recall):
        assert score(sums) == pytest.approx([float(score(row[np.newaxis])[0]) for row in sums])


def test_a_macro_mean_is_over_the_kinds_that_occur() -> None:
    never, missed, invented, half = [0, 0, 0], [0, 3, 0], [0, 0, 3], [1, 2, 2]
    sums = np.array([never + missed + invented + half], float)
    means = [float(score(sums)[0]) for score in (macro_precision, macro_recall, macro_f1)]
    assert means == pytest.approx([0.5 / 3] * 3)


def test_f1_with_a_share_otherwise() -> None:
    """Nineteen of twenty right is F1 2 × 19 / (2 × 19 + 1)."""
    low, high = moved_f1(np.empty(0), 1.0, 1 / 20)
    assert (low, high) == pytest.approx((38 / 39, 1.0))
    assert moved_f1(np.empty(0), 0.0, 1 / 20) == pytest.approx((0.0, 2 / 21))


def test_kappa_with_a_share_otherwise() -> None:
    table = np.array([10.0, 0, 0, 10])
    assert moved_kappa(table, 1.0, 0.1) == pytest.approx((0.8, 1.0))
