"""The page of `ptmreuse diff`: escaped, without scripts, and not longer than a browser likes."""

from pathlib import Path

import pytest
from ledgers import NEITHER, OTHER, found, one, reuse, wrote, yes

from ptmreuse.reporting import diff_page
from ptmreuse.reporting.comparison import Comparison, compared, sheets
from ptmreuse.reporting.diff_page import html
from ptmreuse.reporting.record import record

EVIL = "</style><script>alert(1)</script>"


def comparison(folder: Path, number: int) -> Comparison:
    answers = (yes("uses_deep_learning", found(quote=f"{EVIL} & so on")), *reuse()[1:])
    wrote(folder / "a", [(one(n, title=f"{EVIL} {n}"), answers) for n in range(number)])
    wrote(folder / "b", [(one(n), NEITHER) for n in range(number)], key=OTHER)
    return compared(record(folder / "a"), record(folder / "b"))


def test_both_quotes_are_on_it_and_nothing_runs(tmp_path: Path) -> None:
    compares = comparison(tmp_path, 2)
    page = html(compares, sheets(compares))
    assert "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count("<article") == 2
    assert page.count("<b>B: no</b>") == 4  # of two stages each
    assert "How far the runs agree" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_left_out_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_page, "MOST", 2)
    compares = comparison(tmp_path, 5)
    page = html(compares, [])
    assert page.count("<article") == 2
    assert "The first 2 of 5; all of them are in changes.csv." in page


def test_no_change(tmp_path: Path) -> None:
    assert "<p>None.</p>" in html(comparison(tmp_path, 0), [])
