"""How many calls are under way at once: as many as the provider carries, found while calling.

After each round of calls the window grows, at first twofold, and shrinks by half of the share of calls that the
provider turned away (DCTCP's rule: Alizadeh et al., SIGCOMM 2010). Where answers take three times as long as they did
at best, the server queues them, and more at once would not be faster.
"""

import asyncio
from collections import deque

FIRST = 16  # calls at once in the first round
MOST = 64

_GROWTH = 1.05  # per round once the provider has turned a call away
_KEPT = 0.7  # weight of the rounds before in the share of calls turned away
_QUEUEING, _CLOGGED = 3.0, 6.0  # times the best seconds per token of an answer
_FIXED = 40  # tokens whose time a call takes besides its answer


class Pace:
    """A window of calls; enter it with `async with` around each call, then say how the call went."""

    def __init__(self, most: int = MOST, first: int = FIRST) -> None:
        self.most = most
        self.window = float(min(first, most))
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._starting = True
        self._share = 0.0  # of calls that were turned away
        self._best = float("inf")  # seconds per token
        self._done = self._crowded = 0
        self._seconds = self._tokens = 0.0

    async def __aenter__(self) -> "Pace":
        if self.in_flight >= int(self.window) or self._waiting:
            await self._turn()
        else:
            self.in_flight += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self.in_flight -= 1
        self._admit()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.in_flight -= 1
                self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and self.in_flight < int(self.window):
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_flight += 1
                turn.set_result(None)

    def answered(self, seconds: float, tokens: int) -> None:
        """A call took so long and gave an answer of so many tokens."""
        self._seconds += seconds
        self._tokens += _FIXED + tokens
        self._count(0)

    def crowded(self) -> None:
        """The provider turned a call away, or let it wait for too long."""
        self._count(1)

    def _count(self, crowded: int) -> None:
        self._done += 1
        self._crowded += crowded
        if self._done >= int(self.window):
            self._end_round()

    def _end_round(self) -> None:
        share = self._crowded / self._done
        self._share = _KEPT * self._share + (1 - _KEPT) * share
        self._starting = self._starting and not share
        grown = self.window * self._growth() + (0 if self._starting else 1)
        self.window = min(max(grown * (1 - self._share / 2), 1.0), float(self.most))
        self._done = self._crowded = 0
        self._seconds = self._tokens = 0.0
        self._admit()

    def _growth(self) -> float:
        if self._tokens:
            pace = self._seconds / self._tokens
            self._best = min(self._best, pace)
            if pace > _QUEUEING * self._best:
                self._starting = False
                return 0.9 if pace > _CLOGGED * self._best else 1.0
        return 2.0 if self._starting else _GROWTH
