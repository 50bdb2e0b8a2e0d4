"""How numbers are written."""

from collections.abc import Callable
from typing import Any

import pytest

from ptmreuse.evaluation import numerals
from ptmreuse.evaluation.measure import Measure


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (numerals.decimal, 0.9375, ".938"),
        (numerals.decimal, 1.0, "1.000"),
        (numerals.decimal, 0.99999, "1.000"),
        (numerals.decimal, -0.12, "-.120"),
        (numerals.decimal, -0.0001, ".000"),
        (numerals.decimal, 10.05, "10.050"),
        (numerals.decimal, None, "–"),
        (numerals.signed, 0.12, "+.120"),
        (numerals.signed, -0.12, "-.120"),
        (numerals.signed, None, "–"),
        (numerals.probability, 0.0009, "<.001"),
        (numerals.probability, 0.04, ".040"),
        (numerals.probability, None, "–"),
        (numerals.count, 1234567, "1,234,567"),
        (numerals.count, 0, "0"),
        (numerals.count, None, "unknown"),
        (numerals.money, 0.0, "0.00"),
        (numerals.money, 0.304, "0.30"),
        (numerals.money, 0.00123, "0.001"),
        (numerals.money, 1234.5, "1,234.50"),
        (numerals.money, None, "unknown"),
        (numerals.seconds, 12.34, "12.3"),
        (numerals.seconds, 0.0456, "0.046"),
        (numerals.seconds, 0.00059, "<0.001"),
        (numerals.seconds, None, "unknown"),
    ],
)
def test_numbers(write: Callable[[Any], str], value: float | None, text: str) -> None:
    assert write(value) == text


def test_intervals() -> None:
    assert numerals.interval(0.871, 0.972) == ".871 to .972"
    assert numerals.interval(-0.02, 0.1, difference=True) == "-.020 to +.100"
    assert numerals.interval(None, None) == ""


@pytest.mark.parametrize(("value", "n", "mark"), [(0.5, 29, "†"), (0.5, 30, ""), (None, 0, "")])
def test_the_dagger(value: float | None, n: int, mark: str) -> None:
    assert numerals.mark(Measure(value, None, None, n)) == mark
