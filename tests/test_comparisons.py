from dataclasses import replace

import numpy as np
import pytest
from predictions import PATTERNS, STEPS, models, names, yes_no

from ptmreuse.errors import UsageError
from ptmreuse.evaluation.comparisons import Comparison, comparisons
from ptmreuse.evaluation.judged import Cell, Judged, Result
from ptmreuse.evaluation.paired import holm, mcnemar, tango

A, B = Cell("embedded", "compiled"), Cell("embedded", "zero-shot")


def result(cell: Cell, isolated: list[Judged]) -> Result:
    return Result(cell, {"isolated": isolated}, {})


def compared(one: list[Judged], other: list[Judged]) -> dict[tuple[str, str], Comparison]:
    return {(each.stage, each.statistic): each for each in comparisons([result(A, one), result(B, other)])}


def hits(*right: bool, stage: str = "reuses_ptm") -> list[Judged]:
    """One true yes per paper, given as yes or as no."""
    return [
        Judged(f"p{at:03}", stage, frozenset({"yes"}), frozenset({"yes" if each else "no"}))
        for at, each in enumerate(right)
    ]


def everything(seed: int, skill: float = 0.7) -> list[Judged]:
    """All five stages of forty papers."""
    stages = [yes_no(40, seed, skill, stage) for stage in ("uses_deep_learning", "reuses_ptm")]
    per_model = models(80, "reuse_pattern", PATTERNS, seed), models(80, "science_step", STEPS, seed)
    return [item for stage in (*stages, names(40, seed), *per_model) for item in stage]


def test_accuracy_of_a_yes_or_no_is_mcnemar_and_tango() -> None:
    one = hits(*[True] * 60, *[False] * 4, *[True] * 16)
    other = hits(*[True] * 60, *[True] * 4, *[False] * 16)
    found = compared(one, other)["reuses_ptm", "accuracy"]
    assert found.difference == pytest.approx(0.15)
    assert (found.low, found.high) == tango(16, 4, 80)
    assert found.p == mcnemar(16, 4)
    assert found.papers == 80


def test_the_rest_is_the_bootstrap() -> None:
    """The interval of a difference of accuracies is near Tango's, its p near McNemar's."""
    one = hits(*[True] * 60, *[False] * 4, *[True] * 16, stage="science_step")
    other = hits(*[True] * 60, *[True] * 4, *[False] * 16, stage="science_step")
    found = compared(one, other)["science_step", "accuracy"]
    assert found.difference == pytest.approx(0.15)
    assert (found.low, found.high) == pytest.approx(tango(16, 4, 80), abs=0.02)
    assert found.p == pytest.approx(mcnemar(16, 4), abs=0.01)


def test_every_stage_and_the_mean() -> None:
    found = compared(everything(0, 0.85), everything(1, 0.5))
    assert list(found) == [
        ("uses_deep_learning", "accuracy"),
        ("uses_deep_learning", "f1"),
        ("reuses_ptm", "accuracy"),
        ("reuses_ptm", "f1"),
        ("names_ptms", "micro_f1"),
        ("reuse_pattern", "accuracy"),
        ("science_step", "accuracy"),
        ("mean", "accuracy_or_micro_f1"),
    ]
    meant = [each.difference for (stage, statistic), each in found.items() if statistic != "f1" and stage != "mean"]
    assert found["mean", "accuracy_or_micro_f1"].difference == pytest.approx(
        np.mean([d for d in meant if d is not None])
    )
    assert [each.adjusted for each in found.values()] == holm([each.p for each in found.values() if each.p is not None])


def test_the_other_way_round_is_the_other_sign() -> None:
    there, back = compared(everything(0), everything(1)), compared(everything(1), everything(0))
    for key, each in there.items():
        assert each.difference is not None
        assert each.low is not None
        assert back[key].difference == pytest.approx(-each.difference)
        assert back[key].high == pytest.approx(-each.low)
        assert back[key].p == pytest.approx(each.p)


