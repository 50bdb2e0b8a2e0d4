import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from ptmreuse.reporting.shares import Estimate, jeffreys, within

COUNTED = [(hits, labels) for labels in (1, 5, 20, 300) for hits in range(1, labels, max(1, labels // 4))]


@pytest.mark.parametrize(("hits", "labels"), COUNTED)
def test_limits_are_those_of_statsmodels(hits: int, labels: int) -> None:
    found = jeffreys(np.array(float(hits)), np.array(float(labels)))
    assert (found.low, found.high) == pytest.approx(proportion_confint(hits, labels, method="jeffreys"), abs=1e-9)
    assert found.value == hits / labels


@pytest.mark.parametrize("labels", [1.0, 5.0, 20.0, 300.0])
def test_none_and_all_reach_the_end(labels: float) -> None:
    none, every = (jeffreys(np.array(hits), np.array(labels)) for hits in (0.0, labels))
    assert (none.low, every.high) == (0, 1)
    assert none.high == pytest.approx(1 - every.low)
    assert none.high == pytest.approx(proportion_confint(0, labels, method="jeffreys")[1])


def test_limits_keep_to_what_the_labels_leave_open() -> None:
    wide = Estimate(np.array(0.5), np.array(0.1), np.array(0.9))
    assert within(wide, *map(np.array, (4.0, 8.0, 10.0))) == pytest.approx((0.5, 0.4, 0.6))


def test_arrays_are_many_shares_at_once() -> None:
    many = jeffreys(np.array([[0.0, 3.0], [7.0, 9.0]]), np.array([[9.0, 9.0], [20.0, 9.0]]))
    one = jeffreys(np.array(7.0), np.array(20.0))
    assert [each[1, 0] for each in many] == pytest.approx([float(each) for each in one])
