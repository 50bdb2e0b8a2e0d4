"""Calls, tokens and US dollars, and the limit."""

import copy

import dspy
import pytest
from provider import completion, provider
from scripted import scripted

from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached, Meter, Price, price_of

REPLY = "[[ ## b ## ]]\nyes\n\n[[ ## completed ## ]]"


def test_prices_come_from_the_list_that_dspy_carries() -> None:
    known = price_of(LMChoice("openai/gpt-4o-mini"))
    assert known
    assert 0 < known.prompt < known.answer < 1e-3
    assert price_of(LMChoice("hosted_vllm/nobody-knows-this")) is None
    assert price_of(LMChoice()) == Price(0.0, 0.0)


def test_calls_and_tokens_of_all_threads_are_counted_together() -> None:
    lm, _ = scripted(*[REPLY] * 6)
    meter = Meter(Price(1e-6, 2e-6))
    with dspy.context(lm=lm, callbacks=[meter], usage_tracker=meter):
        dspy.Predict("a -> b")(a="x")
        dspy.Predict("a -> b").batch([dspy.Example(a=str(n)).with_inputs("a") for n in range(5)], num_threads=3)
    assert (meter.calls, meter.prompt_tokens, meter.answer_tokens, meter.tokens) == (6, 600, 60, 660)
    assert meter.usd == pytest.approx(6e-4 + 1.2e-4)
    assert copy.deepcopy(meter) is meter
    assert Meter().usd is None


def test_no_call_goes_over_the_limit() -> None:
    with provider(lambda *_: (200, completion(REPLY))) as server:
        lm = LMChoice("openai/m", server.base, {"api_key": "x", "max_tokens": 100}).build()
        meter = Meter(Price(1e-3, 1e-3), limit=1.0)
        with dspy.context(lm=lm, callbacks=[meter], usage_tracker=meter), pytest.raises(BudgetReached):
            for n in range(100):
                dspy.Predict("a -> b")(a=str(n))
        assert 1 < meter.calls == len(server.bodies) < 100
    assert meter.usd is not None
    assert meter.usd <= 1.0


def test_after_a_stop_nothing_is_asked() -> None:
    lm, engine = scripted(REPLY)
    meter = Meter()
    meter.stop()
    with dspy.context(lm=lm, callbacks=[meter]), pytest.raises(BudgetReached):
        dspy.Predict("a -> b")(a="x")
    assert engine.prompts == []
