"""A number with its interval."""

from dataclasses import dataclass

SMALL = 30  # a number made from fewer cases is called small


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, 0 to 1 unless it says otherwise, with its 95 % interval and the cases it is made from: papers.

    `value` is None where it is not defined (no case, or a division by nothing); the interval is then None too.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def small(self) -> bool:
        """Whether there are too few cases to rely on it."""
        return self.n < SMALL
