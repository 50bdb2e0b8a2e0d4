"""An evaluation in a few sentences: which program and LM is better, by how much, how sure."""

from ptmreuse.evaluation.headings import VIEW_WORDS
from ptmreuse.evaluation.judged import VIEWS, View
from ptmreuse.evaluation.measure import SMALL
from ptmreuse.evaluation.numerals import decimal, interval, mark
from ptmreuse.evaluation.tally import Tally

MEAN = "mean"  # the stage of a comparison of the mean over all stages


def headline(tally: Tally) -> list[str]:
    """The best cell and how it stands to the others, or how good the only cell is; then what to be careful about."""
    ranked = ranking(tally)
    said = [_best(tally, ranked[0])] if ranked else []
    said += [*tally.notes, *_leads(tally, ranked)]
    if not any(tally.stages(view) for view in tally.views):
        said.append("There is nothing to judge: these stages are asked about none of these papers.")
    papers = len(tally.labelled)
    if papers < SMALL:
        said.append(f"Only {papers} paper{'' if papers == 1 else 's'}: too few to rely on any of these numbers.")
    return said


def ranking(tally: Tally) -> list[str]:
    """The cells, the best first: by papers wholly right end to end, else by the mean accuracy over the stages."""
    worth = {cell: value for cell in tally.cells if (value := _worth(tally, cell)) is not None}
    return sorted(worth, key=lambda cell: -worth[cell])


def mean_accuracy(tally: Tally, cell: str, view: View) -> float | None:
    """The mean over the stages; None where a stage has no accuracy."""
    named = [tally.of(cell, view, stage).get("accuracy") for stage in tally.stages(view)]
    values = [measure.value for measure in named if measure and measure.value is not None]
    return sum(values) / len(values) if values and len(values) == len(named) else None


def means_compared(tally: Tally) -> list[str]:
    """Every comparison of the mean over the stages in words, end to end first."""
    means = [each for each in tally.comparisons if each.stage == MEAN]
    return [each.sentence for each in sorted(means, key=lambda each: -VIEWS.index(each.view))]


def differences(tally: Tally) -> list[str]:
    """The differences that are shown at single stages, in words."""
    return [each.sentence for each in tally.comparisons if each.stage != MEAN and each.shown]


def _worth(tally: Tally, cell: str) -> float | None:
    if cell in tally.wholly_right:
        return tally.wholly_right[cell].value
    return mean_accuracy(tally, cell, tally.views[0])


def _best(tally: Tally, cell: str) -> str:
    subject = f"{cell} gets the most right" if len(tally.cells) > 1 else cell
    if cell in tally.wholly_right:
        right = tally.wholly_right[cell]
        share = f"{decimal(right.value)}{mark(right)} (95 % interval {interval(right.low, right.high)})"
        return f"{subject}: end to end, {share} of {right.n} papers are wholly right."
    view = tally.views[0]
    return f"{subject}: mean accuracy {decimal(mean_accuracy(tally, cell, view))} over the stages, {VIEW_WORDS[view]}."


def _leads(tally: Tally, ranked: list[str]) -> list[str]:
    """How the best stands to each other cell by the mean over the stages, the strongest rivals first."""
    view = tally.views[-1] if tally.views else "isolated"
    found = {
        frozenset((each.one.name, each.other.name)): each
        for each in tally.comparisons
        if each.stage == MEAN and each.view == view
    }
    rivals = [found[pair] for other in ranked[1:] if (pair := frozenset((ranked[0], other))) in found]
    return [each.sentence for each in rivals[:3]]
