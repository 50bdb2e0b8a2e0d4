"""The tables of a report: papers, deep learning and PTM reuse, patterns and steps in groups; and their files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from program.answers import STAGES
from ptmreuse.errors import SystemicError
from ptmreuse.evaluation import sheet
from ptmreuse.evaluation.sheet import Sheet, Value
from ptmreuse.reporting.clustered import measure_of, shares
from ptmreuse.reporting.counts import ALL, ANSWERS, By, answered, by_group, groups, ordered, share
from ptmreuse.reporting.flow_sheets import flow_sheet, metadata_sheet
from ptmreuse.reporting.metadata import FIELD_UNKNOWN
from ptmreuse.reporting.model_sheets import co_reuse, families, models
from ptmreuse.reporting.results import Results
from signatures.labels import Pattern, Step

PATTERNS: tuple[str, ...] = get_args(Pattern)
STEPS: tuple[str, ...] = get_args(Step)
OPEN = "unresolved"
UNITS = {"pattern": "instances (paper, model, pattern)", "step": "instances (paper, model, step)"}
SHORT = 50  # rows of a table in LaTeX and Markdown

_VALUES = {"pattern": PATTERNS, "step": STEPS}
_WORDS = {"uses_deep_learning": ("deep_learning", "Papers that use deep learning"),
          "reuses_ptm": ("reuse", "Papers that reuse a PTM")}  # fmt: skip
_SHARE_NOTE = (
    "Share: yes among yes and no, with Wilson's 95 % interval. Unresolved, unreadable and not asked papers count as"
    " neither."
)
_CLUSTER_NOTE = (
    "Shares of the instances whose answer is known; 95 % intervals by papers, of which one may have several."
)


def all_sheets(results: Results) -> list[Sheet]:
    """Every table that has rows, those that matter most first."""
    made = [
        *(answers(results, stage, by) for stage in reversed(STAGES[:2]) for by in groupings(results)),
        *(table for column in _VALUES for by in ("field", "year") for table in _instances(results, column, by)),
        pattern_by_step(results),
        models(results),
        families(results),
        co_reuse(results),
        flow_sheet(results.flow),
        *([metadata_sheet(results.metadata)] if results.metadata else []),
    ]
    return [table for table in made if table.rows]


def groupings(results: Results) -> tuple[By, ...]:
    """By what papers are grouped; where no field is known, by the subjects that the papers give themselves as well."""
    known = results.unique["field"].ne(FIELD_UNKNOWN).any()
    return ("field", "year", "journal") if known else ("field", "subject", "year", "journal")


def answers(results: Results, stage: str, by: By) -> Sheet:
    """What was answered about the papers of each group, at one of the two yes/no stages. Unit: papers."""
    papers = results.unique
    table = by_group(papers, stage, by)
    whole = answered(papers, stage).value_counts().reindex(list(ANSWERS), fill_value=0)
    rows = [_answers(str(name), row) for name, row in table.to_dict("index").items()]
    rows += [_answers(ALL, whole.to_dict())] if rows else []
    stem, title = _WORDS[stage]
    columns = (by, "papers", *ANSWERS, "share of yes")
    several = " A paper with several subjects counts in each." if by == "subject" else ""
    return Sheet(f"{stem}_by_{by}", f"{title} by {by}: papers", columns, tuple(rows), f"{_SHARE_NOTE}{several}")


def _answers(name: str, counts: Mapping[Any, Any]) -> tuple[Value, ...]:
    numbers = [int(counts[answer]) for answer in ANSWERS]
    yes, no, *_ = numbers
    return (name, sum(numbers), *numbers, share(yes, yes + no))


def _instances(results: Results, column: str, by: By) -> tuple[Sheet, Sheet]:
    return counted(results, column, by), shared(results, column, by)


def counted(results: Results, column: str, by: By) -> Sheet:
    """How many instances of each pattern or step the papers of each group have; `column` is pattern or step."""
    table = instances(results, column)
    label = groups(table, by)
    values = (*_VALUES[column], OPEN)
    counts = pd.crosstab(label.to_numpy(), table["value"].to_numpy()).reindex(columns=list(values), fill_value=0)
    papers = table.groupby(label.to_numpy())["source"].nunique()
    numbers = counts.to_dict("index")
    rows: list[tuple[Value, ...]] = [
        (name, int(papers[name]), sum(numbers[name].values()), *numbers[name].values())
        for name in ordered(counts.index, papers, by)
    ]
    whole: tuple[Value, ...] = (ALL, table["source"].nunique(), len(table), *(int(number) for number in counts.sum()))
    title = f"{column.capitalize()} by {by}: {UNITS[column]}"
    columns = (by, "papers with a named model", "instances", *values)
    note = f"A model whose {column} is not known is one unresolved instance."
    return Sheet(f"{column}_by_{by}", title, columns, (*rows, *([whole] if rows else [])), note)


def shared(results: Results, column: str, by: By) -> Sheet:
    """The shares of the patterns or steps among the known instances of each group, with intervals by papers."""
    table = instances(results, column)
    label = groups(table, by)
    found = shares(table.assign(group=label), _VALUES[column]) | shares(table.assign(group=ALL), _VALUES[column])
    papers = table.groupby(label.to_numpy())["source"].nunique()
    names = [*ordered(papers.index, papers, by), ALL] if len(papers) else []
    rows: list[tuple[Value, ...]] = [
        (name, *(measure_of(found, name, value) for value in _VALUES[column])) for name in names
    ]
    title = f"Shares of each {column} by {by}: {UNITS[column]}"
    return Sheet(f"{column}_share_by_{by}", title, (by, *_VALUES[column]), tuple(rows), _CLUSTER_NOTE)


def pattern_by_step(results: Results) -> Sheet:
    """How many instances have a pattern and a step. Unit: (paper, model, pattern), with the step of the model."""
    table = crossed(results)
    table.loc["all"] = table.sum()
    rows: list[tuple[Value, ...]] = [
        (str(pattern), *map(int, row), int(row.sum()))
        for pattern, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    title = f"Pattern by step: {UNITS['pattern']}"
    note = "A model with two patterns counts under each, with its step."
    columns = ("pattern", *map(str, table.columns), "all")
    return Sheet("pattern_by_step", title, columns, tuple(rows) if len(results.models) else (), note)


def crossed(results: Results) -> pd.DataFrame:
    """Counts of instances, patterns down and steps across, those that are not known last."""
    table = results.instances
    pattern = table["pattern"].where(table["pattern"].isin(PATTERNS), OPEN)
    first = table["step"].str.split(";").str[0]
    step = first.where(first.isin(STEPS), OPEN)
    counts = pd.crosstab(pattern.to_numpy(), step.to_numpy())
    return counts.reindex(index=[*PATTERNS, OPEN], columns=[*STEPS, OPEN], fill_value=0)


def instances(results: Results, column: str) -> pd.DataFrame:
    """The instances with `source`, `field`, `year`, `model` and `value`: the pattern or step, or `OPEN`."""
    table = results.instances if column == "pattern" else results.stepped
    known = table[column].isin(_VALUES[column])
    return table[["source", "field", "year", "model"]].assign(value=table[column].where(known, OPEN))


def write_tables(folder: Path, results: Results) -> list[Path]:
    """Write every table as CSV, LaTeX and Markdown; returns the paths.

    The CSV has all rows, the others the first `SHORT`. Raises SystemicError when the disk refuses.
    """
    return write_sheets(folder, all_sheets(results))


def write_sheets(folder: Path, several: Iterable[Sheet]) -> list[Path]:
    """Write tables as `write_tables` does."""
    return [path for table in several for path in _write(folder, table)]


def _write(folder: Path, table: Sheet) -> Sequence[Path]:
    brief = shortened(table)
    texts = {"csv": sheet.frame(table).to_csv(index=False), "tex": sheet.latex(brief), "md": sheet.markdown(brief)}
    paths = [folder / f"{table.name}.{ending}" for ending in texts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        advice = "see to the disk, or give another --out"
        raise SystemicError(f"{folder}: tables can't be written ({error.strerror or error}); {advice}") from error
    return paths


def shortened(table: Sheet, most: int = SHORT) -> Sheet:
    """A table with its first rows, the total among them, and a note on the rest."""
    if len(table.rows) <= most:
        return table
    total = [row for row in table.rows[most:] if row[0] in (ALL, "all")]
    note = f"The first {most} of {len(table.rows) - len(total):,} rows; all are in {table.name}.csv."
    joined = " ".join(filter(None, (note, table.note)))
    return Sheet(table.name, table.title, table.columns, (*table.rows[:most], *total), joined)
