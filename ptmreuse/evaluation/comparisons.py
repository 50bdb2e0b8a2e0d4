"""Which of two cells is better, by how much and how sure: paired on the same papers, Holm over all comparisons."""

from collections.abc import Sequence
from dataclasses import dataclass

from ptmreuse.evaluation.judged import Cell, Result, View

DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statistic of one cell minus that of another on the same papers, with its 95 % interval.

    `stage` is "mean" for the mean over the stages' headline statistics. `p` is two-sided; `adjusted` is p after Holm
    over all comparisons made together. All four numbers are None where the difference is not defined.
    """

    view: View
    stage: str
    statistic: str
    one: Cell
    other: Cell
    papers: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None

    @property
    def shown(self) -> bool:
        """Whether a difference is shown, at 5 % after Holm."""
        return self.adjusted is not None and self.adjusted < 0.05

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        raise NotImplementedError


def comparisons(results: Sequence[Result], draws: int = DRAWS, seed: int = 0) -> list[Comparison]:
    """Every pair of cells in every view and stage.

    Raises UsageError where two cells were not asked about the same papers.
    """
    raise NotImplementedError
