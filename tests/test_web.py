"""The polite client: waits, attempts, versions, limits, notes; over real HTTP on loopback."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from services import Asked, Respond, Said, services

from ptmreuse.collecting import web as module
from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.web import ATTEMPTS, DOWN, Unanswered, Unusable, Web
from ptmreuse.errors import SystemicError


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def web(tmp_path: Path, waits: list[float]) -> Iterator[Web]:
    with Collection(tmp_path) as collection, Web(collection, "me@x.org", {"s": 0.0}, waits.append) as client:
        yield client


def notes(web: Web) -> list[tuple[object, ...]]:
    with sqlite3.connect(web.collection.path) as db:
        return db.execute("SELECT url, status, bytes, attempt, error FROM requests ORDER BY id").fetchall()


def in_turn(*said: Said) -> Respond:
    """One answer after the other, the last one for good."""
    left = list(said)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_a_request_says_who_asks_and_is_noted_without_address_and_key(web: Web) -> None:
    with services(in_turn(Said(200, b"yes"))) as server:
        reply = web.get("s", f"{server.base}/a?api_key=K1", {"q": "x y", "email": "me@x.org"})
    assert reply.content == b"yes"
    assert server.asked[0].query == {"api_key": "K1", "q": "x y", "email": "me@x.org"}
    assert "mailto:me@x.org" in server.asked[0].headers["user-agent"]
    assert notes(web) == [(f"{server.base}/a?q=x+y", 200, 3, 1, "")]


SOON = "a date in 100 seconds"  # filled in when it is asked, for the suite may run for long
PASSING = [
    pytest.param(Said(429, headers={"retry-after": "7"}), 7, 7, id="seconds"),
    pytest.param(Said(503, headers={"retry-after": SOON}), 60, 100, id="a date"),
    pytest.param(Said(503, headers={"retry-after": "soon"}), 1, 1, id="no number"),
    pytest.param(Said(500), 1, 1, id="a fault"),
    pytest.param(Said(200, b"x" * 1000, cut=10), 1, 1, id="cut off"),
]


@pytest.mark.parametrize(("first", "least", "most"), PASSING)
def test_what_may_pass_is_asked_again_after_a_wait(
    web: Web, waits: list[float], first: Said, least: float, most: float
) -> None:
    if first.headers.get("retry-after") == SOON:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
        first = first._replace(headers={"retry-after": until})
    with services(in_turn(first, Said(200, b"yes"))) as server:
        assert web.get("s", server.base).content == b"yes"
    assert len(waits) == 1 and least <= waits[0] <= most
    assert [(status, attempt) for _, status, _, attempt, _ in notes(web)] == [(first.status, 1), (200, 2)]
    assert notes(web)[0][4]


def test_a_service_without_a_reply_is_left_for_later_then_down(web: Web, waits: list[float]) -> None:
    with services(in_turn(Said(503))) as server:
        for _ in range(DOWN - 1):
            with pytest.raises(Unanswered, match="status 503"):
                web.get("s", server.base)
        with pytest.raises(SystemicError, match="goes on where it stopped"):
            web.get("s", server.base)
    assert len(server.asked) == DOWN * ATTEMPTS
    assert waits[: ATTEMPTS - 1] == [1, 2, 4, 8]


def test_one_reply_and_the_service_is_up_again(web: Web) -> None:
    said = [*[Said(503)] * ATTEMPTS * (DOWN - 1), Said(404), *[Said(503)] * ATTEMPTS]
    with services(in_turn(*said)) as server:
        for _ in range(DOWN - 1):
            with pytest.raises(Unanswered):
                web.get("s", server.base)
        assert web.get("s", server.base).status == 404
        with pytest.raises(Unanswered):
            web.get("s", server.base)


def test_no_server_is_no_reply(web: Web) -> None:
    with services() as server:
        gone = server.base
    with pytest.raises(Unanswered, match="ConnectError"):
        web.get("s", gone)
    assert notes(web)[0][1] is None


def test_a_long_rest_ends_the_run(web: Web) -> None:
    with services(in_turn(Said(429, headers={"retry-after": "86400"}))) as server:
        with pytest.raises(SystemicError, match="86,400 s"):
            web.get("s", server.base)
        assert len(server.asked) == 1


def test_a_version_is_asked_for_once_it_is_remembered(web: Web) -> None:
    def respond(asked: Asked) -> Said:
        same = asked.headers.get("if-none-match") == '"1"' and asked.headers.get("if-modified-since") == "then"
        return Said(304) if same else Said(200, b"text", {"etag": '"1"', "last-modified": "then"})

    with services(respond) as server:
        reply = web.get("s", server.base, if_changed=True)
        assert web.get("s", server.base, if_changed=True).status == 200  # not remembered yet
        web.remember(reply)
        assert web.get("s", server.base).status == 200
        assert web.get("s", server.base, if_changed=True).status == 304


def test_a_large_reply_is_not_taken(web: Web) -> None:
    with services(in_turn(Said(200, b"x" * 100))) as server, pytest.raises(Unusable, match="more than 99 bytes"):
        web.get("s", server.base, largest=99)
    assert "more than 99 bytes" in str(notes(web)[0][4])


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "http://[::1", "http:///x", "nothing", ""])
def test_what_is_no_url_is_not_asked(web: Web, url: str) -> None:
    with pytest.raises(Unusable):
        web.get("s", url)


def test_requests_keep_their_pace(tmp_path: Path) -> None:
    waits: list[float] = []
    with (
        services(in_turn(Said(200))) as server,
        Collection(tmp_path) as collection,
        Web(collection, pauses={"s": 50.0, "t": 50.0}, sleep=waits.append) as client,
    ):
        for service in ("s", "s", "t"):
            client.get(service, server.base)
    assert len(waits) == 1 and 49 < waits[0] <= 50


def test_every_service_has_a_pace() -> None:
    assert min(module.PAUSES.values()) > 0
