"""What a run shows while it works: a live line on a terminal, a plain line now and then elsewhere."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from ptmreuse.ledger import Row

_PLAIN_SECONDS = 10.0  # between plain lines
_MOMENT = 0.2  # seconds between redraws on a terminal
_SHOWN = {
    "skipped": "finished before",
    "duplicate": "duplicates",
    "unreadable": "unreadable",
    "screened": "screened out",
    "unresolved": "unresolved answers",
}


class Progress:
    """Counts what a run does and shows it on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.usd: float | None = None  # where the LM says what it costs
        self._total: int | None = None
        self._began = self._shown = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def running(self, total: int | None) -> Iterator[None]:
        """Show progress towards `total` documents (None when it is not known) inside the block."""
        self._total, self._began = total, time.monotonic()
        try:
            if self.console.is_terminal:
                with Live(self.line(), console=self.console, auto_refresh=False, transient=True) as self._live:
                    yield
            else:
                yield
        finally:
            self._live = None
            self.console.print(self.line(), highlight=False)

    @property
    def done(self) -> int:
        """Documents that need nothing more."""
        return sum(self.counts[name] for name in ("answered", "screened", "unreadable", "duplicate", "skipped"))

    def line(self) -> str:
        """All in one line: papers, rate, remaining time, what went wrong, cost so far."""
        seconds = max(time.monotonic() - self._began, 1e-3)
        rate = (self.done - self.counts["skipped"]) / seconds
        of = f" of {self._total:,}" if self._total is not None else ""
        parts = [f"{self.done:,}{of} papers", f"{rate:,.1f}/s"]
        if self._total is not None and rate > 0 and self.done < self._total:
            parts.append(f"{_clock((self._total - self.done) / rate)} left")
        parts += [f"{self.counts[name]:,} {shown}" for name, shown in _SHOWN.items() if self.counts[name]]
        parts += [f"{reason} {number:,}" for reason, number in self.reasons.most_common(3)]
        return " · ".join(parts if self.usd is None else [*parts, f"${self.usd:,.2f}"])

    def failed(self, kind: str) -> None:
        """An attempt of a call failed in such a way."""
        self.errors[kind] += 1

    def skipped(self) -> None:
        """A document that an earlier run finished."""
        self._count("skipped")

    def duplicate(self) -> None:
        """A document that is another one again."""
        self._count("duplicate")

    def screened(self) -> None:
        """A paper that a screen kept from the LM."""
        self._count("screened")

    def unreadable(self, reason: str) -> None:
        """A document that gives no paper."""
        self.reasons[reason] += 1
        self._count("unreadable")

    def answered(self, rows: list[Row]) -> None:
        """A paper with its new answers."""
        for row in rows:
            if row.usd is not None:
                self.usd = (self.usd or 0.0) + row.usd
            if row.answer.value == "unresolved":
                self.counts["unresolved"] += 1
                self.reasons[row.answer.reason] += 1
        self._count("answered")

    def _count(self, name: str) -> None:
        self.counts[name] += 1
        now = time.monotonic()
        if self._live and now - self._shown > _MOMENT:
            self._live.update(self.line(), refresh=True)
            self._shown = now
        elif not self._live and now - self._shown > _PLAIN_SECONDS:
            self.console.print(self.line(), highlight=False)
            self._shown = now


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
