"""What a run shows while it works: a live line on a terminal, a plain line now and then elsewhere."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

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


class UnderWay(Protocol):
    """What is known of the calls under way."""

    @property
    def in_flight(self) -> int:
        """How many there are."""

    @property
    def is_down(self) -> bool:
        """Whether they are held back because a provider is down."""


class Progress:
    """Counts what a run does and shows it on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.usd: float | None = None  # where the LM says what it costs
        self.total: int | None = None
        self._under_way: UnderWay | None = None
        self._began = self._shown = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def running(self, total: int | None) -> Iterator[None]:
        """Show progress towards `total` documents (None when it is not known) inside the block."""
        self.total, self._began = total, time.monotonic()
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
        of = f" of {self.total:,}" if self.total is not None else ""
        parts = [f"{self.done:,}{of} papers", f"{rate:,.1f}/s"]
        if self.total is not None and rate > 0 and self.done < self.total:
            parts.append(f"{clock((self.total - self.done) / rate)} left")
        if calls := self._under_way:
            parts.append("provider down, waiting" if calls.is_down else f"{calls.in_flight} in flight")
        parts += [f"{self.counts[name]:,} {shown}" for name, shown in _SHOWN.items() if self.counts[name]]
        parts += [f"{reason} {number:,}" for reason, number in self.reasons.most_common(3)]
        parts += [f"{number:,} times {kind}" for kind, number in self.errors.most_common(4)]
        return " · ".join(parts if self.usd is None else [*parts, self._spent(self.usd)])

    def _spent(self, usd: float) -> str:
        """US dollars so far and, while there are papers left, those that all will have cost."""
        asked = self.counts["answered"]
        if self.total is None or not asked or self.done >= self.total:
            return f"${usd:,.2f}"
        return f"${usd:,.2f} of about ${usd / asked * (asked + self.total - self.done):,.2f}"

    @contextmanager
    def watching(self, under_way: UnderWay) -> Iterator[None]:
        """Show the calls under way inside the block, too."""
        self._under_way = under_way
        try:
            yield
        finally:
            self._under_way = None

    async def beat(self) -> None:
        """Show progress in an event loop now and then, while nothing is done as well."""
        while True:
            await asyncio.sleep(_MOMENT)
            self._show()

    def say(self, told: str) -> None:
        """Print a line of its own."""
        self.console.print(told, highlight=False, soft_wrap=True)

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
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if self._live and now - self._shown > _MOMENT:
            self._live.update(self.line(), refresh=True)
            self._shown = now
        elif not self._live and now - self._shown > _PLAIN_SECONDS:
            self.console.print(self.line(), highlight=False)
            self._shown = now


def clock(seconds: float) -> str:
    """Seconds as hours, minutes and seconds."""
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
