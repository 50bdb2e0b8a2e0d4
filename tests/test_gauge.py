"""What is told while a collection works."""

import io
import re
import time

import pytest
from rich.console import Console

from ptmreuse.collecting import gauge as module
from ptmreuse.collecting.gauge import Gauge


def test_a_line_has_rate_and_remaining_time() -> None:
    gauge = Gauge(Console(file=io.StringIO()), "texts", 1_000)
    for end in ("full_text", "full_text", "malformed"):
        gauge.count(end)
    time.sleep(0.02)
    assert re.fullmatch(r"3 of 1,000 texts · [\d.,]+/s · \S+( \S+)? left · full_text 2 · malformed 1", gauge.line())


def test_without_a_total_there_is_no_remaining_time() -> None:
    gauge = Gauge(Console(file=io.StringIO()), "papers found")
    gauge.count("new")
    assert "left" not in gauge.line() and "1 papers found" in gauge.line()


def test_plain_lines_come_now_and_then_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PLAIN_SECONDS", 0.0)
    told = io.StringIO()
    gauge = Gauge(Console(file=told, width=200), "texts", 2)
    with gauge.running():
        gauge.count("full_text")
        gauge.count("")
    assert [line.split(" ·")[0] for line in told.getvalue().splitlines()] == [
        "1 of 2 texts",
        "2 of 2 texts",
        "2 of 2 texts",
    ]
