"""The till: limits and a budget that hold for many callers together."""

import asyncio
from collections.abc import Coroutine
from importlib.util import find_spec
from typing import Any

import pytest

from ptmreuse.calling.lms import Terms
from ptmreuse.distributed.till import SharedByAll, Till, keys
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached

pytestmark = pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed; run: pip install -e '.[ray]'")


class Handle:
    """Of an actor, without Ray: each method has `remote`, which starts it."""

    def __init__(self, actor: object) -> None:
        self._actor = actor

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._actor, name)

        class Method:
            @staticmethod
            def remote(*given: Any) -> Any:
                return asyncio.ensure_future(method(*given))

        return Method


def ran(steps: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(steps)


async def spend(shared: SharedByAll, tokens: int, used: int) -> bool:
    """Make a call that takes so many tokens at most; whether it was let through."""
    try:
        async with shared.budget.spending(0.0, tokens) as spending:
            await asyncio.sleep(0)
            spending.tokens = used
    except BudgetReached:
        return False
    return True


@pytest.mark.parametrize(("most", "made"), [(1000, 19), (99, 0), (100, 1), (None, 40)])
def test_a_budget_holds_for_all(most: int | None, made: int) -> None:
    async def steps() -> int:
        terms = Terms(max_tokens=most)
        till = Handle(Till(terms, {}))
        callers = [SharedByAll(terms, till, f"{n}") for n in range(4)]
        return sum(await asyncio.gather(*(spend(callers[n % 4], 100, 50) for n in range(40))))

    assert ran(steps()) == made


def test_a_caller_that_was_killed_does_not_hold_up_the_others() -> None:
    async def steps() -> list[bool]:
        terms = Terms(max_tokens=250)
        actor = Till(terms, {})
        till = Handle(actor)
        assert await actor.set_aside("a", 0.0, 200)
        waiting = asyncio.ensure_future(spend(SharedByAll(terms, till, "b"), 100, 10))
        await asyncio.sleep(0.01)
        before = waiting.done()
        await actor.begin("a")  # it starts again; what it had set aside counts as spent
        return [before, await waiting]

    assert ran(steps()) == [False, False]


def test_a_rate_holds_for_all() -> None:
    async def steps() -> tuple[float, float]:
        terms = Terms(rpm=6000)  # 100 a second, 200 of them at once
        till = Handle(Till(terms, {}))
        limits = [SharedByAll(terms, till, f"{n}").limits(LMChoice("openai/m")) for n in range(4)]
        loop = asyncio.get_running_loop()
        began = loop.time()
        for n in range(200):
            await limits[n % 4].take(10)
        first = loop.time() - began
        await asyncio.gather(*(limits[n % 4].take(10) for n in range(50)))
        return first, loop.time() - began

    first, both = ran(steps())
    assert first < 0.4
    assert 0.4 <= both < 1.5


def test_what_one_hears_of_limits_holds_for_all_and_others_ask_no_one() -> None:
    async def steps() -> list[float]:
        actor = Till(Terms(), {})
        one, other = (SharedByAll(Terms(), Handle(actor), name).limits(LMChoice("openai/m")) for name in "ab")
        await one.take(10)
        assert not actor._limits
        for limits in (one, other):
            limits.hear([("X-RateLimit-Limit-Requests", "60"), ("content-type", "text/html")])
        await asyncio.sleep(0)
        waits = []
        for limits in (one, other, one):
            waits.append(actor._limits[LMChoice("openai/m").identity].requests.wait(1))
            if not waits[-1]:
                await limits.take(10)
        return waits

    waits = ran(steps())
    assert waits[:2] == [0.0, 0.0]
    assert waits[2] > 0.5


def test_the_first_fault_is_kept() -> None:
    async def steps() -> str:
        till = Till(Terms(), {"K": "v"})
        assert await till.keys() == {"K": "v"}
        assert await till.fault() == ""
        await till.fail("one")
        await till.fail("two")
        return await till.fault()

    assert ran(steps()) == "one"


def test_keys_are_those_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert keys() == {"OPENAI_API_KEY": "secret"}
