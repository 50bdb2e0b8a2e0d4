import numpy as np
import pytest
from scipy.optimize import brentq

from ptmreuse.reporting.mover import share, total
from ptmreuse.reporting.shares import Estimate

FIRST = (0.30, 0.22, 0.41)
OTHER = (0.10, 0.06, 0.19)


def estimate(*limits: float) -> Estimate:
    return Estimate(*map(np.array, limits))


def test_a_sum_adds_distances_in_quadrature() -> None:
    """Zou and Donner's formula for two parts, written out."""
    found = total(Estimate(*(np.array(pair) for pair in zip(FIRST, OTHER, strict=True))))
    assert found.value == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4 - np.sqrt(0.08**2 + 0.04**2))
    assert found.high == pytest.approx(0.4 + np.sqrt(0.11**2 + 0.09**2))


def test_one_part_is_itself_and_normal_parts_stay_normal() -> None:
    one = Estimate(*(np.array([each]) for each in FIRST))
    assert total(one) == pytest.approx(FIRST)
    normal = total(Estimate(np.array([5.0, 7.0]), np.array([2.0, 3.0]), np.array([8.0, 11.0])))
    assert normal == pytest.approx((12.0, 7.0, 17.0))


@pytest.mark.parametrize("correlation", [0.0, -0.4, -1.0])
def test_limits_of_a_share_are_where_the_difference_has_limit_zero(correlation: float) -> None:
    """By search for the root, instead of its closed form."""
    found = share(estimate(*FIRST), estimate(*OTHER), correlation)
    (a, a_low, a_high), (b, b_low, b_high) = FIRST, OTHER

    def limit(s: float, under: float, over: float, sign: int) -> float:
        x, y = (1 - s) * under, s * over
        return (1 - s) * a - s * b + sign * float(np.sqrt(x**2 + y**2 - 2 * correlation * x * y))

    assert found.value == pytest.approx(0.75)
    assert found.low == pytest.approx(brentq(limit, 0, 1, args=(a - a_low, b_high - b, -1)))
    assert found.high == pytest.approx(brentq(limit, 0, 1, args=(a_high - a, b - b_low, 1)))


def test_two_shares_that_make_up_all_have_the_limits_of_the_one() -> None:
    """Where all papers are one or the other, the share is the one's and so are its limits."""
    found = share(estimate(0.7, 0.6, 0.78), estimate(0.3, 0.22, 0.4), -1.0)
    assert found == pytest.approx((0.7, 0.6, 0.78))


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [
        ((0.0, 0.0, 0.1), (0.2, 0.1, 0.3), (0.0, 0.0)),
        ((0.2, 0.1, 0.3), (0.0, 0.0, 0.1), (1.0, 1.0)),
    ],
)
def test_none_and_all(first: tuple[float, ...], other: tuple[float, ...], expected: tuple[float, float]) -> None:
    found = share(estimate(*first), estimate(*other))
    value, end = expected
    assert found.value == value
    assert (found.low if value == 0 else found.high) == pytest.approx(end)
    assert 0 <= found.low < found.high <= 1


def test_nothing_to_share() -> None:
    found = share(estimate(0.0, 0.0, 0.1), estimate(0.0, 0.0, 0.1))
    assert all(np.isnan(each) for each in found)
