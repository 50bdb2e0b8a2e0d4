"""What rows cost: sums, and unknown where a part is not known."""

from typing import Any

import pytest

from program.answers import Answer, no, unresolved
from ptmreuse.evaluation.costs import cost
from ptmreuse.ledger import Row
from ptmreuse.meter import Price

NO = no("uses_deep_learning")
STEP = Answer("science_step", "yes")
PRICES = {"uses_deep_learning": Price(1.0, 10.0), "science_step": Price(2.0, 20.0)}
FREE = dict.fromkeys(PRICES, Price(0.0, 0.0))


def row(answer: Answer, prompt: int | None = 3, reply: int | None = 2, **told: Any) -> Row:
    return Row(answer, prompt, reply, **{"seconds": 1.0, **told})


def test_sums() -> None:
    found = cost([[row(NO), row(STEP, attempts=2)], [row(NO)], []], PRICES)
    assert (found.calls, found.input_tokens, found.output_tokens) == (4, 9, 6)
    assert found.usd == pytest.approx(2 * (3 + 20) + (6 + 40))
    assert found.seconds == (2.0, 1.0, 0)


@pytest.mark.parametrize(
    ("rows", "prices", "usd"),
    [
        ([row(NO)], PRICES | {"uses_deep_learning": None}, None),
        ([row(NO), row(NO, None, None)], PRICES, None),  # an answer whose tokens nobody told
        ([row(NO), row(unresolved("science_step", "provider_error"), None, None)], PRICES, 23.0),  # never answered
        ([row(NO, None, None)], FREE, 0.0),
        ([], PRICES, 0.0),
    ],
)
def test_unknown_is_none_and_never_nothing(rows: list[Row], prices: dict[str, Price | None], usd: float | None) -> None:
    assert cost([rows], prices).usd == usd


def test_tokens_that_nobody_told_are_none() -> None:
    assert cost([[row(NO, None, None)]], PRICES).input_tokens is None
    assert cost([[row(NO, None, None, attempts=0)]], PRICES).input_tokens == 0
