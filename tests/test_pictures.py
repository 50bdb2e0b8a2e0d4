"""The figures of a run, and their files."""

from pathlib import Path

import pytest
from ledgers import NEITHER, one, reuse, wrote
from study import study

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.reporting.pictures import (
    adoption,
    drawn,
    flow,
    lag,
    over_years,
    reuse_by_group,
    top_models,
    write_figures,
)
from ptmreuse.reporting.results import Results, results


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = study(tmp_path_factory.mktemp("run"), papers=500)
    return results(folder, folder / "works.jsonl")


def test_every_figure_is_a_png_and_an_svg(tmp_path: Path, run: Results) -> None:
    paths = write_figures(tmp_path / "figures", run)
    names = ["adoption", "flow", "lag", "pattern_by_step", "pattern_by_year", "reuse_by_field", "reuse_by_year",
             "step_by_year", "top_models"]  # fmt: skip
    assert sorted(path.name for path in paths) == sorted(f"{name}.{end}" for name in names for end in ("png", "svg"))
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG" if path.suffix == ".png" else b"<?xml")


def test_panels_show_the_instances_of_known_year(run: Results) -> None:
    made = over_years(run, "pattern")
    assert made
    table = run.instances
    known = table[table["year"].notna() & ~table["pattern"].isin(["", "unresolved"])]
    bars = [bar.get_height() for axis in made.figure.axes for bar in axis.patches]  # type: ignore[attr-defined]
    assert sum(bars) == len(known)
    assert f"; {len(table) - len(known):,} of unknown" in made.caption


def test_lags_are_of_models_in_the_catalogue(tmp_path: Path) -> None:
    models = (("ResNet-50", "adaptation", "test"), ("BarleyNet", "adaptation", "test"))
    made = lag(results(wrote(tmp_path, [(one(1, year=2022), reuse(*models))])))
    assert made
    assert made.figure.axes[0].get_xlabel().endswith("1 of unknown year left out")
    assert [bar.get_height() for bar in made.figure.axes[0].patches] == [1]  # type: ignore[attr-defined]


def test_curves_of_chosen_models_by_any_of_their_names(run: Results) -> None:
    made = adoption(run, ["resnet50", "AlphaFold v2"])
    assert made
    assert {text.get_text() for text in made.figure.axes[0].texts} == {"AlphaFold 2", "ResNet-50"}
    with pytest.raises(UsageError, match="no paper of the run reuses it"):
        adoption(run, ["WaveNet"])
    with pytest.raises(UsageError, match="at most 6 curves"):
        adoption(run, ["ResNet-50"] * 7)


def test_without_a_field_the_subjects_stand_in(tmp_path: Path) -> None:
    found = results(study(tmp_path, papers=60))
    made = reuse_by_group(found)
    assert made
    assert made.name == "reuse_by_subject"
    assert {label.get_text() for label in made.figure.axes[0].get_yticklabels()} <= {
        "Biology", "Ecology", "Genetics", "Imaging",
    }  # fmt: skip


@pytest.mark.parametrize("answered", [[], [(one(1), NEITHER)]])
def test_where_nothing_is_reused_the_figures_of_reuse_are_left_out(tmp_path: Path, answered: list[object]) -> None:
    found = results(wrote(tmp_path, answered))  # type: ignore[arg-type]
    assert top_models(found) is None
    assert {each.name for each in drawn(found)} <= {"flow", "reuse_by_year"}


def test_the_same_run_gives_the_same_files(run: Results) -> None:
    first, again = ([each.svg for each in (top_models(run), flow(run)) if each] for _ in range(2))
    assert first == again
    assert len(first) == 2


def test_a_disk_that_refuses_is_told(tmp_path: Path, run: Results) -> None:
    (tmp_path / "figures").write_text("a file")
    with pytest.raises(SystemicError, match="can't be written"):
        write_figures(tmp_path / "figures", run)
