"""Pace, limits, outage, retries, budget: each by itself, on a clock of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from dspy import lm15

from ptmreuse.calling.budget import Budget
from ptmreuse.calling.limits import Limits, seconds
from ptmreuse.calling.outage import Outage
from ptmreuse.calling.pace import Pace
from ptmreuse.calling.replies import declines
from ptmreuse.calling.retries import ATTEMPTS, BUSY_ATTEMPTS, Attempts, pause
from ptmreuse.errors import SystemicError
from ptmreuse.meter import BudgetReached, Price


class Clock:
    """Time that passes while someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, wait: float) -> None:
        """Let time pass."""
        self.now += wait
        await asyncio.sleep(0)


def ran(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def windows(pace: Pace, calls: int, turned_away: Callable[[int], bool], took: Callable[[float], float]) -> list[float]:
    """The window after each of so many calls."""
    found = []
    for number in range(calls):
        if turned_away(number):
            pace.crowded()
        else:
            pace.answered(took(pace.window), 10)
        found.append(pace.window)
    return found


@pytest.mark.parametrize(
    ("turned_away", "took", "least", "most"),
    [
        (lambda _: False, lambda _: 1.0, 64, 64),  # nothing says stop
        (lambda n: n % 10 == 0, lambda _: 1.0, 20, 64),  # noise
        (lambda n: n % 2 == 0, lambda _: 1.0, 1, 12),  # half is turned away
        (lambda _: True, lambda _: 1.0, 1, 1.1),
        (
            lambda _: False,
            lambda window: max(1.0, window / 4),
            4,
            40,
        ),  # it queues
    ],
)
def test_the_window_ends_where_the_provider_says_stop(
    turned_away: Callable[[int], bool], took: Callable[[float], float], least: float, most: float
) -> None:
    found = windows(Pace(64, 4), 2000, turned_away, took)
    assert least <= sum(found[-500:]) / 500 <= most


def test_no_more_calls_than_the_window() -> None:
    async def work() -> None:
        pace, most = Pace(5, 5), 0

        async def call() -> None:
            nonlocal most
            async with pace:
                most = max(most, pace.in_flight)
                await asyncio.sleep(0)

        waiting = [asyncio.create_task(call()) for _ in range(40)]
        await asyncio.sleep(0)
        for task in waiting[5:10]:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert (most, pace.in_flight) == (5, 0)

    ran(work)


@pytest.mark.parametrize(
    ("limits", "tokens", "calls", "takes"),
    [((60, None), 1, 62, 60), ((None, 6000), 100, 62, 60), ((600, 6000), 100, 62, 60), ((None, None), 9, 99, 0)],
)
def test_calls_go_at_the_rate(limits: tuple[int | None, int | None], tokens: int, calls: int, takes: float) -> None:
    async def work() -> None:
        clock = Clock()
        limit = Limits(*limits, sleep=clock.sleep, clock=clock)
        for _ in range(calls):
            await limit.take(tokens)
        assert clock.now - 100 == pytest.approx(takes, abs=1)

    ran(work)


def test_what_headers_say() -> None:
    async def work() -> None:
        clock = Clock()
        limit = Limits(rpm=600, sleep=clock.sleep, clock=clock)
        limit.hear([("X-RateLimit-Limit-Requests", "60"), ("x-ratelimit-limit-tokens", "6000"), ("date", "x")])
        assert (limit.requests.rate, limit.tokens.rate) == (10, 100)  # a rate that was given stands
        limit.hear([("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "7s")])
        await limit.take(1)
        assert clock.now == pytest.approx(107)
        limit.hear([("anthropic-ratelimit-tokens-limit", "12000"), ("anthropic-ratelimit-requests-remaining", "5")])
        assert limit.tokens.rate == 200

    ran(work)


@pytest.mark.parametrize(
    ("text", "value"), [("6m0s", 360), ("120ms", 0.12), ("1.5", 1.5), ("1h2s", 3602), ("", 0), ("soon", 0), ("-3", 0)]
)
def test_spans_of_time(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)


def test_an_outage_lets_one_call_try() -> None:
    async def work() -> None:
        clock = Clock()
        outage, tried = Outage(100, sleep=clock.sleep, clock=clock), 0
        for number in range(4):
            outage.failed("gone", number, 1, was_there=True)
        assert outage.is_down

        async def call(caller: int) -> None:
            nonlocal tried
            async with outage.passage():
                if outage.is_down:
                    tried += 1
                    outage.answered() if tried == 3 else outage.failed("gone", caller, 1, was_there=True)

        await asyncio.gather(*(call(number) for number in range(20)))
        assert (tried, outage.is_down) == (3, False)

    ran(work)


@pytest.mark.parametrize(("patience", "was_there", "ends"), [(None, False, 30), (None, True, 600), (5, True, 5)])
def test_patience_ends(patience: float | None, was_there: bool, ends: float) -> None:
    clock = Clock()
    outage = Outage(patience, clock=clock)
    with pytest.raises(SystemicError, match=r"failed every call for .*gone.*--give-up-after"):
        for number in range(10_000):
            outage.failed("gone", number, 1, was_there=was_there)
            clock.now += 0.5
    assert clock.now - 100 == pytest.approx(ends, abs=2)


def test_one_call_that_fails_is_no_outage() -> None:
    outage = Outage()
    for _ in range(50):
        outage.failed("gone", 1, 1, was_there=True)
    assert not outage.is_down


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (lm15.ServerError("x", status=500), ATTEMPTS),
        (lm15.ServerError("x", status=503), BUSY_ATTEMPTS),
        (lm15.RateLimitError("x"), BUSY_ATTEMPTS),
        (lm15.TransportError("x"), ATTEMPTS),
        (lm15.TimeoutError("x"), ATTEMPTS),
        (lm15.ProviderError("not JSON"), ATTEMPTS),
        (lm15.InvalidRequestError("x"), 1),
        (lm15.ContextLengthError("x"), 1),
        (lm15.AuthError("x"), 1),
        (lm15.BillingError("x"), 1),
    ],
)
def test_how_often_a_call_is_made(error: lm15.LM15Error, attempts: int) -> None:
    made = Attempts()
    count = 1
    while made.next(error) is not None:
        count += 1
    assert count == attempts


def test_waits_grow_and_advice_has_a_cap() -> None:
    assert [0.5 * 2**n * 0.5 <= pause(n + 1) <= 0.5 * 2**n for n in range(5)] == [True] * 5
    assert pause(99) <= 20
    assert 7 <= pause(1, 7.0) <= 7.2
    assert pause(1, 86_400.0) <= 60.2


@pytest.mark.parametrize(("limit", "calls"), [((1.0, None), 10), ((None, 100), 10), ((1.0, 50), 5), ((0.05, None), 0)])
def test_a_budget_is_not_overshot(limit: tuple[float | None, int | None], calls: int) -> None:
    async def work() -> None:
        budget, made = Budget(*limit), 0

        async def call() -> None:
            nonlocal made
            async with budget.spending(0.1, 10):
                await asyncio.sleep(0)
                made += 1

        ends = await asyncio.gather(*(call() for _ in range(30)), return_exceptions=True)
        assert made == calls
        assert sum(isinstance(end, BudgetReached) for end in ends) == 30 - calls

    ran(work)


def test_cached_tokens_have_a_price_of_their_own() -> None:
    assert Price(2.0, 3.0, 1.0).usd(10, 1, 4) == 6 * 2 + 4 * 1 + 3
    assert Price(2.0, 3.0).usd(10, 1, 4) == 23


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("As an AI language model I must not.", True),
        ("I cannot assist with this request.", True),
        ("[[ ## uses_deep_learning ## ]]\nperhaps", False),
        ("They used AlphaFold.", False),
    ],
)
def test_a_reply_that_declines(text: str, does: bool) -> None:
    assert declines(text) is does
