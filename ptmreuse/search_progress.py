"""What a compile shows while it works: a live line on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dspy.utils.callback import BaseCallback
from rich.console import Console
from rich.live import Live

from ptmreuse.meter import Meter

_PLAIN_SECONDS = 10.0  # between plain lines
_MOMENT = 0.2  # seconds between redraws on a terminal


class SearchProgress(BaseCallback):
    """Shows how far a compile is: a DSPy callback, told of every call; and of every candidate by `tried`."""

    def __init__(self, console: Console, meter: Meter) -> None:
        self.console, self._meter = console, meter
        self._stage = ""
        self._before = self._best = 0.0
        self._number = self._candidates = 0
        self._total = self._left = 0  # calls, estimated: in all, and of the stages to come
        self._began = self._shown = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def running(self, stages: dict[str, int]) -> Iterator[None]:
        """Show progress inside the block through the stages with their estimated numbers of calls."""
        self._stages, self._total = stages, sum(stages.values())
        self._began = self._shown = time.monotonic()
        if not self.console.is_terminal:
            yield
            return
        with Live("", console=self.console, auto_refresh=False, transient=True, redirect_stdout=False) as self._live:
            yield
        self._live = None

    def begins(self, stage: str) -> None:
        """A stage begins."""
        self._stage, self._candidates = stage, 0
        self._number = [*self._stages].index(stage) + 1
        done = sum(calls for name, calls in list(self._stages.items())[: self._number - 1])
        self._total = self._meter.calls + sum(self._stages.values()) - done  # estimates of what is over are put right
        self._show()

    def tried(self, accuracy: float) -> None:
        """A candidate of the stage was scored on val; the first one is zero-shot."""
        if not self._candidates:
            self._before = self._best = accuracy
        self._best = max(self._best, accuracy)
        self._candidates += 1
        self._show()

    def ends(self) -> None:
        """The stage is compiled: its line stays."""
        self.console.print(self.line(), highlight=False, markup=False)

    def line(self) -> str:
        """All in one line: stage, calls, rate, remaining time, best score so far, cost."""
        calls, seconds = self._meter.calls, max(time.monotonic() - self._began, 1e-3)
        parts = [
            f"{self._stage} ({self._number} of {len(self._stages)})",
            f"{calls:,} of about {max(self._total, calls):,} calls",
            f"{calls / seconds:,.1f}/s",
        ]
        if 0 < calls < self._total:
            parts.append(f"{_clock((self._total - calls) * seconds / calls)} left")
        if self._candidates:
            parts.append(f"candidate {self._candidates} · best on val {self._best:.3f}, zero-shot {self._before:.3f}")
        if self._meter.usd:
            parts.append(f"${self._meter.usd:,.2f}")
        return " · ".join(parts)

    def on_lm_end(self, call_id: str, outputs: Any, exception: BaseException | None = None) -> None:
        """DSPy's hook after a call."""
        del call_id, outputs, exception
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if self._live and now - self._shown > _MOMENT:
            self._live.update(self.line(), refresh=True)
            self._shown = now
        elif not self._live and now - self._shown > _PLAIN_SECONDS:
            self.console.print(self.line(), highlight=False, markup=False)
            self._shown = now


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
