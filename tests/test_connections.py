"""Clients that never finish: their connections are closed, and the others are served."""

import socket
import time
from typing import Any

import httpx
import pytest
from serving import listening
from starlette.requests import Request
from starlette.responses import PlainTextResponse

HEAD = b"GET / HTTP/1.1\r\nhost: localhost\r\n"


async def answers(scope: Any, receive: Any, send: Any) -> None:
    """An answer without a look at the body; under /slow, after a while."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/body":
        await Request(scope, receive).body()
    await PlainTextResponse("here")(scope, receive, send)


def address(base: str) -> tuple[str, int]:
    url = httpx.URL(base)
    return url.host, url.port or 0


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HT",
        HEAD,
        HEAD + b"\r\n" + HEAD,  # a request, and half of another
        b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\nx",  # answered before its end
    ],
)
def test_what_is_begun_and_not_finished_is_closed(begun: bytes) -> None:
    with listening(answers, head_seconds=0.3) as base, socket.create_connection(address(base), timeout=5) as client:
        client.sendall(begun)
        began = time.monotonic()
        while client.recv(65536):
            pass
        assert 0.1 < time.monotonic() - began < 3


def test_bytes_that_drip_in_do_not_move_the_deadline() -> None:
    with listening(answers, head_seconds=0.4) as base, socket.create_connection(address(base), timeout=5) as client:
        began = time.monotonic()
        with pytest.raises(OSError):
            for letter in (HEAD * 99).decode():
                client.sendall(letter.encode())
                time.sleep(0.05)
        assert time.monotonic() - began < 3


def test_many_that_wait_keep_no_one_out() -> None:
    with listening(answers, head_seconds=30) as base:
        held = [socket.create_connection(address(base), timeout=5) for _ in range(200)]
        for each in held:
            each.sendall(HEAD)
        with httpx.Client(base_url=base, trust_env=False) as client:
            began = time.monotonic()
            assert client.get("/").text == "here"
            assert time.monotonic() - began < 1
        for each in held:
            each.close()


def test_a_client_that_keeps_to_it_may_ask_again_and_again() -> None:
    with listening(answers, head_seconds=0.2) as base, httpx.Client(base_url=base, trust_env=False) as client:
        for _ in range(3):
            assert client.post("/body", content=b"x" * 100_000).text == "here"
            time.sleep(0.3)
