"""Shares of labels in whole numbers: they sum up, keep within the strata, and no other shares are better."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptmreuse.reporting.allocation import allocated

STRATA = st.lists(st.tuples(st.integers(1, 400), st.floats(0.01, 0.5)), min_size=1, max_size=12)


@given(STRATA, st.integers(0, 500), st.integers(1, 6))
def test_they_sum_up_and_keep_within_the_strata(strata: list[tuple[int, float]], more: int, least: int) -> None:
    sizes, spreads = [size for size, _ in strata], [spread for _, spread in strata]
    n = len(sizes) + more
    given = allocated(sizes, spreads, n, least)
    assert sum(given) == min(n, sum(sizes))
    for number, size in zip(given, sizes, strict=True):
        assert min(size, least, n // len(sizes)) <= number <= size


@pytest.mark.parametrize(
    ("sizes", "spreads", "n"),
    [([50, 30, 20], [0.1, 0.3, 0.5], 12), ([60, 5, 9], [0.05, 0.5, 0.4], 17), ([7, 7, 7], [0.2, 0.2, 0.2], 10)],
)
def test_no_other_shares_have_a_smaller_variance(sizes: list[int], spreads: list[float], n: int) -> None:
    def variance(shares: tuple[int, ...]) -> float:
        each = zip(sizes, spreads, shares, strict=True)
        return sum(size**2 * spread**2 * (1 / share - 1 / size) for size, spread, share in each)

    every = [s for s in product(*(range(1, size + 1) for size in sizes)) if sum(s) == n]
    assert variance(tuple(allocated(sizes, spreads, n, least=1))) == pytest.approx(min(map(variance, every)))


def test_neymans_shares_where_nothing_holds_them_back() -> None:
    # 9000 * 0.1 : 1000 * 0.5 : 500 * 0.2 = 9 : 5 : 1
    assert allocated([9000, 1000, 500], [0.1, 0.5, 0.2], 150, least=1) == [90, 50, 10]


def test_a_small_stratum_is_taken_whole_and_the_rest_shared_out() -> None:
    assert allocated([100, 8], [0.1, 0.5], 50, least=1) == [42, 8]
    assert allocated([1_000, 8], [0.1, 0.5], 900, least=1) == [892, 8]


@pytest.mark.parametrize(("n", "expected"), [(3, [1, 1, 1]), (7, [3, 2, 2]), (100, [9, 2, 6])])
def test_few_and_too_many(n: int, expected: list[int]) -> None:
    assert allocated([9, 2, 6], [0.4, 0.1, 0.1], n) == expected


def test_fewer_than_strata_are_refused() -> None:
    with pytest.raises(ValueError, match="2 papers for 3 strata"):
        allocated([9, 2, 6], [0.1] * 3, 2)
    assert allocated([], [], 5) == []
