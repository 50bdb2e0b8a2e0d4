"""DSPy's engine for LMs that answer in batches: DSPy's own client renders each request and reads each reply.

In the place of its connection stands the paper's `Letters`, so that a request of a batch is byte for byte the one that
a live call would send.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dspy import lm15
from dspy.clients.engines.lm15_engine import AsyncLM15Engine

from ptmreuse.batches.letters import Letters, Suspended
from ptmreuse.calling.bill import BILL, Bill, use_of
from ptmreuse.calling.replies import check
from ptmreuse.calling.retries import Attempts
from ptmreuse.errors import UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.meter import Price

ATTEMPTS = 3  # of one request, each in a batch of its own
HALF = 0.5  # of the price of a live call

_CHAT = "/chat/completions"


class Batched:
    """DSPy's asynchronous engine for one LM; set `letters` before asking about a paper."""

    def __init__(self, choice: LMChoice, price: Price | None) -> None:
        """Raises lm15's errors for a model that no client serves, UsageError for one that is not OpenAI-compatible."""
        to = AsyncLM15Engine().resolve(choice.name)
        self._model, self.provider = to.model, to.provider
        config = lm15.RouterConfig(base_urls={to.provider: choice.api_base} if choice.api_base else None)
        self._client = AsyncLM15Engine(config).router.lm(f"{to.provider}:{to.model}")
        self._client.transport = self._wire = _Wire(choice.identity)
        self.lm, self.price = choice.identity, half(price)
        self.base, self.key = self._address(choice)

    @property
    def letters(self) -> Letters | None:
        """Those about the paper at hand."""
        return self._wire.letters

    @letters.setter
    def letters(self, letters: Letters) -> None:
        self._wire.letters = letters

    async def complete(self, request: lm15.Request) -> lm15.Response:
        """The response to a request, out of an earlier batch. Raises Suspended, and lm15's errors."""
        bill, attempts = BILL.get() or Bill(), Attempts()
        routed = replace(request, model=self._model)
        for number in range(1, ATTEMPTS + 1):
            try:
                return await self._read(routed, bill)
            except lm15.LM15Error as error:
                if attempts.next(error) is None or number == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _read(self, request: lm15.Request, bill: Bill) -> lm15.Response:
        try:
            response: lm15.Response = await self._client.complete(request)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            bill.attempts += 1
            raise lm15.ProviderError(f"a reply of another shape ({error})", provider=self.provider) from error
        except lm15.LM15Error:
            bill.attempts += 1
            raise
        bill.attempts += 1
        bill.add(use_of(response.usage, self.provider), self.price)
        check(response)
        return response

    def _address(self, choice: LMChoice) -> tuple[str, str]:
        """The base address and the key of live calls, as they stand in a request."""
        asked = lm15.request_from_openai_chat({"model": self._model, "messages": [{"role": "user", "content": "?"}]})
        with suppress(Suspended):
            asyncio.run(self._client.complete(asked))
        if not self._wire.url.endswith(_CHAT):
            advice = "run it without --engine batch"
            raise UsageError(f"--lm {choice.name}: its provider has no OpenAI-compatible Batches API; {advice}")
        key = {name.lower(): value for name, value in self._wire.headers}.get("authorization", "")
        return self._wire.url.removesuffix(_CHAT), key.removeprefix("Bearer ")


def half(price: Price | None) -> Price | None:
    """The price of a batch."""
    if price is None:
        return None
    return Price(price.prompt * HALF, price.answer * HALF, None if price.cached is None else price.cached * HALF)


class _Wire:
    """A transport of lm15 that goes no further than the letters."""

    def __init__(self, lm: str) -> None:
        self.letters: Letters | None = None
        self.url, self.headers = "", list[tuple[str, str]]()
        self._lm = lm

    def stream(self, request: Any) -> "_Delivered":
        """The response to a request. Raises Suspended, and lm15's ServerError for a request that was never run."""
        self.url, self.headers = request.url, request.headers
        if self.letters is None:
            raise Suspended("", request.body, self._lm)
        reply = self.letters.reply(request.body, self._lm)
        if not reply.status:
            raise lm15.ServerError(reply.body)
        return _Delivered(reply.status, reply.body)

    async def aclose(self) -> None:
        """Nothing to close."""


class _Delivered:
    """A response of lm15's transports."""

    reason, http_version = "", "HTTP/1.1"

    def __init__(self, status: int, body: str) -> None:
        self.status, self._body = status, body.encode()
        self.headers = [("content-type", "application/json")]

    async def __aenter__(self) -> "_Delivered":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def read(self) -> bytes:
        """The whole body."""
        return self._body
