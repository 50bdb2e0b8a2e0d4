"""The end of a run for a person: how many papers, what was answered per stage, which models with pattern and step."""

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

_STAGES = {"uses_deep_learning": "uses deep learning", "reuses_ptm": "reuses a PTM"}
_VALUES = ("yes", "no", "unresolved")
_ROWS = 15  # models shown; the rest is in models.csv


def show(papers: pd.DataFrame, models: pd.DataFrame, console: Console) -> None:
    """Print the summary of both tables."""
    counted = papers[papers["reason"] != "duplicate"]
    unreadable = int(counted["text_hash"].eq("").sum())
    told = f"{len(papers):,} papers · {len(papers) - len(counted):,} duplicates · {unreadable:,} unreadable"
    console.print(f"\n{told}", style="bold", highlight=False)
    console.print(_answers(counted))
    if len(models):
        unresolved = " · ".join(f"{column} unresolved {_unresolved(models, column)}" for column in ("pattern", "step"))
        told = f"{len(models):,} models reused in {models['source'].nunique():,} papers · {unresolved}"
        console.print(told, style="bold", highlight=False)
        console.print(_models(models))


def _unresolved(models: pd.DataFrame, column: str) -> str:
    return f"{int((models[column] == 'unresolved').sum()):,}"


def _answers(papers: pd.DataFrame) -> Table:
    """One row per yes/no question; an unreadable paper is unresolved, a duplicate is not counted."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("question")
    for value in _VALUES:
        table.add_column(value, justify="right")
    for column, shown in _STAGES.items():
        counts = papers[column].value_counts()
        table.add_row(shown, *(f"{counts.get(value, 0):,}" for value in _VALUES))
    return table


def _models(models: pd.DataFrame) -> Table:
    grouped = models.groupby(["model", "pattern", "step"], as_index=False).agg(papers=("source", "nunique"))
    grouped = grouped.sort_values(["papers", "model"], ascending=[False, True])
    table = Table(box=SIMPLE_HEAD, caption_justify="left")
    for name in ("model", "pattern", "step"):
        table.add_column(name)
    table.add_column("papers", justify="right")
    for row in grouped.head(_ROWS).itertuples():
        table.add_row(str(row.model), str(row.pattern), str(row.step), f"{row.papers:,}")
    if len(grouped) > _ROWS:
        table.caption = f"and {len(grouped) - _ROWS:,} more in models.csv"
    return table
