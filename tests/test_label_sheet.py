"""The CSV that a person fills in: blind, complete, and read again by what trains and estimates."""

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, answered_by_embedded, one, reuse, wrote
from papers import FIELD, PREDICTED, TUNED, corpus, jats, write

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.reporting import label_sheet
from ptmreuse.reporting.for_estimate import Drawn, design, drawn
from ptmreuse.reporting.hand_labels import hand_labels
from ptmreuse.reporting.label_sheet import (
    FILLED_IN,
    MACHINE_COLUMNS,
    SAMPLE_COLUMNS,
    sample_table,
    strata_path,
    strata_table,
)
from ptmreuse.reporting.record import record
from ptmreuse.reporting.strata import strata
from ptmreuse.trainset import load

UNET = ("U-Net", "conceptual;adaptation", "analysis")


def sampled(folder: Path, show: bool = False) -> pd.DataFrame:
    answered = [NEITHER, ONLY_DEEP, reuse(UNET, ("BERT", "deployment", "test")), LOST]
    run = record(wrote(folder, [(one(n, title=f"A\n title  {n}"), each) for n, each in enumerate(answered)]))
    return sample_table(drawn(design(strata(run.papers), 4, 0), 0), "estimate", show).set_index("source")


def filled_in(path: Path, fill: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """The file as a spreadsheet writes it back."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | fill(row) for row in rows)


def test_it_does_not_tell_what_the_machine_said(tmp_path: Path) -> None:
    table = sampled(tmp_path).reset_index()
    assert sorted(table.columns) == sorted(SAMPLE_COLUMNS)
    assert set(table[FILLED_IN].to_numpy().ravel()) == {""}
    assert sorted(table["stratum"]) == ["s01", "s02", "s03", "s04"]
    assert table["title"].tolist()[0].startswith("A title ")
    assert set(table["split"]) == {"test"}
    assert set(table["file"]) == {""}  # the DOI is enough
    told = " ".join(table.astype(str).to_numpy().ravel()).lower()
    assert "reuse" not in told
    assert "u-net" not in told


def test_answers_are_shown_when_asked_for(tmp_path: Path) -> None:
    table = sampled(tmp_path, show=True)
    assert list(table.columns)[-4:] == MACHINE_COLUMNS
    reused = table.loc["in/2.xml"]
    assert reused["stratum"] == "reuse"
    assert reused["machine_models"] == "U-Net | adaptation + conceptual | analysis; BERT | deployment | test"
    assert table["machine_reuses_ptm"].to_dict() == {
        "in/0.xml": "no", "in/1.xml": "no", "in/2.xml": "yes", "in/3.xml": "unresolved",
    }  # fmt: skip
    assert set(table["reuses_ptm"]) == {""}


def test_what_was_not_drawn_by_chance_has_no_probability(tmp_path: Path) -> None:
    told = record(wrote(tmp_path, [(one(1, doi="", source="all.zip!in/1.xml"), LOST)])).papers[0]
    row = sample_table([Drawn(told, why="doubtful")], "training", show_answers=True).iloc[0]
    assert row["probability"] is pd.NA
    assert (row["stratum"], row["split"], row["machine_doubts"], row["file"]) == ("", "train", "doubtful", "1.xml")
    assert sample_table([], "training").empty


def test_the_key_to_the_codes(tmp_path: Path) -> None:
    run = record(wrote(tmp_path, [(one(n), NEITHER) for n in range(8)]))
    (row,) = strata_table(design(strata(run.papers), 6, 0)).to_dict("records")
    assert row == {
        "stratum": "s01", "answer": "no deep learning", "group": "", "papers": 8, "assumed_reuse": 0.01, "drawn": 6,
        "probability": 0.75,
    }  # fmt: skip
    assert strata_path(tmp_path / "a.b.csv") == tmp_path / "a.b.strata.csv"


@pytest.mark.parametrize("show", [False, True])
def test_filled_in_it_is_a_trainset_and_labels_of_a_sample(tmp_path: Path, show: bool) -> None:
    papers = corpus(tmp_path / "in", 3)
    write(papers / "zz.xml", jats(PREDICTED, FIELD, title="=1+1, “no” DOI"))
    run = record(answered_by_embedded(papers, tmp_path / "out"))
    path = tmp_path / "sample.csv"
    parts = design(strata(run.papers), 4, 0)
    label_sheet.write({path: sample_table(drawn(parts, 0), "estimate", show)})
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")

    def fill(row: dict[str, str]) -> dict[str, str]:
        if row["source"].endswith("001.xml"):
            return {"uses_deep_learning": "no", "reuses_ptm": "no"}
        name, quote = ("ResNet-50", TUNED) if row["source"].endswith("000.xml") else ("AlphaFold 2", PREDICTED)
        models = f"{name} | adaptation + deployment | test"
        return {"uses_deep_learning": "yes", "reuses_ptm": "yes", "models": models, "reuses_ptm_quote": quote}

    filled_in(path, fill)
    loaded = load(str(path), papers=papers)
    assert {each.split for each in loaded} == {"test"}
    assert {Path(each.paper.source).name: each.reuses_ptm for each in loaded} == {
        "000.xml": True, "001.xml": False, "002.xml": True, "zz.xml": True,
    }  # fmt: skip
    labels = {Path(label.source).name: label for label in hand_labels(str(path))}
    assert len(labels) == 4
    assert labels["001.xml"].reuses_ptm is False
    assert labels["zz.xml"].steps == {"test"}
    by_name = {Path(each.told.source).name: each for each in drawn(parts, 0)}
    for name, label in labels.items():
        part = by_name[name].part
        assert part
        assert label.probability == pytest.approx(part.probability)


def test_what_is_not_filled_in_is_told_by_its_line(tmp_path: Path) -> None:
    label_sheet.write({tmp_path / "s.csv": sampled(tmp_path / "run").reset_index()})
    with pytest.raises(UsageError, match="line 2: uses_deep_learning: is missing"):
        load(str(tmp_path / "s.csv"), papers=tmp_path)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    first, second = tmp_path / "new" / "s.csv", tmp_path / "s.csv"
    write(second, b"labels")
    with pytest.raises(UsageError, match=r"s\.csv: is there already and may hold labels"):
        label_sheet.write({first: pd.DataFrame(), second: pd.DataFrame()})
    assert second.read_bytes() == b"labels"
    assert not first.exists()
    with pytest.raises(SystemicError, match=r"x\.csv: can't be written"):
        label_sheet.write({second / "x.csv": pd.DataFrame()})
