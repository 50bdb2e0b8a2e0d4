"""The paired bootstrap over papers."""

import pytest

from ptmreuse.gains import gains

PAPERS = [f"p{n}" for n in range(40)]


def test_no_gain_has_no_interval() -> None:
    scores = {"one": dict.fromkeys(PAPERS, 1.0), "two": dict.fromkeys(PAPERS[:3], 0.0)}
    assert {name: (g.mean, g.low, g.high) for name, g in gains(scores, scores).items()} == dict.fromkeys(
        ("one", "two", "mean"), (0.0, 0.0, 0.0)
    )


def test_a_gain_of_one_stage_counts_by_its_share_in_the_mean() -> None:
    before = {"one": dict.fromkeys(PAPERS, 0.0), "two": dict.fromkeys(PAPERS[:20], 0.5)}
    after = {"one": {p: float(n % 2 == 0) for n, p in enumerate(PAPERS)}, "two": before["two"]}
    found = gains(before, after)
    assert found["one"].mean == 0.5
    assert found["mean"].mean == 0.25
    assert 0.3 < found["one"].low < 0.4 < 0.6 < found["one"].high < 0.7
    assert found["mean"].low == pytest.approx(found["one"].low / 2)
    assert gains(before, after) == found


def test_one_paper_among_many_is_no_sure_gain() -> None:
    before = {"one": dict.fromkeys(PAPERS, 0.0)}
    after = {"one": {**before["one"], "p0": 1.0}}
    found = gains(before, after)["mean"]
    assert found.low == 0.0 < found.mean < found.high
