"""What a grid shows while it is filled: a live line on a terminal, a plain line now and then elsewhere."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from ptmreuse.evaluation.judged import Cell
from ptmreuse.ledger import Row
from ptmreuse.meter import Meter

_PLAIN_SECONDS = 10.0  # between plain lines
_MOMENT = 0.2  # seconds between redraws on a terminal


class GridProgress:
    """Counts the papers of every cell, from whatever thread, and shows how far the grid is."""

    def __init__(self, console: Console, meter: Meter, cells: int, papers: int) -> None:
        self.console = console
        self._meter, self._cells, self._papers = meter, cells, papers
        self._before = meter.calls  # of papers of another source
        self._cell = ""
        self._number = self._done = self._asked = self._failed = 0
        self._is_new = threading.local()
        self._lock = threading.Lock()
        self._began = self._shown = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show progress inside the block; the last line stays."""
        self._began = self._shown = time.monotonic()
        try:
            if self.console.is_terminal:
                with Live("", console=self.console, auto_refresh=False, transient=True, redirect_stdout=False) as live:
                    self._live = live
                    yield
            else:
                yield
        finally:
            self._live = None
            self.console.print(self.line(), highlight=False, markup=False, soft_wrap=True)

    def begins(self, cell: Cell) -> None:
        """A cell begins."""
        self._cell, self._number = cell.name, self._number + 1

    def answered(self, row: Row) -> None:
        """An answer came that the ledger did not have, for the paper that this thread is at."""
        self._is_new.value = True
        with self._lock:
            self._failed += row.answer.value == "unresolved"

    def done(self) -> None:
        """A paper of the cell has all its answers."""
        with self._lock:
            self._done += 1
            self._asked += getattr(self._is_new, "value", False)
            self._is_new.value = False
            self._show()

    def line(self) -> str:
        """All in one line: cell, papers of all cells, rate, remaining time, unresolved answers, cost so far."""
        seconds, total = max(time.monotonic() - self._began, 1e-3), self._cells * self._papers
        rate = self._asked / seconds
        parts = [f"{self._done:,} of {total:,} papers in {self._cells} cells"]
        if self._done < total and self._cell:
            parts.insert(0, f"{self._cell} ({self._number} of {self._cells})")
        parts.append(f"{rate:,.1f}/s")
        if rate and self._done < total:
            parts.append(f"{_clock((total - self._done) / rate)} left")
        if known := self._done - self._asked:
            parts.append(f"{known:,} answered before")
        if self._failed:
            parts.append(f"{self._failed:,} unresolved answers")
        if calls := self._meter.calls - self._before:
            parts.append(f"{calls:,} calls")
        return " · ".join([*parts, f"${self._meter.usd:,.2f}"] if self._meter.usd else parts)

    def _show(self) -> None:
        now = time.monotonic()
        if self._live and now - self._shown > _MOMENT:
            self._live.update(self.line(), refresh=True)
            self._shown = now
        elif not self._live and now - self._shown > _PLAIN_SECONDS:
            self.console.print(self.line(), highlight=False, markup=False, soft_wrap=True)
            self._shown = now


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
