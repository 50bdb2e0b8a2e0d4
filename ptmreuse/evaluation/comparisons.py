"""Which of two cells is better, by how much and how sure: paired on the same papers, Holm over all comparisons.

Accuracy in stages 1 and 2 has McNemar's exact test with Tango's interval; everything else the bootstrap over papers, in
which both cells get the same draws. Intervals are of one difference by itself; p is adjusted for all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isnan

from program.answers import STAGES
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.drawn import HEADLINES, Pair, drawn, paired
from ptmreuse.evaluation.headings import VIEW_WORDS, words
from ptmreuse.evaluation.judged import VIEWS, Cell, Result, View
from ptmreuse.evaluation.numerals import decimal, interval, probability, signed
from ptmreuse.evaluation.paired import drawn_interval, drawn_p, holm, mcnemar, tango

DRAWS = 10_000
_PER_COMPARISON = 200  # draws at least: fewer, and no p could stay small after Holm
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statistic of one cell minus that of another on the same papers, with its 95 % interval.

    `stage` is "mean" for the mean over the stages, names by micro F1 and the others by accuracy. `papers` are those
    that the stage has. `p` is two-sided; `adjusted` is p after Holm over all comparisons made together. The numbers are
    None where the difference is not defined.
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
        return self.adjusted is not None and self.adjusted < _LEVEL

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        many = "paper" if self.papers == 1 else "papers"
        of = f"{self.stage}, {words(self.statistic)}, {VIEW_WORDS[self.view]}, {self.papers} {many}"
        one, other = self.one.name, self.other.name
        if self.difference is None or self.low is None or self.high is None:
            return f"{one} and {other} can't be compared: the difference is not defined ({of})."
        chance = f"p {'' if (p := probability(self.adjusted)).startswith('<') else '= '}{p} after Holm"
        if not self.shown:
            limits = interval(self.low, self.high, difference=True)
            return f"{one} and {other}: no difference shown: {signed(self.difference)} ({limits}), {chance} ({of})."
        low, high = sorted((abs(self.low), abs(self.high))) if self.low * self.high > 0 else (self.low, self.high)
        first, second = (one, other) if self.difference > 0 else (other, one)
        by = f"{decimal(abs(self.difference))} ({interval(low, high)})"
        return f"{first} is higher than {second} by {by}, {chance} ({of})."


def comparisons(results: Sequence[Result], draws: int = DRAWS, seed: int = 0) -> list[Comparison]:
    """Every pair of cells in every view that both have: each stage that both have, and the mean over those.

    Of a repeated cell the first is compared. More than `draws` are made where there are very many comparisons.
    Raises UsageError where two cells were not asked about the same papers in a view.
    """
    several = {view: [r for r in results if r.cell.repeat == 1 and view in r.judged] for view in VIEWS}
    pairs = sum(len(cells) * (len(cells) - 1) // 2 for cells in several.values())
    draws = max(draws, _PER_COMPARISON * pairs * (1 + sum(map(len, HEADLINES.values()))))
    found = [each for view, cells in several.items() for each in _in_view(view, cells, draws, seed)]
    adjusted = iter(holm([each.p for each in found if each.p is not None]))
    return [each if each.p is None else replace(each, adjusted=next(adjusted)) for each in found]


def _in_view(view: View, results: Sequence[Result], draws: int, seed: int) -> Iterator[Comparison]:
    cells = drawn([result.judged[view] for result in results], draws, seed)
    for (one, left), (other, right) in combinations(zip(results, cells, strict=True), 2):
        _check(view, one, other)
        for pair in paired(left, right):
            yield _comparison(view, one.cell, other.cell, pair)


def _check(view: View, *results: Result) -> None:
    one, other = ({item.paper for item in result.judged[view]} for result in results)
    if one != other:
        names = " and ".join(result.cell.name for result in results)
        raise UsageError(
            f"{names}: {len(one ^ other)} papers were asked of only one of them ({VIEW_WORDS[view]}), such as "
            f"{min(one ^ other)}; evaluate both on the same data"
        )


def _comparison(view: View, one: Cell, other: Cell, pair: Pair) -> Comparison:
    base = Comparison(view, pair.stage, pair.statistic, one, other, pair.papers, None, None, None, None, None)
    if isnan(pair.difference):
        return base
    if pair.stage in STAGES[:2] and pair.statistic == "accuracy":
        low, high = tango(*pair.apart, pair.papers)
        p = mcnemar(*pair.apart)
    else:
        low, high = drawn_interval(pair.difference, pair.drawn, pair.papers)
        p = drawn_p(pair.drawn, pair.differing)
    return replace(base, difference=pair.difference, low=low, high=high, p=p)
