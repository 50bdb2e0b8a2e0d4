"""A run beside the published study."""

from pathlib import Path

import pytest
from ledgers import LOST, NEITHER, one, reuse, wrote
from study import study as made_up

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.sheet import Sheet, words
from ptmreuse.reporting.estimated import estimated
from ptmreuse.reporting.results import results
from ptmreuse.reporting.study import Share, difference, study_sheets


def sheets(run: Path) -> dict[str, Sheet]:
    found = results(run)
    return {sheet.name: sheet for sheet in study_sheets(found, estimated(found))}


def row(sheet: Sheet, name: str) -> list[str]:
    return next([words(value) for value in row] for row in sheet.rows if row[0] == name)


def test_the_share_as_the_study_counts_and_of_known_answers(tmp_path: Path) -> None:
    answers = [reuse()] * 2 + [NEITHER] * 6 + [LOST] * 2
    told = sheets(wrote(tmp_path, [(one(n), a) for n, a in enumerate(answers)], unreadable=["z.xml"]))
    study = told["study"]
    assert row(study, "papers that reuse, yes among all read")[1:4] == [
        "3.60 % (3.34 to 3.89 %)", "20.0 %", "5.67 to 51.0 %",
    ]  # fmt: skip
    assert row(study, "papers that reuse, yes among yes and no")[2] == "25.0 %"
    assert row(study, "papers that reuse, corrected by labels")[2:] == ["–", "", "–", ""]
    assert row(study, "instances that are adaptation")[1:3] == ["70.29 %", "100 %"]
    assert row(study, "instances for the step test")[1] == "not known"


def test_models_of_both(tmp_path: Path) -> None:
    told = sheets(wrote(tmp_path, [(one(1), reuse()), (one(2), reuse(("BirdNET", "deployment", "test")))]))
    models = told["study_models"]
    assert [row[0] for row in models.rows] == ["AlexNet", "AlphaFold 2", "VGG-16", "ResNet-50", "AlphaFold", "BirdNET"]
    assert row(models, "ResNet-50")[1:5] == ["18", "2.85 % (1.81 to 4.46 %)", "1", "50.0 %"]
    assert row(models, "AlexNet")[3:5] == ["0", "0 %"]
    assert row(models, "BirdNET")[1:4] == ["–", "not in its five", "1"]


def test_what_leads(tmp_path: Path) -> None:
    run = made_up(tmp_path, 300)
    found = results(run, run / "works.jsonl")
    leaders = study_sheets(found, estimated(found))[1]
    ours = {str(row[0]): str(row[2]) for row in leaders.rows}
    assert ours["papers"] == "300 read"
    assert ours["field with most reusing papers"].startswith("Biochemistry, Genetics and Molecular Biology (")
    assert ours["most frequent pattern"].startswith("adaptation (")


def test_nothing_to_compare(tmp_path: Path) -> None:
    assert sheets(wrote(tmp_path, unreadable=["z.xml"])) == {}


def test_a_difference_is_newcombes() -> None:
    """The first example of Newcombe 1998: 56/70 and 48/80, difference .2000, limits .0524 and .3339."""
    found = difference(Share(56 / 70, *wilson(56, 70)), Share(48 / 80, *wilson(48, 80)))
    assert found is not None
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert difference(Share(0.5, 0.4, 0.6), Share(0.7)) is None
