"""What a report estimates from a run: prevalences, and from labels the machine's accuracy and two cross-checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from ptmreuse.reporting.accuracy import Accuracy, accuracies
from ptmreuse.reporting.cross_checks import cross_checks
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.metadata import FIELD_UNKNOWN
from ptmreuse.reporting.prevalence import ALL, UNCORRECTED, Prevalence, in_periods, prevalences
from ptmreuse.reporting.results import Results

FIELD, PERIOD = "field", "period"


@dataclass(frozen=True)
class Estimated:
    """Prevalences among all papers and by field and period, and what the labels say of the machine."""

    prevalences: tuple[Prevalence, ...]
    accuracies: tuple[Accuracy, ...] = ()
    checks: tuple[Prevalence, ...] = ()

    def of(self, stage: str, value: str = "") -> Prevalence | None:
        """The prevalence among all papers; None where the run did not ask."""
        wanted = (stage, value, ALL)
        return next((each for each in self.prevalences if (each.stage, each.value, each.stratum) == wanted), None)

    @property
    def corrected(self) -> bool:
        """Whether there were labels enough to correct any figure."""
        return any(each.method != UNCORRECTED for each in self.prevalences)


def estimated(results: Results, labels: Sequence[HandLabel] = ()) -> Estimated:
    """Estimate from a run and hand labels. Raises UsageError for a paper that is labelled twice."""
    papers = results.papers.assign(**{PERIOD: in_periods(results.papers["year"])})
    by = [FIELD] if results.unique["field"].ne(FIELD_UNKNOWN).any() else []
    by += [PERIOD] if len(papers) else []
    return Estimated(
        tuple(prevalences(papers, labels, by, results.models)),
        tuple(accuracies(papers, labels, results.models)) if labels else (),
        tuple(cross_checks(papers, labels)) if labels else (),
    )
