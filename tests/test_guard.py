"""Who may ask, from where, how much and how slowly."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ptmreuse.serving.capacity import Capacity
from ptmreuse.serving.guard import LOOPBACK, Guard
from ptmreuse.serving.problems import Problem

TOKEN = "a-token-of-twenty-chars"  # noqa: S105
SMALL = Capacity(paper=10, batch=20, upload_seconds=0.05, batch_seconds=0.05)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The body back, or the problem that it ended in."""
    response: Response
    try:
        response = PlainTextResponse(await Request(scope, receive).body())
    except Problem as problem:
        response = problem.response
    await response(scope, receive, send)


async def asked(
    guard: Guard, path: str = "/v1/papers", method: str = "POST", pieces: tuple[bytes, ...] = (b"x",), **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """The response to a request whose pieces come at once, and whose end never comes when the last is empty."""
    given = {"host": "localhost:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    left = list(pieces)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if left and left[0]:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    await guard(scope, receive, send)
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


def response(guard: Guard, **request: Any) -> tuple[int, dict[str, str], bytes]:
    return asyncio.run(asked(guard, **request))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({}, 200),
        ({"host": "127.0.0.1:1"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "LOCALHOST"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example:8000"}, 421),
        ({"host": "localhost@evil.example"}, 421),
        ({"host": "[::1"}, 421),
        ({"host": ""}, 421),
        ({"origin": "http://localhost:8000"}, 200),
        ({"origin": "http://localhost:9000"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "cross-site", "method": "GET"}, 200),
        ({"pieces": (b"x" * 10,)}, 200),
        ({"pieces": (b"x" * 10, b"y")}, 413),
        ({"pieces": (b"x" * 10, b"y"), "path": "/v1/papers:batch"}, 200),
        ({"pieces": (b"x" * 21,), "path": "/v1/papers:batch"}, 413),
        ({"content_length": "11"}, 413),
        ({"content_length": "9" * 400}, 413),
        ({"pieces": (b"x", b"")}, 408),
    ],
)
def test_who_may_ask_and_how(request_: dict[str, Any], status: int) -> None:
    got, headers, body = response(Guard(echo, SMALL, hosts=LOOPBACK), **request_)
    assert got == status
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert (headers["content-type"] == "application/problem+json") == (status != 200), body


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/v1/papers", f"Bearer {TOKEN}", 200),
        ("/v1/papers", f"bearer  {TOKEN} ", 200),
        ("/v1/papers", "", 401),
        ("/v1/papers", f"Bearer {TOKEN}x", 401),
        ("/v1/papers", f"Basic {TOKEN}", 401),
        ("/v1/papers", TOKEN, 401),
        ("/metrics", "", 401),
        ("/v1/program", "Bearer ", 401),
        ("/openapi.json", "", 401),
        ("/", "", 200),
        ("/page/main.js", "", 200),
        ("/healthz", "", 200),
        ("/readyz", "", 200),
    ],
)
def test_a_token(path: str, given: str, status: int) -> None:
    got, headers, _ = response(Guard(echo, SMALL, TOKEN), path=path, authorization=given, host="any.example")
    assert got == status
    assert headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


def test_responses_are_counted() -> None:
    told: list[dict[str, str]] = []
    guard = Guard(echo, SMALL, hosts=LOOPBACK, told=lambda _, **labels: told.append(labels))
    response(guard)
    response(guard, host="evil.example")
    assert told == [{"status": "200"}, {"status": "421"}]
