"""A provider that is down for a while: calls wait, one asks now and then whether it is back, until patience ends."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ptmreuse.calling.retries import BACKOFF
from ptmreuse.errors import SystemicError

PATIENCE = 600.0  # seconds
NEVER_THERE = 30.0  # seconds, of a provider that has not answered once: an address is wrong more often than not

_LONGEST = 60  # times the backoff of a call, between two attempts


class Outage:
    """Failures in a row over all calls of an LM. Times are in seconds; `patience` of None takes the two above."""

    def __init__(
        self,
        patience: float | None = None,
        backoff: float = BACKOFF,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given, self._sleep, self._clock = patience, sleep, clock
        self._failed = 0
        self._since = 0.0
        self._callers: set[int] = set()
        self._first, self._longest = 2 * backoff, _LONGEST * backoff
        self._pause = self._first
        self._was_there = False
        self._trying = False
        self._changed = asyncio.Event()
        self._down = False

    @property
    def is_down(self) -> bool:
        """Whether calls are held back."""
        return self._down

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Around a call: it waits while the provider is down, unless it is the one that asks whether it still is."""
        while self._down and self._trying:
            await self._changed.wait()
        if not self._down:
            yield
            return
        self._trying = True
        try:
            await self._sleep(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret hangs on it
            self._pause = min(self._pause * 2, self._longest)
            yield
        finally:
            self._trying = False
            self._tell()

    def answered(self) -> None:
        """A call was answered, if only by a refusal: the provider is there."""
        self._failed, self._pause, self._was_there = 0, self._first, True
        self._callers.clear()
        if self._down:
            self._down = False
            self._tell()

    def failed(self, told: str, caller: int, at_once: int, *, was_there: bool) -> None:
        """A call failed, of so many at once, with a response or without one. Raises SystemicError when patience ends.

        That one call fails again and again is no outage: the fault may be in what it asks.
        """
        now = self._clock()
        self._was_there = self._was_there or was_there
        self._callers.add(caller)
        self._since = self._since if self._failed else now
        self._failed += 1
        is_general = len(self._callers) > 1 or not self._was_there
        self._down = self._down or (is_general and self._failed >= max(4, min(at_once, 16)))
        patience = self._given or (PATIENCE if self._was_there else NEVER_THERE)
        if self._down and now - self._since >= patience:
            advice = "see that it can be reached, then run again to resume; --give-up-after SECONDS waits longer"
            raise SystemicError(f"the LM has failed every call for {now - self._since:,.0f} seconds ({told}); {advice}")

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
