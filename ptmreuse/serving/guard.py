"""Before any route: who asks, from where, how much and how slowly; and the headers of every response.

The Host header is checked on loopback so that a page elsewhere can't reach the service by a name that it has pointed
here (DNS rebinding); a page elsewhere that asks openly has an Origin that is not ours.
"""

import asyncio
import hmac
import logging
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ptmreuse.serving.capacity import MIB, Capacity
from ptmreuse.serving.problems import Problem

log = logging.getLogger("ptmreuse.serving")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN = frozenset({"/", "/healthz", "/readyz"})  # without a token: they tell nothing of papers or programs
BATCH = "/v1/papers:batch"

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Guard:
    """ASGI middleware. `hosts` are the names that the service answers to, all when empty; `told` counts responses.

    An empty `token` asks for none.
    """

    def __init__(
        self,
        app: ASGIApp,
        capacity: Capacity,
        token: str = "",
        hosts: Collection[str] = (),
        told: Callable[..., None] = lambda *_, **__: None,
    ) -> None:
        self._app, self._capacity, self._token, self._hosts, self._told = app, capacity, token, hosts, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                self._told("requests_total", status=str(message["status"]))
            await send(message)

        try:
            self._check(scope)
        except Problem as problem:
            await problem.response(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, self._bounded(scope, receive), send_guarded)
        except Exception:  # the edge of a request: a fault of ours in one must not be told, nor end others
            log.exception("a request failed")
            if not is_begun:
                await Problem("internal", "please report it").response(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            raise Problem("wrong_host", "use localhost or 127.0.0.1 in the address")
        origin = headers.get("origin")
        if headers.get("sec-fetch-site") == "cross-site" and scope["method"] != "GET":
            raise Problem("cross_site", "open the page of this service, or ask without a browser")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Problem("cross_site", "open the page of this service, or ask without a browser")
        path = scope["path"]
        if self._token and path not in OPEN and not path.startswith("/page/"):
            self._authorize(headers.get("authorization", ""))
        self._check_length(headers.get("content-length", ""), self._most(scope))

    def _authorize(self, given: str) -> None:
        scheme, _, token = given.partition(" ")
        same = hmac.compare_digest(token.strip().encode(), self._token.encode())
        if scheme.lower() != "bearer" or not same:
            raise Problem("unauthorized", "send the header Authorization: Bearer with the token of this service")

    def _most(self, scope: Scope) -> int:
        return self._capacity.batch if scope["path"] == BATCH else self._capacity.paper

    @staticmethod
    def _check_length(told: str, most: int) -> None:
        if told.isascii() and told.isdigit() and int(told[:20]) > most:
            raise _too_large(most)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """A request's body that ends in a Problem when it gets too large or takes too long."""
        most, got, is_whole = self._most(scope), 0, False
        seconds = self._capacity.batch_seconds if scope["path"] == BATCH else self._capacity.upload_seconds
        end = asyncio.get_running_loop().time() + seconds

        async def bounded() -> Message:
            nonlocal got, is_whole
            if is_whole:  # what comes now is the end of the connection, however late
                return await receive()
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise Problem("too_slow", f"send the whole request within {seconds:g} seconds") from None
            got += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if got > most:
                raise _too_large(most)
            return message

        return bounded


def _name(host: str) -> str:
    """The name in a Host header, without its port; "" for one that is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _too_large(most: int) -> Problem:
    return Problem("too_large", f"at most {most / MIB:g} MiB here; send a smaller file, or several as a batch")
