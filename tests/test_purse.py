"""A meter over LMs with prices of their own."""

import dspy
import pytest
from scripted import ScriptedEngine

from ptmreuse.evaluation.purse import Purse
from ptmreuse.meter import BudgetReached, Price

PRICES = {"scripted/dear": Price(1e-3, 1e-2), "scripted/cheap": Price(1e-6, 1e-5), "scripted/unknown": None}


def lm(name: str, replies: int = 3) -> dspy.LM:
    engine = ScriptedEngine(*["text"] * replies)
    return dspy.LM(f"scripted/{name}", engine=engine, cache=False, num_retries=0, max_tokens=10)


def test_each_lm_has_its_price() -> None:
    purse = Purse(PRICES)
    for name in ("dear", "cheap", "unknown"):
        with dspy.context(lm=lm(name), callbacks=[purse], usage_tracker=purse):
            dspy.settings.lm("hello")
    assert purse.calls == 3
    assert purse.tokens == 3 * 110
    assert purse.usd == pytest.approx(0.2 + 0.0002)


def test_the_limit_is_over_all_of_them() -> None:
    purse = Purse(PRICES, 0.25)
    with dspy.context(callbacks=[purse], usage_tracker=purse):
        lm("dear")("hello")  # 0.2
        lm("cheap")("hello")
        with pytest.raises(BudgetReached):
            lm("dear")("hello")  # at most 0.1 and a little
    assert purse.stopped
    assert purse.usd < 0.25
