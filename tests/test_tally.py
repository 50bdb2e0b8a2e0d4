"""The numbers of an evaluation, computed once."""

from pathlib import Path

import labelling
import pytest
from evaluated import SKILLS, results

from program.answers import STAGES
from ptmreuse.evaluation.judged import Cell, Result
from ptmreuse.evaluation.tally import Tally, tally


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    papers = labelling.papers(tmp_path_factory.mktemp("papers"), "test", train=0, val=0, test=12)
    return tally(results(papers, {Cell("embedded", "zero-shot"): 0.7}), papers)


def test_every_view_and_stage_has_its_measures(one: Tally) -> None:
    assert one.cells == ["zero-shot · embedded"]
    assert one.views == ["isolated", "end-to-end"]
    assert one.stages("isolated") == list(STAGES)
    assert one.of("zero-shot · embedded", "isolated", "uses_deep_learning")["accuracy"].n == 12
    assert one.of("nobody", "isolated", "uses_deep_learning") == {}
    assert one.comparisons == ()


def test_wholly_right_papers_are_those_without_an_error(one: Tally) -> None:
    items = one.results[0].judged["end-to-end"]
    wrong = {item.paper for item in items if not item.right}
    right = one.wholly_right["zero-shot · embedded"]
    assert right.value == (12 - len(wrong)) / 12
    assert right.low is not None and right.high is not None
    assert right.low < right.value < right.high
    assert {failure.paper for failure in one.failures if failure.view == "end-to-end"} == wrong


def test_one_view_and_two_stages(tmp_path: Path) -> None:
    papers = labelling.papers(tmp_path, "test", train=0, val=0, test=8)
    (full,) = results(papers, {next(iter(SKILLS)): 0.5})
    items = [item for item in full.judged["isolated"] if item.stage in STAGES[:2]]
    part = tally([Result(full.cell, {"isolated": items}, {"isolated": full.costs["isolated"]})], papers)
    assert part.views == ["isolated"]
    assert part.stages("isolated") == list(STAGES[:2])
    assert part.began == part.wholly_right == {}
    assert part.failures
