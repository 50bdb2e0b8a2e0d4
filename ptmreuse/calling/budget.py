"""What a run may spend: each call sets aside what it costs at most, and none is made that could go over the limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ptmreuse.meter import BudgetReached


@dataclass(slots=True)
class Spending:
    """Of one call: set aside for it at first, then what it took. `usd` counts 0 where the price is not known."""

    usd: float
    tokens: int


class Budget:
    """Limits over all LMs of a run, in US dollars and in tokens of prompts and answers; None is no limit."""

    def __init__(self, max_usd: float | None = None, max_tokens: int | None = None) -> None:
        self.max_usd, self.max_tokens = max_usd, max_tokens
        self.usd, self.tokens = 0.0, 0
        self.is_reached = False
        self._under_way: list[Spending] = []
        self._settled = asyncio.Event()

    @asynccontextmanager
    async def spending(self, usd: float, tokens: int) -> AsyncIterator[Spending]:
        """Around a call that costs so much at most; the block writes down what it did cost.

        It waits while calls under way could use the limit up. Raises BudgetReached.
        """
        while self._under_way and not self.is_reached and self._is_over(usd, tokens):
            await self._settled.wait()
        self.is_reached = self.is_reached or self._is_over(usd, tokens)
        if self.is_reached:
            raise BudgetReached
        call = Spending(usd, tokens)
        self._under_way.append(call)
        try:
            yield call
        finally:
            self._settle(call)

    def _settle(self, call: Spending) -> None:
        self._under_way = [each for each in self._under_way if each is not call]
        self.usd += call.usd
        self.tokens += call.tokens
        self._settled.set()
        self._settled = asyncio.Event()

    def _is_over(self, usd: float, tokens: int) -> bool:
        usd += self.usd + sum(call.usd for call in self._under_way)
        tokens += self.tokens + sum(call.tokens for call in self._under_way)
        return (self.max_usd is not None and usd > self.max_usd) or (
            self.max_tokens is not None and tokens > self.max_tokens
        )
