"""What a start of a grid may spend: a meter over LMs with prices of their own."""

from collections.abc import Mapping
from typing import Any

from ptmreuse.meter import Meter, Price


class Purse(Meter):
    """A meter that knows the price of each LM by its name for DSPy; the limit, US dollars, is over all of them."""

    def __init__(self, prices: Mapping[str, Price | None], limit: float | None = None) -> None:
        super().__init__(None, limit)
        self._prices = prices
        self._spent = 0.0

    @property
    def usd(self) -> float:
        """US dollars so far, of the LMs whose price is known."""
        return self._spent

    def priced(self, lm: Any) -> Price | None:
        """The price of an LM, by its name for DSPy."""
        return self._prices.get(str(getattr(lm, "model", "")))

    def add_usage(self, lm: str, usage: dict[str, Any]) -> None:
        """DSPy's hook for the tokens of a call."""
        with self._lock:
            before = self.prompt_tokens, self.answer_tokens
            super().add_usage(lm, usage)
            price = self._prices.get(lm)
            if price:
                self._spent += price.usd(self.prompt_tokens - before[0], self.answer_tokens - before[1])
