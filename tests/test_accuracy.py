import pytest
from surveyed import label, models, papers

from ptmreuse.reporting.accuracy import TOO_FEW, Accuracy, accuracies
from ptmreuse.reporting.hand_labels import HandLabel


def one(found: list[Accuracy], stage: str, measure: str, value: str = "") -> Accuracy:
    return next(a for a in found if (a.stage, a.measure, a.value) == (stage, measure, value))


def labels() -> list[HandLabel]:
    """10 of 20 said to reuse, 8 rightly; 10 of 30 said not to, 1 wrongly; 10 of 150 without deep learning, rightly."""
    told = [label(n, "reuse" if n < 8 else "deep") for n in range(10)]
    told += [label(n, "reuse" if n == 20 else "deep") for n in range(20, 30)]
    return told + [label(n, "neither") for n in range(50, 60)]


def test_weighted_by_the_papers_that_labels_stand_for() -> None:
    """Truly yes: 16 of the 20 and 3 of the 30, so sensitivity is 16/19 and not the 8/9 of the labels."""
    found = accuracies(papers(reuse=20, deep=30, neither=150), labels())
    sensitivity, specificity = (one(found, "reuses_ptm", each) for each in ("sensitivity", "specificity"))
    assert sensitivity.estimate == pytest.approx(16 / 19)
    assert specificity.estimate == pytest.approx(177 / 181)
    assert (sensitivity.n_labels, specificity.n_labels) == (9, 21)
    for each in (sensitivity, specificity):
        assert 0 <= (each.low or 0) < (each.estimate or 0) < (each.high or 0) <= 1


def test_all_labelled_and_right() -> None:
    told = [label(n, kind) for n, kind in enumerate(["reuse"] * 6 + ["deep"] * 6 + ["neither"] * 6)]
    found = accuracies(papers(reuse=6, deep=6, neither=6), told)
    assert [(each.estimate, each.low, each.high) for each in found] == [(1.0, 1.0, 1.0)] * 4


def test_unresolved_is_not_right() -> None:
    """Of 12 papers that reuse, 6 are unresolved."""
    told = [label(n, kind) for n, kind in enumerate(["reuse"] * 6 + ["deep"] * 6 + ["reuse"] * 6)]
    found = accuracies(papers(reuse=6, deep=6, open=6), told)
    assert one(found, "reuses_ptm", "sensitivity").estimate == pytest.approx(0.5)


def test_of_patterns_from_the_first_stage_on() -> None:
    """Six adapt; the machine misses the reuse of one and takes another for deployment."""
    told = [label(n, "reuse", "adaptation" if n < 5 else "deployment") for n in range(10)]
    told += [label(10, "reuse", "adaptation"), *(label(n, "deep") for n in range(11, 16))]
    said = models((n, "adaptation" if n < 4 else "deployment", "test") for n in range(10))
    found = accuracies(papers(reuse=10, deep=6), told, said)
    assert one(found, "reuse_pattern", "sensitivity", "adaptation").estimate == pytest.approx(4 / 6)
    assert one(found, "reuse_pattern", "specificity", "adaptation").estimate == pytest.approx(1)


@pytest.mark.parametrize(("told", "note"), [([], TOO_FEW), (["neither"] * 10, "no label is truly yes")])
def test_no_figure(told: list[str], note: str) -> None:
    found = accuracies(papers(neither=10), [label(n, kind) for n, kind in enumerate(told)])
    sensitivity = one(found, "reuses_ptm", "sensitivity")
    assert (sensitivity.estimate, sensitivity.note) == (None, note)
