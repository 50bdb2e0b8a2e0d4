"""Prevalences and accuracy as tables."""

from pathlib import Path

import pandas as pd
from ledgers import NEITHER, ONLY_DEEP, one, reuse, wrote
from surveyed import label

from ptmreuse.evaluation.sheet import frame, markdown
from ptmreuse.reporting.estimate_sheets import estimate_sheets, short_sheet
from ptmreuse.reporting.estimated import estimated
from ptmreuse.reporting.results import Results, results

KINDS = {"reuse": reuse(), "deep": ONLY_DEEP, "neither": NEITHER}


def run_of(folder: Path) -> Results:
    papers = [(one(n, doi=f"10.5555/{n}", year=2014 + n % 10), KINDS[list(KINDS)[n % 3]]) for n in range(60)]
    return results(wrote(folder, papers))


def test_without_labels(tmp_path: Path) -> None:
    whole, period = estimate_sheets(estimated(run_of(tmp_path)))
    assert whole.columns == ("question", "papers", "machine", "open all no", "open all yes")
    assert [row[0] for row in whole.rows][:3] == ["uses deep learning", "reuses a PTM", "pattern conceptual"]
    assert "Uncorrected" in whole.note
    assert period.name == "prevalence_by_period"
    assert {row[1] for row in period.rows} == {"2010-2014", "2015-2019", "2020-2024"}


def test_with_labels(tmp_path: Path) -> None:
    labels = [label(n, list(KINDS)[n % 3], "adaptation" if n % 3 == 0 else "", 1.0) for n in range(60)]
    sheets = {sheet.name: sheet for sheet in estimate_sheets(estimated(run_of(tmp_path), labels))}
    assert list(sheets) == ["prevalence", "prevalence_by_period", "machine_accuracy", "cross_checks"]
    table = frame(sheets["prevalence"]).set_index("question")
    assert table.loc["reuses a PTM", "corrected"] == 1 / 3
    assert table.loc["reuses a PTM", "labels"] == 60
    accuracy = frame(sheets["machine_accuracy"])
    assert set(accuracy["measure"]) == {"sensitivity", "specificity"}
    assert (accuracy["estimate"].dropna() == 1).all()
    assert {"PPI++", "Rogan-Gladen"} == set(frame(sheets["cross_checks"])["method"])
    assert "33.3 %" in markdown(sheets["prevalence"])
    assert isinstance(frame(sheets["cross_checks"]), pd.DataFrame)


def test_nothing_asked(tmp_path: Path) -> None:
    found = estimated(results(wrote(tmp_path)))
    assert estimate_sheets(found) == []
    assert short_sheet(found).rows == ()


def test_what_there_is_to_know_stands_under_the_table_once(tmp_path: Path) -> None:
    found = estimated(run_of(tmp_path), [label(0, "reuse"), label(1, "deep")])
    whole = estimate_sheets(found)[0]
    assert whole.columns[-1] == "labels"
    assert whole.note.count("uses deep learning") == 1
    assert "uses deep learning, reuses a PTM, pattern conceptual" in whole.note
    assert short_sheet(found).rows[1] == ("reuses a PTM", "33.3 %", "33.3 to 33.3 %")


def test_few_columns_for_a_terminal(tmp_path: Path) -> None:
    labels = [label(n, list(KINDS)[n % 3], "adaptation" if n % 3 == 0 else "", 1.0) for n in range(60)]
    sheet = short_sheet(estimated(run_of(tmp_path), labels))
    assert sheet.columns == ("question", "machine", "bounds", "corrected")
    assert sheet.rows[1][3] == "33.3 % (33.3 to 33.3 %)"
