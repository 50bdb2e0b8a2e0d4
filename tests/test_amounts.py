from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from ptmreuse.amounts import amount, count, seconds


@pytest.mark.parametrize(
    ("read", "text", "value"), [(count, "12", 12), (amount, "0", 0.0), (amount, "1e2", 100.0), (seconds, "0.5", 0.5)]
)
def test_a_number_is_read(read: Callable[[str], float], text: str, value: float) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "texts", "says"),
    [
        (count, ("0", "-1", "1.5", "²", "", "many"), "is not a positive number"),
        (amount, ("-1", "inf", "nan", "", "much"), "is not an amount"),
        (seconds, ("0",), "is not a number of seconds"),
    ],
)
def test_what_is_none_is_refused(read: Callable[[str], float], texts: tuple[str, ...], says: str) -> None:
    for text in texts:
        with pytest.raises(ArgumentTypeError, match=says):
            read(text)
