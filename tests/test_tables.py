"""The tables: what each kind of document and answer looks like in them."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from papers import paper

from program.answers import Answer, Finding, no, unresolved
from program.evidence import Evidence
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.tables import MODEL_COLUMNS, PAPER_COLUMNS, models_table, papers_table, write_tables

KEY = Key("program", "lm")
PAPER = paper(doi="10.1/a")


def evidence(quote: str) -> Evidence:
    return Evidence(quote, "Methods", "/*[1]", 0, len(quote))


def found(model: str = "", value: str = "", quote: str = "") -> Finding:
    return Finding(model, value, evidence(quote), "") if quote else Finding(model, value, None, "evidence_not_found")


YES_1 = Answer("uses_deep_learning", "yes", (found(quote="We trained."),))
YES_2 = Answer("reuses_ptm", "yes", (found(quote="We reused."),))
NAMES = Answer(
    "names_ptms", "yes", (found("ResNet-50", "ResNet50", "a, b"), found("Foo", "foo", "f"), found("U-Net", "Unet"))
)
PATTERNS = Answer(
    "reuse_pattern",
    "yes",
    (found("ResNet-50", "adaptation", "p"), found("ResNet-50", "deployment", "q"), found("Foo", "conceptual")),
)
STEPS = Answer("science_step", "yes", (found("ResNet-50", "test", "s"), Finding("Foo", "", None, "not_answered")))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def answered(ledger: Ledger, *answers: Answer) -> dict[str, object]:
    ledger.document(DocumentRow(PAPER.source, "1", "read", paper=PAPER, tokens=10), "reader")
    ledger.record(PAPER.text_hash, KEY, [Row(answer) for answer in answers])
    return dict(papers_table(ledger, KEY).iloc[0])


@pytest.mark.parametrize(
    ("answers", "first", "second", "models", "reason"),
    [
        ((), "", "", pd.NA, ""),
        ((no("uses_deep_learning"),), "no", "no", 0, ""),
        ((unresolved("uses_deep_learning", "x"),), "unresolved", "unresolved", pd.NA, "uses_deep_learning: x"),
        ((YES_1,), "yes", "", pd.NA, ""),
        ((YES_1, no("reuses_ptm")), "yes", "no", 0, ""),
        ((YES_1, unresolved("reuses_ptm", "x")), "yes", "unresolved", pd.NA, "reuses_ptm: x"),
        ((YES_1, YES_2), "yes", "yes", pd.NA, ""),
        ((YES_1, YES_2, unresolved("names_ptms", "x")), "yes", "yes", pd.NA, "names_ptms: x"),
        ((YES_1, YES_2, NAMES), "yes", "yes", 2, "names_ptms: evidence_not_found"),
    ],
)
def test_answers_of_a_paper(
    ledger: Ledger, answers: tuple[Answer, ...], first: str, second: str, models: object, reason: str
) -> None:
    row = answered(ledger, *answers)
    assert (row["uses_deep_learning"], row["reuses_ptm"], row["reason"]) == (first, second, reason)
    assert row["n_models"] is models if models is pd.NA else row["n_models"] == models
    assert row["uses_deep_learning_quote"] == ("We trained." if first == "yes" else "")
    assert row["uses_deep_learning_place"] == ("Methods · /*[1] · 0-11" if first == "yes" else "")


def test_papers_that_are_not_answered(ledger: Ledger) -> None:
    ledger.document(DocumentRow("bad.xml", "1", "malformed", "bad.xml: truncated; fetch it again"), "reader")
    ledger.document(DocumentRow("twin.xml", "1", "duplicate", duplicate_of="a.xml", paper=PAPER), "reader")
    bad, twin = (row for _, row in papers_table(ledger, KEY).iterrows())
    assert (bad["uses_deep_learning"], bad["reuses_ptm"], bad["reason"]) == ("unresolved", "unresolved", "malformed")
    assert (bad["detail"], bad["title"]) == ("bad.xml: truncated; fetch it again", "")
    assert (twin["uses_deep_learning"], twin["reuses_ptm"], twin["reason"]) == ("", "", "duplicate")
    assert (twin["duplicate_of"], twin["doi"], twin["year"]) == ("a.xml", "10.1/a", 2022)
    assert models_table(ledger, KEY).empty


def test_models(ledger: Ledger) -> None:
    answered(ledger, YES_1, YES_2, NAMES, PATTERNS, STEPS)
    table = models_table(ledger, KEY).set_index("model")
    assert list(table.index) == ["ResNet-50", "Foo"]
    resnet, foo = table.loc["ResNet-50"], table.loc["Foo"]
    assert (resnet["family"], resnet["in_catalogue"], resnet["mention"]) == ("ResNet", True, "ResNet50")
    assert (resnet["pattern"], resnet["step"], resnet["reason"]) == ("adaptation;deployment", "test", "")
    assert (resnet["mention_quote"], resnet["pattern_quote"], resnet["step_quote"]) == ("a, b", "p | q", "s")
    assert resnet["pattern_place"] == "Methods · /*[1] · 0-1 | Methods · /*[1] · 0-1"
    assert not foo["in_catalogue"]
    assert (foo["pattern"], foo["step"]) == ("unresolved", "unresolved")
    assert foo["reason"] == "reuse_pattern: evidence_not_found; science_step: not_answered"


def test_stages_that_failed_or_were_not_asked(ledger: Ledger) -> None:
    answered(ledger, YES_1, YES_2, NAMES, unresolved("reuse_pattern", "provider_error"))
    for _, row in models_table(ledger, KEY).iterrows():
        assert (row["pattern"], row["step"], row["reason"]) == ("unresolved", "", "reuse_pattern: provider_error")


def test_another_lm_has_no_answers_of_this_one(ledger: Ledger) -> None:
    answered(ledger, YES_1, YES_2, NAMES)
    other = Key("program", "other")
    assert list(papers_table(ledger, other)["uses_deep_learning"]) == [""]
    assert models_table(ledger, other).empty


def test_an_empty_run_has_the_same_columns_and_types(ledger: Ledger, tmp_path: Path) -> None:
    empty = papers_table(ledger, KEY), models_table(ledger, KEY)
    answered(ledger, YES_1, YES_2, NAMES, PATTERNS, STEPS)
    full = papers_table(ledger, KEY), models_table(ledger, KEY)
    for some, none, columns in zip(full, empty, (PAPER_COLUMNS, MODEL_COLUMNS), strict=True):
        assert list(none.columns) == columns
        assert (none.dtypes == some.dtypes).all()
    for path in write_tables(*empty, tmp_path):
        back = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        assert back.empty
        assert list(back.columns) in (PAPER_COLUMNS, MODEL_COLUMNS)


def test_both_formats_hold_the_same(ledger: Ledger, tmp_path: Path) -> None:
    answered(ledger, YES_1, YES_2, NAMES, PATTERNS, STEPS)
    papers, models = papers_table(ledger, KEY), models_table(ledger, KEY)
    paths = write_tables(papers, models, tmp_path)
    assert [path.name for path in paths] == ["papers.csv", "papers.parquet", "models.csv", "models.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(paths[1]), papers)
    pd.testing.assert_frame_equal(pd.read_parquet(paths[3]), models)
    for csv, table in ((paths[0], papers), (paths[2], models)):
        back = pd.read_csv(csv, dtype="str", keep_default_na=False)
        assert back["source"].tolist() == table["source"].tolist()
        assert list(back.columns) == list(table.columns)


def test_a_table_that_can_not_be_written_is_a_systemic_fault(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "models.csv").mkdir()
    with pytest.raises(SystemicError, match=r"models\.csv: can't be written .* the answers are in the ledger"):
        write_tables(papers_table(ledger, KEY), models_table(ledger, KEY), tmp_path)
