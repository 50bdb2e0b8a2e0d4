"""What a run shows while it works."""

import io

import pytest
from rich.console import Console

from program.answers import no, unresolved
from ptmreuse.ledger import Row
from ptmreuse.progress import Progress, clock


def shown(*, terminal: bool = False) -> tuple[Progress, io.StringIO]:
    file = io.StringIO()
    return Progress(Console(file=file, force_terminal=terminal, width=200)), file


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(("total", "of"), [(1234, "4 of 1,234 papers"), (None, "4 papers")])
def test_the_last_line_tells_everything(total: int | None, of: str, terminal: bool) -> None:
    progress, file = shown(terminal=terminal)
    with progress.running(total):
        progress.skipped()
        progress.duplicate()
        progress.unreadable("malformed")
        progress.answered([Row(no("uses_deep_learning")), Row(unresolved("reuses_ptm", "unparsable"))])
    line = file.getvalue().splitlines()[-1]
    for part in (
        of,
        "1 finished before",
        "1 duplicates",
        "1 unreadable",
        "1 unresolved answers",
        "malformed 1",
        "unparsable 1",
    ):
        assert part in line
    assert "$" not in line


def test_cost_is_shown_where_it_is_known() -> None:
    progress, _ = shown()
    progress.answered([Row(no("reuses_ptm"), usd=1.25), Row(no("reuses_ptm"))])
    assert progress.line().endswith("$1.25")


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_stopped_run_ends_with_its_line_too(error: type[BaseException], terminal: bool) -> None:
    progress, file = shown(terminal=terminal)
    with pytest.raises(error), progress.running(10):
        progress.skipped()
        raise error
    assert "1 of 10 papers" in file.getvalue().splitlines()[-1]


def test_remaining_time_is_that_of_the_work_left() -> None:
    progress, _ = shown()
    with progress.running(10):
        assert "left" not in progress.line()
        progress.answered([])
        assert "left" in progress.line()


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00:00"), (61.4, "0:01:01"), (3599.6, "1:00:00"), (90061, "25:01:01")]
)
def test_a_clock(seconds: float, told: str) -> None:
    assert clock(seconds) == told
