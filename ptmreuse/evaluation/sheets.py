"""The tables of an evaluation: how good, compared with what, where errors began, at what cost."""

from collections.abc import Mapping
from statistics import fmean, stdev
from typing import TypeAlias

import numpy as np

from program.answers import STAGES
from ptmreuse.evaluation.comparisons import Comparison
from ptmreuse.evaluation.headings import (
    ACCURACY_NOTE,
    CASES_NOTE,
    COUNTS,
    F1,
    F1_NOTE,
    VIEW_WORDS,
    words,
)
from ptmreuse.evaluation.judged import Cost, Result, View
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.numerals import count, decimal, money, probability, seconds
from ptmreuse.evaluation.origins import RIGHT
from ptmreuse.evaluation.sheet import Amount, Difference, Sheet, Value
from ptmreuse.evaluation.tally import Named, Tally

Row: TypeAlias = tuple[Value, ...]

_NONE = Measure(None, None, None, 0)


def all_sheets(tally: Tally) -> list[Sheet]:
    """Every table that has rows, those that matter most first."""
    made = [*main(tally), *comparison_sheets(tally), *origin_sheets(tally), cost(tally), *details(tally)]
    return [sheet for sheet in made if sheet.rows]


def main(tally: Tally) -> list[Sheet]:
    """One cell: its stages. Several: the grid by accuracy. One table per view."""
    if len(tally.cells) == 1:
        return [stages(tally, tally.cells[0], view) for view in tally.views]
    return [*[grid(tally, view, "accuracy") for view in tally.views], *repeats(tally)]


def stages(tally: Tally, cell: str, view: View) -> Sheet:
    """One cell in one view: stages as rows."""
    columns = ("stage", "cases", "accuracy", "F1", "Cohen's κ", "unresolved")
    rows = [_stage(stage, tally.of(cell, view, stage)) for stage in tally.stages(view)]
    title = f"{cell}, {VIEW_WORDS[view]}"
    return Sheet(f"stages_{_stem(view)}", title, columns, tuple(rows), f"{CASES_NOTE} {ACCURACY_NOTE} {F1_NOTE}")


def _stage(stage: str, named: Named) -> Row:
    chosen = [named.get(name) for name in ("accuracy", F1[stage], "kappa", "unresolved")]
    return (stage, _cases(named.get("n")), *chosen)


def grid(tally: Tally, view: View, what: str) -> Sheet:
    """Cells as rows, stages as columns; end to end also the papers that are wholly right. `what` is accuracy or F1."""
    whole = view == "end-to-end" and what == "accuracy"
    order = tally.stages(view)
    rows: list[Row] = []
    for cell in tally.cells:
        of = [tally.of(cell, view, stage).get(F1[stage] if what == "F1" else what, _NONE) for stage in order]
        rows.append((cell, *of, *([tally.wholly_right.get(cell, _NONE)] if whole else [])))
    columns = ("program · LM", *order, *(["papers wholly right"] if whole else []))
    note = F1_NOTE if what == "F1" else ACCURACY_NOTE
    return Sheet(
        f"{what.lower()}_{_stem(view)}", f"{what.capitalize()}, {VIEW_WORDS[view]}", columns, tuple(rows), note
    )


def repeats(tally: Tally) -> list[Sheet]:
    """How far accuracy moves from run to run, for the cells that were repeated."""
    again: dict[str, list[str]] = {}
    for result in tally.results:
        again.setdefault(f"{result.cell.program} · {result.cell.lm}", []).append(result.cell.name)
    rows: list[Row] = []
    for name, cells in again.items():
        for view in tally.views:
            for stage in tally.stages(view):
                of = [tally.of(cell, view, stage).get("accuracy", _NONE).value for cell in cells]
                values = [value for value in of if value is not None]
                if len(values) > 1:
                    numbers = (fmean(values), stdev(values), min(values), max(values))
                    rows.append((name, view, stage, len(values), *[Amount(n, decimal(n)) for n in numbers]))
    columns = ("program · LM", "view", "stage", "repeats", "mean accuracy", "SD", "lowest", "highest")
    note = "SD: standard deviation between repeats of the same cell, from which the interval over papers says nothing."
    return [Sheet("repeats", "From run to run", columns, tuple(rows), note)] if rows else []


def details(tally: Tally) -> list[Sheet]:
    """The grid by F1; every measure, one table per cell and view with measures as rows and stages as columns."""
    grids = [grid(tally, view, "F1") for view in tally.views] if len(tally.cells) > 1 else []
    return grids + [
        _detail(f"measures_{number}_{_stem(view)}", cell, view, tally)
        for number, cell in enumerate(tally.cells, 1)
        for view in tally.views
    ]


