"""Shares in words."""

import pytest

from ptmreuse.reporting.percent import between, percent, points


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.036, "3.60 %"), (0.09994, "9.99 %"), (0.09996, "10.0 %"),
     (0.99951, "100.0 %"), (0.00001, "0.00 %")],
)  # fmt: skip
def test_percent(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_limits_and_differences() -> None:
    assert between(0.0334, 0.1) == "3.34 to 10.0 %"
    assert between(None, 0.1) == ""
    assert [points(each) for each in (0.012, -0.0035, -0.0, None)] == ["+1.20", "-0.35", "+0.00", "–"]
