import pytest
from surveyed import label, papers

from ptmreuse.reporting.cross_checks import PPI, ROGAN_GLADEN, cross_checks
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.prevalence import prevalences


def labels(chances: bool) -> list[HandLabel]:
    """Half of 40 said to reuse, a third of 60 deep learning, a tenth of 900 neither; some of each are wrong."""
    groups = ((0, 20, 4, "deep", 0.5), (40, 20, 2, "reuse", 1 / 3), (100, 90, 1, "reuse", 0.1))
    right = {0: "reuse", 40: "deep", 100: "neither"}
    return [
        label(n, wrong if n < first + errors else right[first], chance=chance if chances else None)
        for first, number, errors, wrong, chance in groups
        for n in range(first, first + number)
    ]


@pytest.mark.parametrize("chances", [True, False])
def test_both_agree_with_the_default(chances: bool) -> None:
    """40 at 0.8, 60 at 0.1, 900 at 1/90 of 1,000: 0.048 for all three."""
    frame = papers(reuse=40, deep=60, neither=900)
    found = [each for each in cross_checks(frame, labels(chances)) if each.stage == "reuses_ptm"]
    default = next(p for p in prevalences(frame, labels(chances)) if p.stage == "reuses_ptm")
    assert [each.method for each in found] == [PPI, ROGAN_GLADEN]
    assert default.corrected == pytest.approx(0.048)
    for each in found:
        assert each.corrected == pytest.approx(0.048)
        assert 0 <= (each.low or 0) < 0.048 < (each.high or 0) < 0.1
        assert (each.raw, each.low_bound, each.high_bound) == (default.raw, default.low_bound, default.high_bound)


def test_without_enough_labels_there_is_nothing_to_check() -> None:
    assert cross_checks(papers(reuse=40, deep=60, neither=900), labels(True)[:30]) == []


def test_unresolved_papers_without_labels_are_left_out() -> None:
    found = cross_checks(papers(reuse=40, deep=60, neither=900, open=100), labels(True))
    assert [each.corrected for each in found if each.stage == "reuses_ptm"] == pytest.approx([0.048, 0.048])
