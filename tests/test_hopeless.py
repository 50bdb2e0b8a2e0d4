"""When a run gives up on an LM that gives nothing."""

import pytest

from program.answers import Answer
from ptmreuse.calling.hopeless import IN_A_ROW, Hopeless
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row


def rows(value: str, error: str, stages: int = 1) -> list[Row]:
    reason = "provider_error" if error else ""
    return [Row(Answer("uses_deep_learning", value, reason=reason), error=error) for _ in range(stages)]  # type: ignore[arg-type]


def test_it_stops_at_the_last_of_too_many() -> None:
    hopeless = Hopeless()
    for _ in range(IN_A_ROW - 1):
        hopeless.see(rows("unresolved", "HTTP 500"))
    with pytest.raises(SystemicError, match=r"for 25 papers in a row \(provider_error: HTTP 500\); see to it"):
        hopeless.see(rows("unresolved", "HTTP 500"))


@pytest.mark.parametrize("useful", [rows("no", ""), rows("unresolved", ""), rows("yes", "", 2)])
def test_anything_of_use_starts_the_count_anew(useful: list[Row]) -> None:
    hopeless = Hopeless()
    for _ in range(3):
        for _ in range(IN_A_ROW - 1):
            hopeless.see(rows("unresolved", "HTTP 500"))
        hopeless.see(useful)


def test_a_paper_that_nothing_was_asked_of_does_not_count() -> None:
    hopeless = Hopeless()
    for _ in range(IN_A_ROW - 1):
        hopeless.see(rows("unresolved", "HTTP 500", 2))
        hopeless.see([])
    with pytest.raises(SystemicError):
        hopeless.see(rows("unresolved", "HTTP 500"))
