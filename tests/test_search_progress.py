"""What a compile shows while it works."""

import io

import pytest
from rich.console import Console

from ptmreuse.meter import Meter, Price
from ptmreuse.search_progress import SearchProgress


def progress(*, terminal: bool) -> tuple[SearchProgress, Meter, io.StringIO]:
    shown = io.StringIO()
    meter = Meter(Price(1e-3, 1e-3))
    return SearchProgress(Console(file=shown, force_terminal=terminal, width=200), meter), meter, shown


def test_the_line_tells_stage_calls_rate_time_left_and_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    shown, meter, _ = progress(terminal=False)
    with shown.running({"reuses_ptm": 100, "names_ptms": 300}):
        shown.begins("reuses_ptm")
        assert shown.line() == "reuses_ptm (1 of 2) · 0 of about 400 calls · 0.0/s"
        now[0], meter.calls, meter.prompt_tokens = 110.0, 50, 1500
        shown.tried(0.5)
        shown.tried(0.75)
        shown.tried(0.6)
        assert shown.line() == (
            "reuses_ptm (1 of 2) · 50 of about 400 calls · 5.0/s · 0:01:10 left · "
            "candidate 3 · best on val 0.750, zero-shot 0.500 · $1.50"
        )
        now[0], meter.calls = 120.0, 120
        shown.begins("names_ptms")
        assert "names_ptms (2 of 2) · 120 of about 420 calls" in shown.line()
        assert "candidate" not in shown.line()


@pytest.mark.parametrize("terminal", [False, True])
def test_lines_stay_when_a_stage_ends(terminal: bool) -> None:
    shown, _, text = progress(terminal=terminal)
    with shown.running({"reuses_ptm": 1}):
        shown.begins("reuses_ptm")
        shown.on_lm_end("1", None)
        shown.tried(1.0)
        shown.ends()
    assert text.getvalue().count("best on val 1.000") >= 1
