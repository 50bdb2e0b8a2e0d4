"""The tables of a run: their sums are those of the flow, and every file of them can be read."""

from pathlib import Path

import pandas as pd
import pytest
from ledgers import NEITHER, one, reuse, wrote
from study import study

from ptmreuse.errors import SystemicError
from ptmreuse.evaluation.sheet import Measure, Sheet, frame
from ptmreuse.reporting.results import Results, results
from ptmreuse.reporting.tabulated import SHORT, all_sheets, pattern_by_step, shortened, write_tables


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = study(tmp_path_factory.mktemp("run"), papers=600)
    return results(folder, folder / "works.jsonl")


@pytest.fixture(scope="module")
def sheets(run: Results) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in all_sheets(run)}


def test_there_is_a_table_for_everything(sheets: dict[str, Sheet]) -> None:
    groups = [f"{what}_by_{by}" for what in ("reuse", "deep_learning") for by in ("field", "year", "journal")]
    parts = [
        f"{what}_by_{by}" for what in ("pattern", "pattern_share", "step", "step_share") for by in ("field", "year")
    ]
    others = ["pattern_by_step", "models", "families", "co_reuse", "flow", "metadata"]
    assert sorted(sheets) == sorted(groups + parts + others)


@pytest.mark.parametrize("by", ["field", "year", "journal"])
@pytest.mark.parametrize("stem", ["reuse", "deep_learning"])
def test_groups_of_papers_add_up_to_the_flow(run: Results, sheets: dict[str, Sheet], stem: str, by: str) -> None:
    table = frame(sheets[f"{stem}_by_{by}"]).set_index(by)
    whole = table.loc["all papers"]
    counts = ["papers", "yes", "no", "unresolved", "unreadable", "not_asked"]
    assert table.drop("all papers")[counts].sum().to_dict() == whole[counts].to_dict()
    flow = run.flow
    assert whole["papers"] == flow.found - flow.duplicates
    assert whole["unreadable"] == sum(flow.unreadable.values())
    assert whole["yes"] == flow.gates[0 if stem == "deep_learning" else 1].yes
    assert whole["share_of_yes"] == whole["yes"] / (whole["yes"] + whole["no"])
    assert whole["share_of_yes_n"] == whole["yes"] + whole["no"]


@pytest.mark.parametrize("by", ["field", "year"])
@pytest.mark.parametrize(("column", "opened"), [("pattern", "open_patterns"), ("step", "open_steps")])
def test_groups_of_instances_add_up_to_the_flow(
    run: Results, sheets: dict[str, Sheet], column: str, opened: str, by: str
) -> None:
    table = frame(sheets[f"{column}_by_{by}"]).set_index(by)
    whole = table.loc["all papers"]
    assert table.drop("all papers").sum().to_dict() == whole.to_dict()
    assert whole["unresolved"] == getattr(run.flow, opened)
    assert whole["instances"] == table.loc["all papers"].drop(["papers_with_a_named_model", "instances"]).sum()
    if column == "pattern":
        assert whole["instances"] == run.flow.instances + run.flow.open_patterns


def test_shares_of_a_group_add_up_to_one(sheets: dict[str, Sheet]) -> None:
    for name in ("pattern_share_by_field", "step_share_by_year"):
        for _, *measures in sheets[name].rows:
            values = [each.value for each in measures if isinstance(each, Measure) and each.value is not None]
            assert not values or sum(values) == pytest.approx(1)


def test_patterns_by_steps_are_all_instances(run: Results, sheets: dict[str, Sheet]) -> None:
    table = frame(sheets["pattern_by_step"]).set_index("pattern")
    assert table.loc["all", "all"] == run.flow.instances + run.flow.open_patterns
    assert table.drop("all").drop(columns="all").to_numpy().sum() == table.loc["all", "all"]


def test_the_unit_is_in_the_heading(sheets: dict[str, Sheet]) -> None:
    for sheet in sheets.values():
        assert "papers" in sheet.title or "instances (paper, model, " in sheet.title or sheet.name == "metadata"


def test_a_model_with_two_patterns_is_two_instances(tmp_path: Path) -> None:
    found = results(wrote(tmp_path, [(one(1), reuse(("BERT", "adaptation;deployment", "test")))]))
    table = frame(pattern_by_step(found)).set_index("pattern")
    assert table["test"].to_dict() == {"conceptual": 0, "adaptation": 1, "deployment": 1, "unresolved": 0, "all": 2}


def test_every_table_is_three_files(tmp_path: Path, run: Results, sheets: dict[str, Sheet]) -> None:
    paths = write_tables(tmp_path / "tables", run)
    assert {path.name for path in paths} == {f"{name}.{end}" for name in sheets for end in ("csv", "tex", "md")}
    for name, sheet in sheets.items():
        assert len(pd.read_csv(tmp_path / "tables" / f"{name}.csv")) == len(sheet.rows)
        assert (tmp_path / "tables" / f"{name}.tex").read_text().count(r"\\") == min(len(sheet.rows), SHORT) + 1


def test_long_tables_are_cut_and_say_so() -> None:
    rows = (*((f"model {n}", n) for n in range(80)), ("all papers", 1))
    short = shortened(Sheet("models", "Models: papers", ("model", "papers"), rows, "A note."))
    assert (len(short.rows), short.rows[-1]) == (SHORT + 1, ("all papers", 1))
    assert short.note == f"The first {SHORT} of 80 rows; all are in models.csv. A note."


@pytest.mark.parametrize("answered", [[], [(one(1), NEITHER)]])
def test_a_run_without_reuse_has_tables_too(tmp_path: Path, answered: list[object]) -> None:
    found = results(wrote(tmp_path / "run", answered))  # type: ignore[arg-type]
    assert "flow" in {sheet.name for sheet in all_sheets(found)}
    assert write_tables(tmp_path / "tables", found)


def test_a_disk_that_refuses_is_told(tmp_path: Path, run: Results) -> None:
    (tmp_path / "tables").write_text("a file")
    with pytest.raises(SystemicError, match="can't be written"):
        write_tables(tmp_path / "tables", run)
