"""An evaluation with all its numbers, computed once and handed to every table, figure and file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from program.answers import STAGES
from ptmreuse.evaluation.comparisons import Comparison, comparisons
from ptmreuse.evaluation.failures import Failure, Shown, failures
from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.judged import VIEWS, Result, View
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.measures import measures
from ptmreuse.evaluation.origins import RIGHT, errors_begin_at
from ptmreuse.labelled import LabelledPaper

Named = Mapping[str, Measure]


@dataclass(frozen=True)
class Tally:
    """Results with their numbers.

    `budgets` and `shown` are what `failures` takes: cells that show other passages. `data` says which papers these are;
    `notes` are sentences on what to be careful about.
    """

    results: tuple[Result, ...]
    labelled: tuple[LabelledPaper, ...]
    measures: Mapping[tuple[str, View, str], Named]
    comparisons: tuple[Comparison, ...]
    budgets: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    data: str = ""
    notes: tuple[str, ...] = ()

    def of(self, cell: str, view: View, stage: str) -> Named:
        """The measures of a stage by name; {} where it was not evaluated."""
        return self.measures.get((cell, view, stage), {})

    @property
    def cells(self) -> list[str]:
        """The names of the cells, in their order."""
        return [result.cell.name for result in self.results]

    @property
    def views(self) -> list[View]:
        """The views that any result has."""
        return [view for view in VIEWS if any(view in result.judged for result in self.results)]

    def stages(self, view: View) -> list[str]:
        """The stages that any cell has answers of."""
        return [stage for stage in STAGES if any(self.of(cell, view, stage) for cell in self.cells)]

    @cached_property
    def began(self) -> Mapping[str, Mapping[tuple[str, str], int]]:
        """Papers by cell, and by the stage and kind of their first error end to end."""
        return {r.cell.name: errors_begin_at(r.judged["end-to-end"]) for r in self.results if "end-to-end" in r.judged}

    @cached_property
    def wholly_right(self) -> Mapping[str, Measure]:
        """The share of papers on which a cell is wholly right end to end."""
        return {cell: _share(began.get((RIGHT, ""), 0), sum(began.values())) for cell, began in self.began.items()}

    @cached_property
    def failures(self) -> list[Failure]:
        """Every wrong answer, by stage and kind of error."""
        return failures(self.results, self.labelled, self.budgets, self.shown)


def tally(
    results: Iterable[Result],
    labelled: Iterable[LabelledPaper],
    budgets: Mapping[str, int] | None = None,
    shown: Mapping[str, Shown] | None = None,
    data: str = "",
    notes: Iterable[str] = (),
) -> Tally:
    """Compute the measures of every cell, view and stage, and the comparisons of all cells.

    Raises UsageError where two cells were not asked about the same papers.
    """
    several = tuple(results)
    found: dict[tuple[str, View, str], Named] = {}
    for result in several:
        for view, judged in result.judged.items():
            for stage in STAGES:
                items = [item for item in judged if item.stage == stage]
                found[result.cell.name, view, stage] = measures(items)
    compared = tuple(comparisons(several)) if len(several) > 1 else ()
    return Tally(several, tuple(labelled), found, compared, budgets or {}, shown or {}, data, tuple(notes))


def _share(hits: int, cases: int) -> Measure:
    return Measure(hits / cases, *wilson(hits, cases), cases) if cases else Measure(None, None, None, 0)
