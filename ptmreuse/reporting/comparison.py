"""Two runs compared: the one object that tables, files and page of `ptmreuse diff` are made from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import pandas as pd

from program.answers import STAGES
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.numerals import probability
from ptmreuse.evaluation.sheet import Amount, Difference, Sheet, Value
from ptmreuse.reporting.agreements import Agreement, YesNo, agreements, yes_no
from ptmreuse.reporting.changes import Change, Side, changes
from ptmreuse.reporting.keys import asked, choices, ledger_of
from ptmreuse.reporting.pairs import Matched, matched
from ptmreuse.reporting.record import YES_NO, Record

CHANGE_COLUMNS = [
    "source_a", "source_b", "doi", "title", "year", "stage", "model", "first",
    "a", "a_quote", "a_place", "a_reason", "b", "b_quote", "b_place", "b_reason",
]  # fmt: skip
ONE_RUN_COLUMNS = ["run", "source", "doi", "title", "year", "uses_deep_learning", "reuses_ptm"]
_VALUES = ("yes", "no", "unresolved", "")


@dataclass(frozen=True)
class Comparison:
    """Runs A and B, their papers side by side, and every changed answer."""

    a: Record
    b: Record
    papers: Matched
    changes: tuple[Change, ...]

    @property
    def changed(self) -> int:
        """How many papers have a changed answer."""
        return len({(change.pair.a.source, change.pair.b.source) for change in self.changes})


def compared(a: Record, b: Record) -> Comparison:
    """Two runs compared.

    Raises UsageError when both are the same answers.
    """
    if a.asked.key == b.asked.key and a.run.resolve() == b.run.resolve():
        others = choices(asked(ledger_of(a.run)))
        advice = "give another run, or choose other answers of it with --key-a and --key-b, of"
        raise UsageError(f"{a.run}: compared with itself; {advice}{others}")
    papers = matched(a, b)
    return Comparison(a, b, papers, tuple(change for pair in papers.pairs for change in changes(pair)))


def sheets(found: Comparison) -> list[Sheet]:
    """The tables of a comparison, those that matter most first; one without rows is left out."""
    pairs = found.papers.pairs
    made = [_agreement(agreements(pairs)), _tests(yes_no(pairs)), _moves(found), _begin(found), _models(found)]
    return [sheet for sheet in made if sheet.rows]


def _agreement(found: Sequence[Agreement]) -> Sheet:
    columns = ("stage", "both answered", "same answer", "Cohen's κ", "F1 of the names")
    rows = [(a.stage, a.cases, *(None if m.value is None else m for m in (a.same, a.kappa, a.f1))) for a in found]
    note = (
        "Cases are papers that both runs answered (yes or no; for names, with a list), in the last two stages models"
        " that both name. Names are no fixed kinds, so they have F1 in place of κ. κ has no value where one of the"
        " answers was the only one. Intervals at 95 %."
    )
    return Sheet("agreement", "How far the runs agree", columns, tuple(row for row in rows if row[1]), note)


def _tests(found: Sequence[YesNo]) -> Sheet:
    columns = ("stage", "yes in A", "yes in B", "only A", "only B", "B minus A", "McNemar p")
    rows = [(*_counts(each), _difference(each), Amount(each.p, probability(each.p))) for each in found if each.papers]
    note = (
        "Only A: yes in A and no in B. B minus A: shares of yes, with Tango's 95 % interval. p: McNemar's exact test,"
        " two-sided; a small p says that the runs answer yes at different rates, not which of them is right."
    )
    return Sheet("yes_no", "Yes and no", columns, tuple(rows), note)


def _counts(each: YesNo) -> tuple[Value, ...]:
    return (each.stage, each.yes_a, each.yes_b, each.only_a, each.only_b)


def _difference(each: YesNo) -> Difference:
    return Difference(*each.difference) if each.difference else Difference(None, None, None)


def _moves(found: Comparison) -> Sheet:
    """Every pair of values of the yes/no stages, the unresolved and those not asked among them."""
    rows: list[tuple[Value, ...]] = []
    for stage in YES_NO:
        number = Counter((pair.a.value(stage), pair.b.value(stage)) for pair in found.papers.pairs)
        moves = [(a, b) for a in _VALUES for b in _VALUES if number[a, b]]
        rows += [(stage, a or "not asked", b or "not asked", number[a, b]) for a, b in moves]
    return Sheet("moves", "From A to B", ("stage", "A", "B", "papers"), tuple(rows))


def _begin(found: Comparison) -> Sheet:
    where = {(change.pair.a.source, change.stage) for change in found.changes if change.first}
    first, every = Counter(stage for _, stage in where), Counter(change.stage for change in found.changes)
    rows = tuple((stage, first[stage], every[stage]) for stage in STAGES if every[stage])
    note = "A paper counts at the stage where its changes begin; changed answers of models count one by one."
    return Sheet("changes_begin", "Where changes begin", ("stage", "papers", "changed answers"), rows, note)


def _models(found: Comparison) -> Sheet:
    """What changed about models: named or not, pattern, step."""
    number = Counter((c.stage, c.a.value, c.b.value) for c in found.changes if c.model)
    ordered = sorted(number.items(), key=lambda item: (STAGES.index(item[0][0]), -item[1], item[0]))
    rows = tuple((*moved, papers) for moved, papers in ordered)
    return Sheet("models", "Changed answers about models", ("stage", "A", "B", "models"), rows)


def changes_table(found: Comparison) -> pd.DataFrame:
    """One row per changed answer with `CHANGE_COLUMNS`, all text but `year` (nullable integer) and `first` (bool)."""
    rows = [_change(change) for change in found.changes]
    types = dict.fromkeys(CHANGE_COLUMNS, "str") | {"year": "Int64", "first": "bool"}
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS).astype(types)


def _change(change: Change) -> dict[str, object]:
    pair = change.pair
    year = pair.b.year or pair.a.year
    return {
        "source_a": pair.a.source,
        "source_b": pair.b.source,
        "doi": pair.b.doi or pair.a.doi,
        "title": pair.title,
        "year": year if year else pd.NA,
        "stage": change.stage,
        "model": change.model,
        "first": change.first,
        **_side("a", change.a),
        **_side("b", change.b),
    }


def _side(name: str, side: Side) -> dict[str, object]:
    told = {field.name: getattr(side, field.name) for field in fields(side)}
    return {name if part == "value" else f"{name}_{part}": value for part, value in told.items()}


def one_run_table(found: Comparison) -> pd.DataFrame:
    """One row per paper that only one run has, with `ONE_RUN_COLUMNS`; `run` is A or B."""
    several = [("A", told) for told in found.papers.only_a] + [("B", told) for told in found.papers.only_b]
    rows = [
        (run, told.source, told.doi, told.title, told.year or pd.NA, *(told.value(stage) for stage in YES_NO))
        for run, told in several
    ]
    types = dict.fromkeys(ONE_RUN_COLUMNS, "str") | {"year": "Int64"}
    return pd.DataFrame(rows, columns=ONE_RUN_COLUMNS).astype(types)


def sentences(found: Comparison) -> list[str]:
    """What a comparison comes to, a sentence each."""
    papers = found.papers
    told = [
        f"{len(papers.pairs):,} papers in both runs, {len(papers.only_a):,} only in A,"
        f" {len(papers.only_b):,} only in B; duplicates are not counted.",
        f"{found.changed:,} of {len(papers.pairs):,} papers have a changed answer.",
    ]
    if papers.pairs:
        return told
    return [*told, "No paper is in both (by text, DOI or source): there is nothing to compare."]
