"""Prevalences and accuracy as tables."""

from pathlib import Path

import pandas as pd
from ledgers import NEITHER, ONLY_DEEP, one, reuse, wrote
from surveyed import label

from ptmreuse.evaluation.sheet import frame, markdown
from ptmreuse.reporting.estimate_sheets import estimate_sheets
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
    assert estimate_sheets(estimated(results(wrote(tmp_path)))) == []
