"""What a collection shows while it works: a live line on a terminal, a plain line now and then elsewhere."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from ptmreuse.progress import clock

_PLAIN_SECONDS = 10.0  # between plain lines
_MOMENT = 0.2  # seconds between redraws on a terminal


class Gauge:
    """Counts what is done of something, by how it ended; `noun` is what is counted, `total` None where not known."""

    def __init__(self, console: Console, noun: str, total: int | None = None) -> None:
        self.console, self.noun, self.total = console, noun, total
        self.ends: Counter[str] = Counter()
        self._began = self._shown = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show it inside the block, and once more at its end."""
        try:
            if self.console.is_terminal:
                with Live(self.line(), console=self.console, auto_refresh=False, transient=True) as self._live:
                    yield
            else:
                yield
        finally:
            self._live = None
            self.console.print(self.line(), highlight=False, soft_wrap=True)

    def count(self, end: str) -> None:
        """One more is done."""
        self.ends[end] += 1
        now = time.monotonic()
        if now - self._shown < (_MOMENT if self._live else _PLAIN_SECONDS):
            return
        self._shown = now
        if self._live:
            self._live.update(self.line(), refresh=True)
        else:
            self.console.print(self.line(), highlight=False, soft_wrap=True)

    def line(self) -> str:
        """All in one line: how many of how many, rate, remaining time, how they ended."""
        done = self.ends.total()
        rate = done / max(time.monotonic() - self._began, 1e-3)
        of = f" of {self.total:,}" if self.total is not None else ""
        parts = [f"{done:,}{of} {self.noun}", f"{rate:,.1f}/s"]
        if self.total is not None and 0 < done < self.total:
            parts.append(f"{clock((self.total - done) / rate)} left")
        return " · ".join([*parts, *(f"{name} {number:,}" for name, number in self.ends.most_common(6) if name)])
