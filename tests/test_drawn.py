import numpy as np
import pytest
from predictions import names, yes_no

from ptmreuse.evaluation.drawn import drawn, paired
from ptmreuse.evaluation.intervals import weights
from ptmreuse.evaluation.measures import measures

F1, NAMES = ("reuses_ptm", "f1"), ("names_ptms", "micro_f1")


def test_the_last_draw_is_the_value() -> None:
    items = yes_no(30)
    [cell] = drawn([items], 100, 0)
    assert cell.draws[F1].shape == (101,)
    assert cell.draws[F1][-1] == pytest.approx(measures(items)["f1"].value)
    assert drawn([names(30)], 9, 0)[0].draws[NAMES][-1] == pytest.approx(measures(names(30))["micro_f1"].value)


def test_cells_have_the_same_draws() -> None:
    one, other = drawn([yes_no(30), yes_no(30)], 100, 0)
    assert np.array_equal(one.draws[F1], other.draws[F1], equal_nan=True)
    [difference] = [each for each in paired(one, other) if each.statistic == "f1"]
    assert not np.nan_to_num(difference.drawn).any()
    assert (difference.differing, difference.apart) == (0, (0, 0))


def test_more_draws_than_fit_in_memory_together() -> None:
    """The parts follow each other, and no part comes twice."""
    [cell] = drawn([yes_no(30)], 12_000, 0)
    found = cell.draws["reuses_ptm", "accuracy"]
    right = cell.counts["reuses_ptm", "accuracy"]
    assert found.shape == (12_001,)
    assert not np.array_equal(found[:5_000], found[5_000:10_000])
    sums = weights(30, 2_000, 2) @ right
    assert found[10_000:-1] == pytest.approx(sums[:, 0] / sums[:, 1])


def test_a_paper_without_an_item_counts_nothing() -> None:
    """Papers are those of all cells, whatever the order of their items."""
    one, other = drawn([yes_no(9), yes_no(9)[4::-1]], 10, 0)
    assert one.counts[F1].shape == other.counts[F1].shape
    assert np.array_equal(one.counts[F1][:5], other.counts[F1][:5])
    assert not other.counts[F1][5:].any()


def test_the_mean_is_over_the_stages() -> None:
    cells = drawn([[*yes_no(30), *names(30)], [*yes_no(30, 1), *names(30, 1)]], 200, 0)
    found = {(each.stage, each.statistic): each for each in paired(*cells)}
    accuracy, micro = found["reuses_ptm", "accuracy"], found[NAMES]
    mean = found["mean", "accuracy_or_micro_f1"]
    assert mean.difference == pytest.approx((accuracy.difference + micro.difference) / 2)
    assert mean.drawn == pytest.approx((accuracy.drawn + micro.drawn) / 2)
    assert mean.differing >= max(accuracy.differing, micro.differing)


def test_one_stage_has_no_mean() -> None:
    assert [each.stage for each in paired(*drawn([yes_no(9), yes_no(9, 1)], 10, 0))] == ["reuses_ptm", "reuses_ptm"]


def test_no_cells_and_no_items() -> None:
    assert drawn([], 10, 0) == []
    assert [dict(each.draws) for each in drawn([[], []], 10, 0)] == [{}, {}]
