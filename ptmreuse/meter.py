"""What the calls of an LM cost: counted as they are made, priced where prices are known, stopped at a limit.

    with dspy.context(lm=lm, callbacks=[meter], usage_tracker=meter): ...

Prices are those of the list that DSPy carries, US dollars per token.
"""

import os
import threading
from dataclasses import dataclass
from typing import Any

from dspy.clients.model_metadata import model_info, rate
from dspy.utils.callback import BaseCallback

from ptmreuse.lm import EMBEDDED, LMChoice

ANSWER_TOKENS = 1500  # what is set aside for a call's answer when the LM has no limit of its own
CHARACTERS_PER_TOKEN = 4  # of a prompt before its LM has counted it
_MOMENT = 0.1  # seconds between looks at whether a call under way has ended
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class BudgetReached(BaseException):
    """The next call could go over the limit. Like a Ctrl-C it is no `Exception`: optimizers catch those and go on."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per token of a prompt, of an answer, and of a prompt that the provider had in its cache."""

    prompt: float
    answer: float
    cached: float | None = None

    def usd(self, prompt_tokens: float, answer_tokens: float, cached_tokens: float = 0) -> float:
        """What so many tokens cost, US dollars; cached ones are part of the prompt, and at its price if at no other."""
        cached = self.prompt if self.cached is None else self.cached
        return self.prompt * (prompt_tokens - cached_tokens) + cached * cached_tokens + self.answer * answer_tokens


def price_of(choice: LMChoice) -> Price | None:
    """The price of an LM, nothing for the embedded one, None where it is not known."""
    if choice.name == EMBEDDED:
        return Price(0.0, 0.0)
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # else DSPy fetches a price list from the web
    provider, _, model = choice.name.partition("/")
    info = model_info(provider, model)
    prompt, answer = (rate(info, f"{side}_cost_per_token") for side in ("input", "output"))
    if prompt is None or answer is None:
        return None
    return Price(prompt, answer, rate(info, "cache_read_input_token_cost"))


class Meter(BaseCallback):
    """Counts calls and tokens, and stops before the call that could go over `limit` US dollars."""

    def __init__(self, price: Price | None = None, limit: float | None = None) -> None:
        self.price = price
        self.limit = limit
        self.calls = self.prompt_tokens = self.answer_tokens = 0
        self._reserved: dict[str, float] = {}  # US dollars, of the calls under way
        self._lock = threading.Condition()
        self._stopped = False

    @property
    def tokens(self) -> int:
        """Tokens of prompts and answers so far."""
        return self.prompt_tokens + self.answer_tokens

    @property
    def usd(self) -> float | None:
        """US dollars so far, None where the price is not known."""
        return self.price.usd(self.prompt_tokens, self.answer_tokens) if self.price else None

    @property
    def stopped(self) -> bool:
        """Whether no further call is let through."""
        return self._stopped

    def priced(self, lm: Any) -> Price | None:
        """The price of an LM."""
        del lm
        return self.price

    def stop(self) -> None:
        """Let no further call through, from whatever thread."""
        self._stopped = True

    def on_lm_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """DSPy's hook before a call: it waits while calls under way could use the limit up. Raises BudgetReached."""
        with self._lock:
            reserve = self._at_most(instance, inputs)
            while self._reserved and self._is_over(reserve) and not self._stopped:
                self._lock.wait(_MOMENT)
            self._stopped = self._stopped or self._is_over(reserve)
            if self._stopped:
                raise BudgetReached
            if self.limit is not None:
                self._reserved[call_id] = reserve
            self.calls += 1

    def _is_over(self, reserve: float) -> bool:
        return self.limit is not None and (self.usd or 0.0) + sum(self._reserved.values()) + reserve > self.limit

    def _at_most(self, lm: Any, inputs: dict[str, Any]) -> float:
        if self.limit is None:
            return 0.0
        asked = {**getattr(lm, "kwargs", {}), **(inputs.get("kwargs") or {})}
        answer = next((asked[name] for name in _LIMITS if asked.get(name)), ANSWER_TOKENS)
        price = self.priced(lm)
        return price.usd(len(str(inputs)) / CHARACTERS_PER_TOKEN, answer) if price else 0.0

    def on_lm_end(self, call_id: str, outputs: Any, exception: BaseException | None = None) -> None:
        """DSPy's hook after a call: what was set aside for it is free again."""
        del outputs, exception
        with self._lock:
            self._reserved.pop(call_id, None)
            self._lock.notify_all()

    def add_usage(self, lm: str, usage: dict[str, Any]) -> None:
        """DSPy's hook for the tokens of a call; without a word from the provider none are counted."""
        del lm
        prompt, answer = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
        with self._lock:
            self.prompt_tokens += prompt
            self.answer_tokens += max(answer, (usage.get("total_tokens") or 0) - prompt)

    def __deepcopy__(self, _: dict[int, Any]) -> "Meter":
        """DSPy copies a usage tracker for each of its threads; all of ours count together."""
        return self
