"""DSPy's engine for LMs that are waited for: one call is as many attempts as it takes, at the pace that the provider
carries, within its limits and the run's budget.

DSPy's own client does each attempt; its retries are off.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.request import getproxies

import dspy
from dspy import lm15
from dspy.clients.engines.lm15_engine import AsyncLM15Engine

from ptmreuse.answering import first_line
from ptmreuse.calling.bill import BILL, Bill, use_of
from ptmreuse.calling.budget import Budget, Spending
from ptmreuse.calling.heard import Heard
from ptmreuse.calling.limits import Limits
from ptmreuse.calling.outage import Outage
from ptmreuse.calling.pace import Pace
from ptmreuse.calling.replies import check
from ptmreuse.calling.retries import BACKOFF, GENERAL, Attempts, WorthlessReplyError, is_crowded, kind
from ptmreuse.meter import ANSWER_TOKENS, CHARACTERS_PER_TOKEN, Price

TIMEOUT = 120.0  # seconds of one attempt

_SPARE = 16  # connections beyond the calls under way: closed ones that are not yet gone


class Calls:
    """DSPy's asynchronous engine. `told` is called with the kind of every attempt that failed."""

    def __init__(
        self,
        model: str,
        api_base: str = "",
        *,
        pace: Pace,
        limits: Limits,
        outage: Outage,
        budget: Budget,
        price: Price | None = None,
        timeout: float = TIMEOUT,
        backoff: float = BACKOFF,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Raises lm15's errors for a model that no client serves, and for a key that is not in the environment."""
        self.pace, self.limits, self.outage, self.budget = pace, limits, outage, budget
        self._price, self._timeout, self._backoff, self._told = price, timeout, backoff, told
        self._refusal: lm15.LM15Error | None = None  # of every call: those that still wait need not be made
        to = AsyncLM15Engine().resolve(model)
        self._model, self.provider = to.model, to.provider
        config = lm15.RouterConfig(
            base_urls={to.provider: api_base} if api_base else None,
            timeouts=lm15.Timeouts(read=timeout, write=timeout, pool=timeout),
            max_connections=pace.most + _SPARE,
        )
        self._client = AsyncLM15Engine(config).router.lm(f"{to.provider}:{to.model}")
        self._client.transport = Heard(_direct(self._client.transport), limits.hear)

    async def complete(self, request: lm15.Request) -> lm15.Response:
        """The response to a request. Raises lm15's errors, SystemicError and BudgetReached."""
        bill, attempts = BILL.get() or Bill(), Attempts(self._backoff)
        routed = replace(request, model=self._model)
        while True:
            try:
                return await self._attempt(routed, bill)
            except lm15.LM15Error as error:
                self._failed(error, id(attempts))
                wait = attempts.next(error)
                if self.outage.is_down:
                    attempts.forget()
                    wait = wait or 0.0
                if wait is None:
                    raise
            await asyncio.sleep(wait)

    async def _attempt(self, request: lm15.Request, bill: Bill) -> lm15.Response:
        prompt, answer = _size(request), request.config.max_tokens or ANSWER_TOKENS
        at_most = self._price.usd(prompt, answer) if self._price else 0.0
        async with self.pace, self.outage.passage(), self.budget.spending(at_most, prompt + answer) as spending:
            await self.limits.take(prompt)
            if self._refusal:
                raise self._refusal
            bill.attempts += 1
            response = await self._response(request, spending)
            use = use_of(response.usage, self.provider)
            usd = bill.add(use, self._price)
            self.limits.settle(prompt, use.tokens or prompt)
            if use.tokens:
                spending.usd, spending.tokens = usd or 0.0, use.tokens
            check(response)
            self.outage.answered()
            return response

    async def _response(self, request: lm15.Request, spending: Spending) -> lm15.Response:
        """One request and its response; one that failed costs nothing."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout):
                response: lm15.Response = await self._client.complete(request)
        except (lm15.LM15Error, TimeoutError, ValueError, TypeError, LookupError, AttributeError) as error:
            spending.usd, spending.tokens = 0.0, 0
            raise self._told_by_lm15(error) from error
        self.pace.answered(time.monotonic() - began, response.usage.output_tokens or 0)
        return response

    def _told_by_lm15(self, error: Exception) -> lm15.LM15Error:
        if isinstance(error, lm15.LM15Error):
            return error
        if isinstance(error, TimeoutError):
            return lm15.TimeoutError(f"no whole reply within {self._timeout:g} seconds", provider=self.provider)
        return lm15.ProviderError(f"a reply of another shape ({error})", provider=self.provider)

    def _failed(self, error: lm15.LM15Error, caller: int) -> None:
        """Tell all that learn from a failure. Raises SystemicError when the provider is down for too long."""
        self._told(kind(error))
        if isinstance(error, GENERAL):
            self._refusal = error
            return
        if is_crowded(error):
            self.pace.crowded()
        if isinstance(error, (WorthlessReplyError, lm15.InvalidRequestError)):
            self.outage.answered()
        else:
            at_once, was_there = self.pace.in_flight + 1, error.status is not None
            self.outage.failed(first_line(error), caller, at_once, was_there=was_there)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.transport.aclose()


class Unawaited:
    """DSPy's synchronous engine, which an LM must have: it tells what the LM supports, and is not called."""

    def __init__(self, lm: dspy.LM) -> None:
        """What is supported is what DSPy knows of the same LM with an engine of its own."""
        self.supports_function_calling = lm.supports_function_calling
        self.supports_reasoning = lm.supports_reasoning
        self.supports_response_schema = lm.supports_response_schema
        self.supported_params = frozenset(lm.supported_params)

    def complete(self, request: lm15.Request) -> lm15.Response:
        """No one waits here."""
        raise NotImplementedError(f"{request.model} is awaited")


def _direct(transport: Any) -> Any:
    """A transport that looks for a proxy in the environment once, now, and not before each request."""
    if not getproxies():
        transport._trust_env = False
    return transport


def _size(request: lm15.Request) -> int:
    """The estimated tokens of a prompt."""
    system = request.system if isinstance(request.system, str) else str(request.system or "")
    return (len(system) + sum(len(message.text or "") for message in request.messages)) // CHARACTERS_PER_TOKEN
