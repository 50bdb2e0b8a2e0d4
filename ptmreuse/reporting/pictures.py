"""The figures of a report, drawn from a run's results, and their files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from program.catalogue import canonical, entries
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.evaluation import gallery
from ptmreuse.evaluation.drawing import settled
from ptmreuse.evaluation.gallery import Drawn
from ptmreuse.reporting import count_figures, flow_diagram, model_figures, share_figures
from ptmreuse.reporting.counts import NO, YEAR_UNKNOWN, YES, By, by_group, share
from ptmreuse.reporting.model_sheets import ranked
from ptmreuse.reporting.results import Results
from ptmreuse.reporting.share_figures import Share
from ptmreuse.reporting.tabulated import OPEN, PATTERNS, STEPS, UNITS, crossed, groupings, instances

TOP = 20  # models
GROUPS = 20  # fields or subjects in a figure, the largest


def drawn(results: Results, chosen: Sequence[str] = ()) -> list[Drawn]:
    """Every figure that there is something to show in; `chosen` models are those of the adoption curves.

    Raises UsageError for a chosen model that no paper reuses.
    """
    made = [
        reuse_by_year(results),
        reuse_by_group(results),
        *(over_years(results, column) for column in ("pattern", "step")),
        pattern_by_step(results),
        top_models(results),
        adoption(results, chosen),
        lag(results),
        flow(results),
    ]
    return [each for each in made if each]


def write_figures(folder: Path, results: Results, chosen: Sequence[str] = ()) -> list[Path]:
    """Write every figure as PNG and SVG; returns the paths. Raises SystemicError when the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return gallery.write(folder, drawn(results, chosen))
    except OSError as error:
        advice = "see to the disk, or give another --out"
        raise SystemicError(f"{folder}: figures can't be written ({error.strerror or error}); {advice}") from error


def reuse_by_year(results: Results) -> Drawn | None:
    """The share of papers that reuse a PTM by year."""
    shares = [each for each in _shares(results, "year") if each.name != YEAR_UNKNOWN]
    if not any(each.measure.n for each in shares):
        return None
    caption = "Share of papers that reuse a PTM by year, with its 95 % interval (Wilson); below, papers with an answer."
    return Drawn("reuse_by_year", caption, settled(share_figures.by_year(shares, "reuses a PTM")))


def reuse_by_group(results: Results) -> Drawn | None:
    """The share of papers that reuse a PTM by field, or by subject where no field is known."""
    by = groupings(results)[1 if "subject" in groupings(results) else 0]
    shares = [each for each in _shares(results, by) if each.measure.n][:GROUPS]
    if not shares:
        return None
    largest = f", the {GROUPS} with most papers" if len(shares) == GROUPS else ""
    caption = f"Share of papers that reuse a PTM by {by}{largest}, with its 95 % interval (Wilson)."
    return Drawn(f"reuse_by_{by}", caption, settled(share_figures.by_group(shares, "reuse a PTM")))


def _shares(results: Results, by: By) -> list[Share]:
    counts = by_group(results.unique, "reuses_ptm", by)[[YES, NO]]
    return [Share(str(name), share(yes, yes + no)) for name, yes, no in counts.itertuples(name=None)]


def over_years(results: Results, column: str) -> Drawn | None:
    """The instances of each pattern or step by year, a panel each."""
    table = instances(results, column)
    known = table[table["year"].notna() & table["value"].ne(OPEN)]
    if not len(known):
        return None
    counts = {
        value: _by_year(known[known["value"].eq(value)]) for value in (PATTERNS if column == "pattern" else STEPS)
    }
    left = len(table) - len(known)
    caption = f"{column.capitalize()} by year: {UNITS[column]}; {left:,} of unknown {column} or year are left out."
    return Drawn(f"{column}_by_year", caption, settled(count_figures.over_years(counts, "instances")))


def _by_year(table: pd.DataFrame) -> dict[int, int]:
    counts = table["year"].astype("int64").value_counts().sort_index()
    return dict(zip(map(int, counts.index), map(int, counts), strict=True))


def pattern_by_step(results: Results) -> Drawn | None:
    """Patterns by steps."""
    if not len(results.models):
        return None
    table = crossed(results)
    rows = [name for name in table.index if name != OPEN or table.loc[OPEN].any()]
    columns = [name for name in table.columns if name != OPEN or table[OPEN].any()]
    counts = [[int(number) for number in row] for row in table.loc[rows, columns].to_numpy()]
    caption = f"Pattern (down) by step (across): {UNITS['pattern']}, shaded by their number; sums at the edges."
    return Drawn(
        "pattern_by_step", caption, settled(count_figures.crossed(rows, columns, counts, UNITS["pattern"], OPEN))
    )


def top_models(results: Results) -> Drawn | None:
    """The models that most papers reuse."""
    table = ranked(results, "model").head(TOP)
    if not len(table):
        return None
    models = [model_figures.Reused(*row) for row in table[["papers", "instances"]].itertuples(name=None)]
    caption = f"The {len(models)} models that most papers reuse, versions apart; instances are (paper, model, pattern)."
    return Drawn("top_models", caption, settled(model_figures.top(models)))


def adoption(results: Results, chosen: Sequence[str] = ()) -> Drawn | None:
    """How many papers have reused a model up to each year: of the chosen ones, else of those that most papers reuse.

    Raises UsageError for a chosen model that no paper reuses, and for more than there are kinds of line.
    """
    table = results.models[results.models["year"].notna()].drop_duplicates(["source", "model"])
    ranking = [str(name) for name in ranked(results, "model").index if name in set(table["model"])]
    names = _chosen(results, chosen) if chosen else ranking[: model_figures.MOST_CURVES]
    counts = {name: _by_year(table[table["model"].eq(name)]) for name in names}
    counts = {name: by_year for name, by_year in counts.items() if by_year}
    known = results.unique["year"].dropna()
    if not counts:
        return None
    years = range(min(min(by_year) for by_year in counts.values()) - 1, int(known.max()) + 1)
    caption = "Papers that have reused a model, up to each year. " + _words(counts)
    return Drawn("adoption", caption, settled(model_figures.adoption(counts, years)))


def _chosen(results: Results, chosen: Sequence[str]) -> list[str]:
    names = [canonical(name).name for name in chosen]
    missing = [name for name in names if not results.models["model"].eq(name).any()]
    if missing:
        raise UsageError(f"{', '.join(missing)}: no paper of the run reuses it; models.csv has those that are reused")
    if len(names) > model_figures.MOST_CURVES:
        raise UsageError(
            f"{len(names)} models: at most {model_figures.MOST_CURVES} curves can be told apart; give fewer"
        )
    return names


def _words(counts: Mapping[str, Mapping[int, int]]) -> str:
    return "; ".join(f"{name} {sum(by_year.values()):,}" for name, by_year in counts.items()) + "."


def lag(results: Results) -> Drawn | None:
    """How many years after a model's publication, as the catalogue has it, a paper reuses it."""
    table = results.models[["model", "year"]]
    published = table["model"].map({name: entry.year for name, entry in entries().items()})
    between = (table["year"] - published.astype("Int64")).dropna()
    if not len(between):
        return None
    unknown = len(table) - len(between)
    caption = "Years between a model's publication (catalogue) and the paper that reuses it: (paper, model)."
    return Drawn("lag", caption, settled(model_figures.lag(list(map(int, between)), unknown)))


def flow(results: Results) -> Drawn:
    """The flow diagram."""
    caption = "The way of the papers: on the left those that go on, on the right those that leave, and why."
    return Drawn("flow", caption, flow_diagram.diagram(results.flow))