def test_a_cell_and_itself() -> None:
    for each in compared(everything(0), everything(0)).values():
        assert (each.difference, each.p, each.shown) == (0, 1, False)
        assert each.low is not None
        assert each.low < 0


def test_pairs_of_cells_in_each_view_that_both_have() -> None:
    cells = [
        Result(Cell("embedded", name), {"isolated": yes_no(9, seed), "end-to-end": yes_no(9, seed)}, {})
        for seed, name in enumerate("abc")
    ]
    cells.append(result(Cell("embedded", "d"), yes_no(9, 4)))
    cells.append(result(Cell("embedded", "a", 2), yes_no(9, 5)))
    found = comparisons(cells)
    pairs = [(each.view, each.one.program, each.other.program) for each in found if each.statistic == "accuracy"]
    isolated = [("isolated", one, other) for one, other in ("ab", "ac", "ad", "bc", "bd", "cd")]
    assert pairs == [*isolated, *[("end-to-end", one, other) for one, other in ("ab", "ac", "bc")]]


def test_few_papers_are_not_enough() -> None:
    """Four of four better: the bootstrap by itself would be certain."""
    found = compared(hits(*[True] * 4, stage="science_step"), hits(*[False] * 4, stage="science_step"))
    each = found["science_step", "accuracy"]
    assert (each.difference, each.p, each.shown) == (1.0, 0.125, False)


def test_papers_of_only_one_cell_are_refused() -> None:
    with pytest.raises(UsageError, match=r"compiled · embedded and zero-shot · embedded: 1 papers .*p008"):
        comparisons([result(A, hits(*[True] * 9)), result(B, hits(*[True] * 8))])


def test_a_stage_that_only_one_was_asked_about_is_left_out() -> None:
    both = hits(True, False)
    assert list(compared(both + hits(True, True, stage="science_step"), both)) == [
        ("reuses_ptm", "accuracy"),
        ("reuses_ptm", "f1"),
    ]


def test_names_given_by_one_cell_only_count() -> None:
    """End to end a cell may name models in a paper without any: there it has an item that the other lacks."""
    named = Judged("p000", "names_ptms", frozenset({"A"}), frozenset({"A"}))
    wrong = Judged("p001", "names_ptms", frozenset(), frozenset({"B"}))
    found = compared([*hits(True, True), named, wrong], [*hits(True, True), named])["names_ptms", "micro_f1"]
    assert found.difference == pytest.approx(2 / 3 - 1)


def test_what_is_not_defined_is_not_compared() -> None:
    no = [Judged(f"p{at}", "reuses_ptm", frozenset({"no"}), frozenset({"no"})) for at in range(3)]
    found = compared(no, no)["reuses_ptm", "f1"]
    assert (found.difference, found.p, found.adjusted, found.shown) == (None, None, None, False)
    assert "can't be compared" in found.sentence


FOUND = Comparison("isolated", "reuses_ptm", "accuracy", A, B, 78, 0.031, 0.004, 0.058, 0.004, 0.02)
OF = "(reuses_ptm, accuracy, isolated, 78 papers)"
SENTENCES = [
    (
        FOUND,
        f"compiled · embedded is higher than zero-shot · embedded by .031 (.004 to .058), p = .020 after Holm {OF}.",
    ),
    (
        replace(FOUND, difference=-0.031, low=-0.058, high=-0.004, adjusted=0.0001),
        f"zero-shot · embedded is higher than compiled · embedded by .031 (.004 to .058), p <.001 after Holm {OF}.",
    ),
    (
        replace(FOUND, low=-0.01, adjusted=0.3),
        "compiled · embedded and zero-shot · embedded: no difference shown: +.031 (-.010 to +.058), "
        f"p = .300 after Holm {OF}.",
    ),
]


@pytest.mark.parametrize(("comparison", "sentence"), SENTENCES)
def test_in_words(comparison: Comparison, sentence: str) -> None:
    assert comparison.sentence == sentence
