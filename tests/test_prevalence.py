import numpy as np
import pandas as pd
import pytest
from surveyed import label, models, papers

from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.mover import total
from ptmreuse.reporting.prevalence import ALL, ASSUMED, METHOD, UNCORRECTED, Prevalence, in_periods, prevalences
from ptmreuse.reporting.shares import jeffreys, within

# 20 papers 0..19 said to reuse, 30 papers 20..49 deep learning without reuse, 150 papers 50..199 neither.
RUN = {"reuse": 20, "deep": 30, "neither": 150}


def labels(chances: bool = True) -> list[HandLabel]:
    """10 of each answer: of the reuse 2 are wrong, of deep learning 1 reuses, of neither 1 is deep learning."""
    told = [label(n, "reuse" if n < 8 else "deep", chance=0.5) for n in range(10)]
    told += [label(n, "reuse" if n == 20 else "deep", chance=1 / 3) for n in range(20, 30)]
    told += [label(n, "deep" if n == 50 else "neither", chance=1 / 15) for n in range(50, 60)]
    plain = [HandLabel(t.doi, "", t.uses_deep_learning, t.reuses_ptm, t.patterns, t.steps) for t in told]
    return told if chances else plain


def one(found: list[Prevalence], stage: str, stratum: str = ALL, value: str = "") -> Prevalence:
    return next(p for p in found if (p.stage, p.stratum, p.value) == (stage, stratum, value))


def test_without_labels_there_are_the_raw_share_and_its_bounds() -> None:
    found = one(prevalences(papers(reuse=20, deep=30, neither=140, open=10)), "reuses_ptm")
    assert (found.raw, found.low_bound, found.high_bound) == pytest.approx((20 / 190, 0.1, 0.15))
    assert (found.corrected, found.low, found.high, found.method) == (None, None, None, UNCORRECTED)
    assert found.note == "no labels"


@pytest.mark.parametrize("chances", [True, False])
def test_corrected_by_strata(chances: bool) -> None:
    """Reuse: 0.1 of papers at 8 of 10, 0.15 at 1 of 10, 0.75 at 0 of 10."""
    found = one(prevalences(papers(**RUN), labels(chances)), "reuses_ptm")
    shares = np.array([0.1, 0.15, 0.75])
    hits, ten = np.array([8.0, 1.0, 0.0]), np.full(3, 10.0)
    expected = total(within(jeffreys(hits, ten), hits, ten, shares * 200).scaled(shares))
    assert (found.corrected, found.low, found.high) == pytest.approx([float(each) for each in expected])
    assert found.corrected == pytest.approx(0.095)
    assert found.method == METHOD
    assert found.n_labels == 30
    assert found.note == ("" if chances else ASSUMED)


def test_a_miss_of_the_first_stage_counts() -> None:
    """One of 10 papers without deep learning, so the machine, has it: it stands for 15 of 150."""
    found = one(prevalences(papers(**RUN), labels()), "uses_deep_learning")
    assert found.raw == pytest.approx(0.25)
    assert found.corrected == pytest.approx(0.25 + 0.75 * 0.1)


def test_too_few_labels_are_said_and_give_no_figure() -> None:
    few = [each for each in labels() if each.doi not in {f"10.5555/{n}" for n in range(20, 26)}]
    found = one(prevalences(papers(**RUN), few), "reuses_ptm")
    assert (found.corrected, found.method) == (None, UNCORRECTED)
    assert found.note == "too few labels: 4 labels of 30 papers of the answer “deep learning, no reuse”, 5 needed"


def test_groups_have_their_own_figures() -> None:
    found = prevalences(papers(**RUN), labels(), by=("field", "year"))
    assert [(p.by, p.stratum, p.papers) for p in found if p.stage == "reuses_ptm"] == [
        ("", ALL, 200), ("field", "A", 100), ("field", "B", 100), *(("year", str(y), 50) for y in range(2018, 2022)),
    ]  # fmt: skip
    first = one(found, "reuses_ptm", "A")  # its labels 0, 2 ... 8: 4 of 5 right; 20 among 5; none among 5
    assert first.corrected == pytest.approx(0.1 * 0.8 + 0.15 * 0.2)
    assert one(found, "reuses_ptm", "2018").corrected is None


def test_unreadable_papers_and_duplicates() -> None:
    """An unreadable one widens the bounds and is left out of what is corrected; a duplicate does not count."""
    frame = papers(**RUN, open=2)
    frame.loc[200, "reason"] = "malformed"
    frame.loc[201, ["reason", "duplicate_of", "uses_deep_learning", "reuses_ptm"]] = ["duplicate", "in/0.xml", "", ""]
    found = one(prevalences(frame, labels()), "reuses_ptm")
    assert found.papers == 201
    assert found.high_bound == pytest.approx(21 / 201)
    assert found.corrected == pytest.approx(0.095)
    assert found.note == "of the readable papers; 1 unreadable ones are left out"


def test_unresolved_papers_without_labels_open_the_limits() -> None:
    closed, opened = (one(prevalences(papers(**RUN, open=n), labels()), "reuses_ptm") for n in (0, 20))
    assert opened.corrected == pytest.approx(closed.corrected)
    assert opened.high == pytest.approx((closed.high or 0) * 200 / 220 + 20 / 220)
    assert "0 labels of 20 papers of the answer “unresolved”, 5 needed; the limits allow for all" in opened.note


def test_patterns_are_shares_of_the_reusing_papers() -> None:
    """All that reuse and are said to; 8 of 20 adapt, and the machine is right about them."""
    frame = papers(**RUN)
    of = {n: "adaptation" if n < 8 else "deployment" for n in range(20)}
    told = [label(n, "reuse", of[n], 1.0) for n in range(20)]
    told += [label(n, "deep", chance=1.0) for n in range(20, 50)] + [
        label(n, "neither", chance=1.0) for n in range(50, 200)
    ]
    found = prevalences(frame, told, models=models((n, pattern, "test") for n, pattern in of.items()))
    adapted = one(found, "reuse_pattern", value="adaptation")
    assert (adapted.raw, adapted.corrected, adapted.low, adapted.high) == pytest.approx((0.4, 0.4, 0.4, 0.4))
    assert one(found, "science_step", value="test").corrected == pytest.approx(1)


def test_no_label_that_reuses_leaves_a_pattern_without_a_figure() -> None:
    told = [label(n, "neither", chance=0.5) for n in (*range(10), *range(20, 35), *range(50, 125))]
    found = prevalences(papers(**RUN), told, models=models([(0, "adaptation", "test")]))
    pattern = one(found, "reuse_pattern", value="adaptation")
    assert (pattern.corrected, pattern.note) == (None, "no label says it of a paper that reuses a PTM")


def test_labels_that_are_not_in_the_run_are_counted() -> None:
    found = one(prevalences(papers(**RUN), [*labels(), label(999, "reuse", chance=0.5)]), "reuses_ptm")
    assert found.note == "1 labelled papers are not among the run's readable papers"


def test_periods() -> None:
    years = pd.Series([2019, 2020, 2024, None], dtype="Int64")
    assert list(in_periods(years)) == ["2015-2019", "2020-2024", "2020-2024", "year unknown"]
