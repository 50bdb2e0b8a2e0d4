"""What one run says of each paper: the same values as papers.csv has."""

from pathlib import Path

import pytest
from ledgers import (
    DEEP,
    KEY,
    LOST,
    NAMES,
    NEITHER,
    ONLY_DEEP,
    PATTERN,
    REUSE,
    STEP,
    answered_by_embedded,
    one,
    reuse,
    wrote,
)
from papers import corpus

from program.answers import Answer, unresolved
from ptmreuse.ledger import Ledger
from ptmreuse.reporting.keys import ledger_of
from ptmreuse.reporting.record import YES_NO, Told, record
from ptmreuse.tables import papers_table


def told(folder: Path, *answers: Answer) -> Told:
    return record(wrote(folder, [(one(1), answers)])).papers[0]


@pytest.mark.parametrize(
    ("answers", "first", "second", "third"),
    [
        ((), "", "", ""),
        (NEITHER, "no", "no", ""),
        (ONLY_DEEP, "yes", "no", ""),
        (LOST, "yes", "unresolved", ""),
        ((unresolved(DEEP, "unparsable"),), "unresolved", "unresolved", ""),
        (ONLY_DEEP[:1], "yes", "", ""),
        (reuse(), "yes", "yes", "yes"),
    ],
)
def test_values(tmp_path: Path, answers: tuple[Answer, ...], first: str, second: str, third: str) -> None:
    assert [told(tmp_path, *answers).value(stage) for stage in (DEEP, REUSE, NAMES)] == [first, second, third]


def test_models_with_their_patterns_and_step(tmp_path: Path) -> None:
    paper = told(tmp_path, *reuse(("U-Net", "deployment;adaptation", "test"), ("BERT", "conceptual", "analysis")))
    assert paper.models == ("U-Net", "BERT")
    assert paper.values_of(PATTERN, "U-Net") == ("adaptation", "deployment")
    assert paper.values_of(STEP, "BERT") == ("analysis",)
    assert paper.values_of(STEP, "ResNet-50") == ()


def test_duplicates_are_counted_and_unreadable_ones_are_papers(tmp_path: Path) -> None:
    run = record(wrote(tmp_path, [(one(1), NEITHER)], unreadable=["bad.xml"], duplicates={"twin.xml": "in/1.xml"}))
    assert (len(run.papers), run.duplicates, run.unreadable) == (2, 1, 1)
    bad = run.papers[1]
    assert (bad.source, bad.readable, bad.value(DEEP), bad.value(REUSE), bad.value(NAMES)) == (
        "bad.xml", False, "unresolved", "unresolved", "",
    )  # fmt: skip
    assert str(tmp_path) in run.words
    assert KEY.lm in run.words


def test_calls_are_those_of_the_answer_that_counts(tmp_path: Path) -> None:
    wrote(tmp_path, [(one(1), NEITHER)], attempts=3)
    assert record(tmp_path).papers[0].calls == {DEEP: 3}
    wrote(tmp_path, [(one(1), NEITHER)])
    assert record(tmp_path).papers[0].calls == {DEEP: 1}


def test_two_sources_of_one_text_are_one_paper(tmp_path: Path) -> None:
    run = record(wrote(tmp_path, [(one(1), NEITHER), (one(1, source="in/again.xml"), NEITHER)]))
    assert (len(run.papers), run.duplicates) == (1, 1)


def test_a_real_run_has_the_values_of_its_table(tmp_path: Path) -> None:
    run = record(answered_by_embedded(corpus(tmp_path / "in"), tmp_path / "out"))
    with Ledger(ledger_of(run.run)) as ledger:
        table = papers_table(ledger, run.asked.key)
    kept = table[table["reason"] != "duplicate"]
    assert [[t.source, *map(t.value, YES_NO)] for t in run.papers] == kept[["source", *YES_NO]].to_numpy().tolist()