def _detail(name: str, cell: str, view: View, tally: Tally) -> Sheet:
    order = tally.stages(view)
    of = [tally.of(cell, view, stage) for stage in order]
    names = list(dict.fromkeys(measure for named in of for measure in named))
    rows: list[Row] = [(words(m), *[_cases(n.get(m)) if m in COUNTS else n.get(m) for n in of]) for m in names]
    return Sheet(name, f"{cell}, {VIEW_WORDS[view]}: every measure", ("measure", *order), tuple(rows))


def comparison_sheets(tally: Tally) -> list[Sheet]:
    """Every pair of cells, by view and stage; [] where there is one cell."""
    columns = ("view", "stage", "statistic", "first", "second", "papers", "difference", "p", "p after Holm", "verdict")
    rows = [_compared(each) for each in tally.comparisons]
    note = (
        "Difference: first minus second on the same papers, paired, with its 95 % interval. Verdict at 5 % after Holm's"
        f" correction over all {len(rows)} comparisons."
    )
    return [Sheet("comparisons", "Comparisons", columns, tuple(rows), note)] if rows else []


def _compared(each: Comparison) -> Row:
    difference = Difference(each.difference, each.low, each.high)
    chances = [Amount(p, probability(p)) for p in (each.p, each.adjusted)]
    pair = (each.one.name, each.other.name)
    return (each.view, each.stage, words(each.statistic), *pair, each.papers, difference, *chances, verdict(each))


def verdict(each: Comparison) -> str:
    """Which of two cells is better, in a word or two."""
    if each.difference is None:
        return "not defined"
    if not each.shown:
        return "no difference shown"
    return "first is better" if each.difference > 0 else "second is better"


def origin_sheets(tally: Tally) -> list[Sheet]:
    """Where errors began, by cell and stage, and by kind of error."""
    rows: list[Row] = []
    kinds: list[Row] = []
    for cell, began in tally.began.items():
        by_stage = began_at(began)
        rows.append((cell, by_stage[""], tally.wholly_right[cell], *[by_stage[stage] for stage in STAGES]))
        kinds += [(cell, stage, kind, papers) for (stage, kind), papers in began.items() if stage != RIGHT]
    columns = ("program · LM", "papers wholly right", "share of papers", *STAGES)
    note = "Papers by the first stage with an error, end to end."
    shown = [Sheet("errors_begin", "Where errors began", columns, tuple(rows), note)] if rows else []
    heads = ("program · LM", "stage", "kind", "papers")
    by_kind = Sheet("errors_begin_by_kind", "The first error by kind", heads, tuple(kinds))
    return [*shown, *([by_kind] if kinds else [])]


def began_at(began: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Papers by the stage of their first error; "" are those that are wholly right."""
    found = dict.fromkeys(("", *STAGES), 0)
    for (stage, _), papers in began.items():
        found["" if stage == RIGHT else stage] += papers
    return found


def cost(tally: Tally) -> Sheet:
    """What each cell cost, by view."""
    columns = (
        *("program · LM", "view", "calls", "tokens in", "tokens out", "USD", "USD per 1,000 papers"),
        *("seconds per paper p50", "seconds per paper p95"),
    )
    rows = [_cost(result, view) for result in tally.results for view in tally.views if view in result.costs]
    note = "p50, p95: half, and 95 %, of the papers took no longer. A price that is not known is unknown, not nothing."
    return Sheet("cost", "Cost", columns, tuple(rows), note)


def _cost(result: Result, view: View) -> Row:
    spent = result.costs[view]
    tokens = [Amount(number, count(number)) for number in (spent.input_tokens, spent.output_tokens)]
    prices = [Amount(price, money(price)) for price in (spent.usd, usd_per_thousand(spent))]
    times = [Amount(time, seconds(time)) for time in (percentile(spent, 50), percentile(spent, 95))]
    return (result.cell.name, view, spent.calls, *tokens, *prices, *times)


def usd_per_thousand(spent: Cost) -> float | None:
    """US dollars per 1,000 papers; None where the price is not known."""
    return None if spent.usd is None or not spent.seconds else spent.usd / len(spent.seconds) * 1000


def percentile(spent: Cost, share: float) -> float | None:
    """Seconds within which `share` percent of the papers were done; None without a paper."""
    return float(np.percentile(spent.seconds, share)) if spent.seconds else None


def _cases(measure: Measure | None) -> Value:
    return None if measure is None or measure.value is None else round(measure.value)


def _stem(view: View) -> str:
    return view.replace("-", "_")
