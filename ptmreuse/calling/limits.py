"""Requests and tokens per minute: as told on the command line, or else as the provider's headers say."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

_MINUTE = 60.0
_BURST = 2.0  # seconds of a rate that may go out at once
_LONGEST = 60.0  # seconds that a header may make a run wait
_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": _MINUTE, "h": 3600.0}


class Bucket:
    """A token bucket: `rate` a second flow in, up to what two seconds bring; None lets everything through."""

    def __init__(self, per_minute: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.rate: float | None = None
        self._level = self._at = 0.0
        self.set_rate(per_minute)

    def set_rate(self, per_minute: float | None) -> None:
        """Let so much through per minute from now on."""
        rate = per_minute / _MINUTE if per_minute else None
        if rate and self.rate is None:
            self._level, self._at = max(rate * _BURST, 1.0), self._clock()
        self.rate = rate

    def wait(self, amount: float) -> float:
        """Seconds until so much may go; an amount over the bucket's size goes when the bucket is full."""
        if not self.rate:
            return 0.0
        size, now = max(self.rate * _BURST, 1.0), self._clock()
        self._level = min(size, self._level + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (min(amount, size) - self._level) / self.rate)

    def take(self, amount: float) -> None:
        """Take so much out; a negative amount was taken before and not used."""
        self._level -= amount


class Limits:
    """What a provider lets through per minute. A rate that is given stands; the others are learned from headers."""

    def __init__(
        self,
        rpm: float | None = None,
        tpm: float | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.requests, self.tokens = Bucket(rpm, clock), Bucket(tpm, clock)
        self._learned = {"requests": rpm is None, "tokens": tpm is None}
        self._sleep, self._clock = sleep, clock
        self._free_at = 0.0
        self._turn = asyncio.Lock()

    async def take(self, tokens: int) -> None:
        """Wait until a request of so many tokens may go; first come, first served."""
        async with self._turn:
            while (wait := self._wait(tokens)) > 0:
                await self._sleep(wait)
            self.requests.take(1)
            self.tokens.take(tokens)

    def _wait(self, tokens: int) -> float:
        return max(self.requests.wait(1), self.tokens.wait(tokens), self._free_at - self._clock())

    def settle(self, expected: int, used: int) -> None:
        """Correct what was taken for a request by what it used."""
        self.tokens.take(used - expected)

    def hear(self, headers: Iterable[tuple[str, str]]) -> None:
        """Learn from the headers of a response."""
        told = {name.lower(): value for name, value in headers if name.lower().startswith(_PREFIXES)}
        for unit, bucket in (("requests", self.requests), ("tokens", self.tokens)) if told else ():
            if self._learned[unit]:
                self._learn(bucket, _header(told, unit, "limit"))
            if _header(told, unit, "remaining") == "0":
                wait = min(seconds(_header(told, unit, "reset")), _LONGEST)
                self._free_at = max(self._free_at, self._clock() + wait)

    @staticmethod
    def _learn(bucket: Bucket, limit: str) -> None:
        if limit.isascii() and limit.isdigit() and int(limit):
            bucket.set_rate(float(limit))


def _header(told: dict[str, str], unit: str, field: str) -> str:
    return told.get(f"x-ratelimit-{field}-{unit}") or told.get(f"anthropic-ratelimit-{unit}-{field}") or ""


def seconds(text: str) -> float:
    """A span of time in a header: "6m0s", "120ms", "1.5", or a moment such as "2026-11-23T10:00:00Z"; 0 for others."""
    if spans := _SPAN.findall(text):
        return float(sum(float(number) * _UNITS[unit] for number, unit in spans))
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
