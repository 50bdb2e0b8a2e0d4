"""The end of a run for a person."""

import io
import re
from pathlib import Path

from papers import paper
from rich.console import Console
from test_tables import KEY, NAMES, PATTERNS, STEPS, YES_1, YES_2, answered

from program.answers import Answer, no, unresolved
from ptmreuse.ledger import DocumentRow, Ledger, Row
from ptmreuse.summary import _ROWS, show
from ptmreuse.tables import models_table, papers_table


def shown(ledger: Ledger) -> str:
    file = io.StringIO()
    show(papers_table(ledger, KEY), models_table(ledger, KEY), Console(file=file, width=120))
    return re.sub(r"[ │┃]+", " ", file.getvalue())


def test_numbers_of_every_kind(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l") as ledger:
        answered(ledger, YES_1, YES_2, NAMES, PATTERNS, STEPS)
        for n, answer in enumerate((no("uses_deep_learning"), unresolved("uses_deep_learning", "x"))):
            other = paper(f"Sentence {n}.", source=f"{n}.xml")
            ledger.document(DocumentRow(other.source, "1", "read", paper=other), "reader")
            ledger.record(other.text_hash, KEY, [Row(answer)])
        ledger.document(DocumentRow("bad.xml", "1", "malformed"), "reader")
        ledger.document(DocumentRow("twin.xml", "1", "duplicate", duplicate_of="a.xml", paper=paper()), "reader")
        text = shown(ledger)
    for line in (
        "5 papers · 1 duplicates · 1 unreadable",
        "uses deep learning 1 1 2",
        "reuses a PTM 1 1 2",
        "2 models reused in 1 papers · pattern unresolved 1 · step unresolved 1",
        "ResNet-50 adaptation;deployment test 1",
        "Foo unresolved unresolved 1",
    ):
        assert re.search(rf"^ ?{re.escape(line)} ?$", text, re.MULTILINE) or line in text.replace("\n", ""), line


def test_nothing_to_tell(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l") as ledger:
        text = shown(ledger)
    assert "0 papers" in text
    assert "models reused" not in text


def test_many_models_are_cut_with_a_count(tmp_path: Path) -> None:
    findings = tuple(
        NAMES.findings[0].__class__(f"Model {n}", "m", NAMES.findings[0].evidence) for n in range(_ROWS + 3)
    )
    with Ledger(tmp_path / "l") as ledger:
        answered(ledger, YES_1, YES_2, Answer("names_ptms", "yes", findings))
        text = shown(ledger)
    assert "and 3 more in models.csv" in text
