"""One table in four forms: the same numbers in each, and nothing of a text taken for a command."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.numerals import SMALL_NOTE
from ptmreuse.evaluation.sheet import Amount, Difference, Sheet, escaped, frame, latex, numeric, show, words

ODD = r"a_b 100 % & $5 #1 {x} \y ~ ^"
SHEET = Sheet(
    "odd",
    "Odd_names & more\n%",
    ("program · LM", "Cohen's κ", "gain", "USD", "papers"),
    (
        (ODD, Measure(0.9375, 0.871, 0.972, 80), Difference(0.1, -0.01, 0.2), Amount(None, "unknown"), 1234),
        ("[bold]b[/bold]", Measure(0.5, 0.1, 0.9, 5), Difference(None, None, None), Amount(1.5, "1.50"), None),
    ),
    "50 % of it.",
)


def printed(*sheets: Sheet, width: int) -> str:
    file = io.StringIO()
    show(sheets, Console(file=file, width=width))
    return file.getvalue()


def test_a_wide_terminal_has_intervals_beside_the_numbers() -> None:
    text = printed(SHEET, width=160)
    assert ".938 (.871 to .972)" in text
    assert ".500† (.100 to .900)" in text
    assert "+.100 (-.010 to +.200)" in text
    assert "[bold]b[/bold]" in text
    assert ODD in text


def test_a_narrow_one_has_them_under_the_numbers() -> None:
    lines = printed(SHEET, width=76).splitlines()
    row = next(n for n, line in enumerate(lines) if ".938" in line)
    assert "(" not in lines[row]
    assert ".871 to .972" in lines[row + 1]
    assert max(map(len, lines)) <= 76


def test_a_note_stands_under_the_first_table_only() -> None:
    text = printed(SHEET, SHEET, width=160)
    assert text.count("50 % of it.") == text.count(SMALL_NOTE) == 1


def test_csv_there_and_back(tmp_path: Path) -> None:
    frame(SHEET).to_csv(tmp_path / "odd.csv", index=False)
    back = pd.read_csv(tmp_path / "odd.csv")
    kappa = [f"cohen_s_kappa{suffix}" for suffix in ("", "_low", "_high", "_n")]
    assert list(back) == ["program_lm", *kappa, "gain", "gain_low", "gain_high", "usd", "papers"]
    assert back[kappa].to_numpy().tolist() == [[0.9375, 0.871, 0.972, 80], [0.5, 0.1, 0.9, 5]]
    assert back["program_lm"].tolist() == [ODD, "[bold]b[/bold]"]
    assert back["usd"].isna().tolist() == [True, False]
    assert back["gain"].isna().tolist() == [False, True]


def test_latex_has_no_character_that_is_a_command() -> None:
    lines = latex(SHEET).splitlines()
    assert lines[0].startswith("% Odd\\_names")
    assert lines[1] == r"\begin{tabular}{lrrrr}"
    body = "\n".join(lines[1:])
    for character in "_%#$":
        unescaped = re.findall(rf"(?<!\\)\{character}", body)
        assert len(unescaped) == (0 if character in "_%#" else 4), character  # $\cdot$ and $\kappa$
    rows = [line for line in lines if line.endswith(r"\\")]
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [4, 4, 4]
    assert body.count("{") - body.count(r"\{") == body.count("}") - body.count(r"\}")
    assert r"\textbackslash{}y" in body


@pytest.mark.parametrize("text", ["plain", "a\nb", "†–·κ<>→"])
def test_escaped_is_one_line_of_ascii(text: str) -> None:
    assert "\n" not in escaped(text)
    assert escaped(text).isascii()


def test_numbers_stand_to_the_right() -> None:
    assert [numeric(SHEET, column) for column in range(5)] == [False, True, True, True, True]
    assert words(SHEET.rows[1][1]) == ".500† (.100 to .900)"
