"""What the calls of one question cost, summed up while they are made."""

from contextvars import ContextVar
from dataclasses import dataclass

from dspy import lm15

from ptmreuse.meter import Price

# Providers whose count of prompt tokens leaves out those that came from their cache.
_APART = ("anthropic", "claude")


@dataclass
class Bill:
    """Attempts, tokens, US dollars; None where a reply did not say, or its price is not known."""

    attempts: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    usd: float | None = 0.0

    def add(self, use: "Use", price: Price | None) -> float | None:
        """Add a reply; returns its US dollars."""
        self.input_tokens = _sum(self.input_tokens, use.input_tokens)
        self.output_tokens = _sum(self.output_tokens, use.output_tokens)
        self.cached_tokens = _sum(self.cached_tokens, use.cached_tokens)
        usd = use.usd(price)
        self.usd = None if self.usd is None or usd is None else self.usd + usd
        return usd


@dataclass(frozen=True, slots=True)
class Use:
    """The tokens of one reply; those from the provider's cache are part of `input_tokens`."""

    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None

    @property
    def tokens(self) -> int:
        """All that is known of."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    def usd(self, price: Price | None) -> float | None:
        """US dollars, None where the tokens or their price are not known."""
        if price is None or self.input_tokens is None or self.output_tokens is None:
            return None
        return price.usd(self.input_tokens, self.output_tokens, self.cached_tokens or 0)


def use_of(usage: lm15.Usage, provider: str) -> Use:
    """The tokens of a response, counted alike for all providers."""
    cached = usage.cache_read_tokens
    prompt = usage.input_tokens
    if prompt is not None and any(name in provider for name in _APART):
        prompt += (cached or 0) + (usage.cache_write_tokens or 0)
    return Use(prompt, usage.output_tokens, cached)


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other


# The bill of the question that the running task asks.
BILL: ContextVar[Bill | None] = ContextVar("ptmreuse_bill", default=None)
