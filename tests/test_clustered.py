"""Intervals of shares of instances: as wide as the papers make them."""

import numpy as np
import pandas as pd
import pytest

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.reporting.clustered import measure_of, shares

VALUES = ("a", "b")


def instances(*papers: str, group: str = "g") -> pd.DataFrame:
    """One paper for each string, one instance for each letter of it."""
    rows = [(f"{n}.xml", group, letter) for n, letters in enumerate(papers) for letter in letters]
    return pd.DataFrame(rows, columns=["source", "group", "value"])


def test_papers_with_one_instance_each_are_as_good_as_a_plain_share() -> None:
    found = shares(instances(*"aaaabbbbbbbbbbbbbbbb"), VALUES)["g", "a"]
    assert (found.value, found.n) == (0.2, 20)
    low, high = wilson(4, 20)
    assert found.low == pytest.approx(low, abs=0.005)
    assert found.high == pytest.approx(high, abs=0.02)


def test_papers_that_repeat_themselves_tell_nothing_more() -> None:
    once = shares(instances(*"aaaabbbbbbbb"), VALUES)["g", "a"]
    often = shares(instances(*["aaaaa"] * 4, *["bbbbb"] * 8), VALUES)["g", "a"]
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize(("letters", "value"), [("a", 1.0), ("b", 0.0)])
def test_where_all_are_alike_a_paper_is_one_case(letters: str, value: float) -> None:
    found = shares(instances(*[letters * 6] * 5), VALUES)["g", "a"]
    assert (found.value, found.low, found.high, found.n) == (value, *wilson(5 * value, 5), 5)


def test_what_is_not_known_does_not_count() -> None:
    found = shares(instances("ab", "aX", "X"), VALUES)
    assert (found["g", "a"].value, found["g", "a"].n) == (pytest.approx(2 / 3), 2)
    assert measure_of(found, "none", "a").value is None
    assert not shares(instances("X"), VALUES)


def test_groups_are_apart() -> None:
    both = pd.concat([instances("a", "a"), instances("b", "b", group="h")])
    found = shares(both, VALUES)
    assert (found["g", "a"].value, found["h", "a"].value) == (1.0, 0.0)


def test_intervals_cover_the_share_where_papers_agree_with_themselves() -> None:
    rng, studies = np.random.default_rng(0), 300
    chance = rng.beta(0.6, 1.4, size=studies * 60)  # papers differ: their mean is 0.3
    sizes = rng.integers(1, 6, size=chance.size)
    paper = np.repeat(np.arange(chance.size), sizes)
    told = np.where(rng.random(paper.size) < chance[paper], "a", "b")
    table = pd.DataFrame({"source": paper, "group": (paper // 60).astype(str), "value": told})
    found = [each for (_, value), each in shares(table, VALUES).items() if value == "a"]
    plain = [wilson(round(each.value * 180), 180) for each in found if each.value is not None]  # as if not clustered
    assert np.mean([low <= 0.3 <= high for low, high in plain]) < 0.9
    assert np.mean([each.low <= 0.3 <= each.high for each in found if each.low and each.high]) >= 0.93
