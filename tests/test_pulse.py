"""Comments between events that are far apart."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ptmreuse.serving.pulse import COMMENT, Pulse


async def events(*seconds: float) -> AsyncIterator[str]:
    for n, each in enumerate(seconds):
        await asyncio.sleep(each)
        yield f"data: {n}\n\n"


async def heard(stream: AsyncIterator[str]) -> list[str]:
    return [each.strip() async for each in stream]


def test_a_comment_only_where_nothing_came() -> None:
    told = asyncio.run(heard(Pulse(events(0, 0.25, 0), 0.1).beats()))
    assert told == ["data: 0", COMMENT.strip(), COMMENT.strip(), "data: 1", "data: 2"]
    assert asyncio.run(heard(Pulse(events(), 0.1).beats())) == []


def test_an_error_of_the_events_comes_through() -> None:
    async def failing() -> AsyncIterator[str]:
        yield "data: 0"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(heard(Pulse(failing(), 9).beats()))


def test_who_stops_in_between_can_close_the_events() -> None:
    closed = []

    async def endless() -> AsyncIterator[str]:
        try:
            await asyncio.sleep(60)
            yield "data: 0"
        finally:
            closed.append(True)

    async def stopped() -> None:
        pulse = Pulse(endless(), 0.01)
        assert await anext(pulse.beats()) == COMMENT
        await pulse.end()
        assert closed == [True]

    asyncio.run(stopped())
