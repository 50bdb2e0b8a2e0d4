"""The end of a run for a person: how many papers, what was answered per stage, which models with pattern and step."""

import pandas as pd
from rich.console import Console
from rich.table import Table

_STAGES = {"uses_deep_learning": "uses deep learning", "reuses_ptm": "reuses a PTM"}
_ROWS = 15  # models shown; the rest is in models.csv


def show(papers: pd.DataFrame, models: pd.DataFrame, console: Console) -> None:
    """Print the summary of both tables."""
    console.print(_answers(papers, models))
    if len(models):
        console.print(_models(models))


def _answers(papers: pd.DataFrame, models: pd.DataFrame) -> Table:
    table = Table(title=f"{len(papers):,} papers", title_justify="left", title_style="bold")
    for name in ("question", "yes", "no", "unresolved"):
        table.add_column(name, justify="left" if name == "question" else "right")
    counted = papers[papers["reason"] != "duplicate"]
    for column, shown in _STAGES.items():
        counts = counted[column].value_counts()
        table.add_row(shown, *(f"{counts.get(value, 0):,}" for value in ("yes", "no", "unresolved")))
    for column in ("pattern", "step"):
        open_ = int((models[column] == "unresolved").sum())
        answered = int((~models[column].isin(["", "unresolved"])).sum())
        table.add_row(f"{column} of {len(models):,} models", f"{answered:,}", "", f"{open_:,}")
    duplicates = len(papers) - len(counted)
    unreadable = int(counted["text_hash"].eq("").sum())
    table.caption = f"{duplicates:,} duplicates (not counted above) · {unreadable:,} unreadable (unresolved above)"
    return table


def _models(models: pd.DataFrame) -> Table:
    grouped = models.groupby(["model", "pattern", "step"], as_index=False).agg(papers=("source", "nunique"))
    grouped = grouped.sort_values(["papers", "model"], ascending=[False, True])
    table = Table(title="models reused", title_justify="left", title_style="bold")
    for name in ("model", "pattern", "step"):
        table.add_column(name)
    table.add_column("papers", justify="right")
    for row in grouped.head(_ROWS).itertuples():
        table.add_row(str(row.model), str(row.pattern), str(row.step), f"{row.papers:,}")
    if len(grouped) > _ROWS:
        table.caption = f"and {len(grouped) - _ROWS:,} more in models.csv"
    return table
