"""What a screen saved, by the ledger alone."""

from pathlib import Path

import pytest
from papers import FIELD, PREDICTED, TUNED, paper

from program.answers import STAGES, Answer, no
from program.paper import Paper
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.meter import Price
from ptmreuse.savings import Savings, savings
from ptmreuse.screen import SCREENED_OUT

LM, SCREEN, OTHER = Key("p", "paid"), Key("s", "embedded, 0.1"), Key("s", "embedded, 0.2")
PAPERS = [paper(text, source=f"{n}.xml") for n, text in enumerate((TUNED, FIELD, PREDICTED))]
OUT = Row(Answer(STAGES[0], "no", reason=SCREENED_OUT), 1000, 0, usd=0.0)
PAID = Row(no(STAGES[0]), 900, 50, usd=0.1)
FAILED = Row(Answer(STAGES[0], "unresolved", reason="provider_error"), attempts=3)
PRICE = Price(1e-6, 1e-5)


def counted(folder: Path, *rows: tuple[Paper, Key, Row], price: Price | None = PRICE) -> Savings:
    """The savings by a ledger with these rows, and the documents."""
    with Ledger(folder / "ledger.sqlite") as ledger:
        for each in PAPERS:
            ledger.document(DocumentRow(each.source, "x", "read", paper=each), "r")
        for each, key, row in rows:
            ledger.record(each.text_hash, key, [row])
    return savings(folder / "ledger.sqlite", LM, SCREEN, price)


ONE, TWO, THREE = PAPERS
CASES = [
    ([], Savings(0, 3, 0, 0, 0.0)),
    ([(ONE, SCREEN, OUT)], Savings(1, 3, 0, 1000, 1e-3)),
    ([(ONE, SCREEN, OUT), (TWO, LM, PAID)], Savings(1, 3, 1, 1050, 1.5e-3)),
    ([(ONE, SCREEN, OUT), (ONE, SCREEN, OUT)], Savings(1, 3, 0, 1000, 1e-3)),  # asked again: once is enough
    ([(ONE, SCREEN, OUT), (ONE, LM, PAID)], Savings(0, 3, 1, 0, 0.0)),  # the LM was paid before
    ([(ONE, SCREEN, OUT), (ONE, LM, FAILED)], Savings(1, 3, 3, 1000, 1e-3)),
    ([(ONE, OTHER, OUT)], Savings(0, 3, 0, 0, 0.0)),  # another threshold
    ([(paper("Elsewhere.", source="9.xml"), SCREEN, OUT)], Savings(0, 3, 0, 0, 0.0)),  # no document of this folder
]


@pytest.mark.parametrize(("rows", "expected"), CASES)
def test_only_what_the_lm_was_spared_counts(
    tmp_path: Path, rows: list[tuple[Paper, Key, Row]], expected: Savings
) -> None:
    found = counted(tmp_path, *rows)
    assert (found.screened, found.papers, found.calls, found.tokens) == (
        expected.screened,
        expected.papers,
        expected.calls,
        expected.tokens,
    )
    assert found.usd == pytest.approx(expected.usd)


def test_an_unknown_price_is_no_price(tmp_path: Path) -> None:
    assert counted(tmp_path, (ONE, SCREEN, OUT), price=None).usd is None


@pytest.mark.parametrize(
    ("usd", "told"), [(None, "USD unknown"), (0.0123, "$0.0123"), (1234.5, "$1,234.50"), (0.0, "$0.0000")]
)
def test_the_line_says_what_it_is(usd: float | None, told: str) -> None:
    line = Savings(15_000, 17_511, 10_000, 15_000_000, usd).line
    assert line.startswith("Screened out: 15,000 of 17,511 papers · saved at least 15,000 calls, 60% of 25,000 · ")
    assert line.endswith(f"about 15,000,000 tokens · {told}")
    assert "%" not in Savings(0, 0, 0, 0, None).line
