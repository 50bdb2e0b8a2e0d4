"""The figures of an evaluation, drawn from its numbers."""

from dataclasses import replace
from pathlib import Path

from evaluated import made

from ptmreuse.evaluation.gallery import drawn, write
from ptmreuse.evaluation.judged import Result


def test_every_figure_as_png_and_svg(tmp_path: Path) -> None:
    several = drawn(made())
    confusions = [f"confusion_{n}_{stage}" for n in range(1, 5) for stage in ("reuse_pattern", "science_step")]
    assert [each.name for each in several] == ["accuracy", "errors_begin", "cost", *confusions]
    paths = write(tmp_path / "new", several[:2])
    names = ("accuracy.png", "accuracy.svg", "errors_begin.png", "errors_begin.svg")
    assert [path.name for path in paths] == list(names)
    assert all(path.stat().st_size > 1000 for path in paths)
    assert "papers wholly right" in several[2].svg


def test_one_cell_has_no_front() -> None:
    assert "cost" not in {each.name for each in drawn(made(cells=1))}


def test_without_the_end_to_end_view() -> None:
    tally = made()
    only = tuple(
        Result(each.cell, {"isolated": each.judged["isolated"]}, {"isolated": each.costs["isolated"]})
        for each in tally.results
    )
    several = {each.name: each for each in drawn(replace(tally, results=only))}
    assert "errors_begin" not in several
    assert "mean accuracy, isolated" in several["cost"].svg


def test_nothing_at_all() -> None:
    assert drawn(replace(made(), results=())) == []
