"""Where the actors of a cluster meet: one process holds what is wanted, the limits, the budget and the keys for all."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

from program.answers import Answer
from ptmreuse.calling.budget import Budget, Spending
from ptmreuse.calling.limits import Limits
from ptmreuse.calling.lms import Shared, Terms
from ptmreuse.errors import RunError, SystemicError
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached

Wanted = Mapping[int, Mapping[str, Answer]]

_KEYS = "_API_KEY"
_LIMITS = ("x-ratelimit-", "anthropic-ratelimit-")  # headers that tell of limits
_MOMENT = 1.0  # seconds between looks for callers that are gone


class Till:
    """A Ray actor: what `Limits` and `Budget` do within one process, for many."""

    def __init__(self, terms: Terms, keys: dict[str, str], outfit: Any = None) -> None:
        self._terms, self._keys, self._outfit = terms, keys, outfit
        self._budget = Budget(terms.max_usd, terms.max_tokens)
        self._limits: dict[str, Limits] = {}
        self._open: dict[int, _Reserved] = {}
        self._number = 0
        self._wanted: Wanted = {}
        self._fault = ""

    async def fail(self, fault: str) -> None:
        """Something has come up that would meet every paper; the first one is kept."""
        self._fault = self._fault or fault

    async def fault(self) -> str:
        """What ends the run, "" for nothing. Ray tells of an error of ours only by its traceback."""
        return self._fault

    async def want(self, wanted: Wanted) -> None:
        """A wave begins, in which these papers are to be asked about."""
        self._wanted = wanted

    async def outfit(self) -> Any:
        """What each actor is made from."""
        return self._outfit

    async def wanted(self) -> Wanted:
        """The papers of the wave by number, with what is known of each."""
        return self._wanted

    async def keys(self) -> dict[str, str]:
        """The keys in the environment of the command; they pass from memory to memory."""
        return self._keys

    async def take(self, lm: str, tokens: int, correction: int) -> None:
        """Wait until a request of so many tokens may go; `correction` is what earlier ones took besides."""
        limits = self._of(lm)
        limits.settle(0, correction)
        await limits.take(tokens)

    async def hear(self, lm: str, headers: list[tuple[str, str]]) -> None:
        """Learn from the headers of a response."""
        self._of(lm).hear(headers)

    def _of(self, lm: str) -> Limits:
        if lm not in self._limits:
            self._limits[lm] = Limits(self._terms.rpm, self._terms.tpm)
        return self._limits[lm]

    async def set_aside(self, caller: str, usd: float, tokens: int) -> int | None:
        """Set aside what a call costs at most; its number, or None when the budget is reached."""
        context = self._budget.spending(usd, tokens)
        try:
            spending = await context.__aenter__()
        except BudgetReached:
            return None
        self._number += 1
        self._open[self._number] = _Reserved(caller, context, spending, time.monotonic())
        return self._number

    async def settle(self, number: int, usd: float, tokens: int) -> None:
        """A call has cost so much."""
        if reserved := self._open.pop(number, None):
            reserved.spending.usd, reserved.spending.tokens = usd, tokens
            await reserved.context.__aexit__(None, None, None)

    async def begin(self, caller: str) -> None:
        """A caller starts. One with its name that was killed has left calls: the provider may have charged them."""
        for number in [number for number, reserved in self._open.items() if reserved.caller == caller]:
            spending = self._open[number].spending
            await self.settle(number, spending.usd, spending.tokens)

    async def watch(self) -> None:
        """As long as the run lasts: calls of callers that never came back count as made."""
        patience = 2 * self._terms.timeout + 60
        while True:
            await asyncio.sleep(_MOMENT)
            late = [n for n, reserved in self._open.items() if time.monotonic() - reserved.since > patience]
            for number in late:
                await self.settle(number, self._open[number].spending.usd, self._open[number].spending.tokens)


class _Reserved:
    """What is set aside for a call."""

    def __init__(
        self, caller: str, context: AbstractAsyncContextManager[Spending], spending: Spending, since: float
    ) -> None:
        self.caller, self.context, self.spending, self.since = caller, context, spending, since


@contextmanager
def telling(till: Any) -> Iterator[None]:
    """Within it, what ends the run is told to the till before it is raised."""
    import ray

    try:
        yield
    except RunError as error:
        ray.get(till.fail.remote(str(error)))
        raise


def keys() -> dict[str, str]:
    """The keys in the environment."""
    return {name: value for name, value in os.environ.items() if name.endswith(_KEYS)}


class SharedByAll(Shared):
    """Limits and budget of one caller, held by the till."""

    def __init__(self, terms: Terms, till: Any, caller: str) -> None:
        super().__init__(terms)
        self._till = till
        if terms.max_usd is not None or terms.max_tokens is not None:
            self.budget = _SharedBudget(till, caller)

    def limits(self, choice: LMChoice) -> Limits:
        """What the provider of an LM lets through per minute, for all callers together."""
        return _SharedLimits(self._till, choice.identity, is_limited=bool(self._terms.rpm or self._terms.tpm))


class _SharedBudget(Budget):
    def __init__(self, till: Any, caller: str) -> None:
        super().__init__()
        self._till, self._caller = till, caller

    @asynccontextmanager
    async def spending(self, usd: float, tokens: int) -> AsyncIterator[Spending]:
        """Around a call, as in `Budget`."""
        number = None if self.is_reached else await told(self._till.set_aside.remote(self._caller, usd, tokens))
        if number is None:
            self.is_reached = True
            raise BudgetReached
        call = Spending(usd, tokens)
        try:
            yield call
        finally:
            self._till.settle.remote(number, call.usd, call.tokens)


class _SharedLimits(Limits):
    """It asks the till once there is a limit: given, or heard of."""

    def __init__(self, till: Any, lm: str, *, is_limited: bool) -> None:
        super().__init__()
        self._till, self._lm, self._is_limited = till, lm, is_limited
        self._correction = 0

    async def take(self, tokens: int) -> None:
        """Wait until a request of so many tokens may go."""
        if self._is_limited:
            correction, self._correction = self._correction, 0
            await told(self._till.take.remote(self._lm, tokens, correction))

    def settle(self, expected: int, used: int) -> None:
        """Correct what was taken for a request by what it used; told with the next one."""
        self._correction += used - expected

    def hear(self, headers: Iterable[tuple[str, str]]) -> None:
        """Pass on what headers tell of limits."""
        limits = [(name, value) for name, value in headers if name.lower().startswith(_LIMITS)]
        if limits:
            self._is_limited = True
            self._till.hear.remote(self._lm, limits)


async def told(answer: Any) -> Any:
    """What the till says. Raises SystemicError when it is gone: the budget would not be kept."""
    from ray.exceptions import RayActorError

    try:
        return await answer
    except RayActorError as error:
        advice = "run again to resume"
        raise SystemicError(f"the process that holds the limits of all callers died ({error}); {advice}") from error
