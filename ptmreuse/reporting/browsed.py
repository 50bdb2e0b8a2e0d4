"""Papers and models as the report's page needs them: short rows without what is empty, those that matter most first."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ptmreuse.reporting.counts import YEAR_UNKNOWN, answered
from ptmreuse.reporting.model_sheets import ranked
from ptmreuse.reporting.results import Results
from ptmreuse.tables import JOINT

MOST = 25_000  # papers in a page; papers.csv has all

REUSE, DEEP_OPEN, DEEP, NEITHER, OPEN, UNREADABLE, NOT_ASKED = ANSWERS = (
    "reuses a model",
    "uses deep learning, reuse unresolved",
    "uses deep learning, no reuse",
    "no deep learning",
    "unresolved",
    "unreadable",
    "not asked",
)
_ORDER = {answer: n for n, answer in enumerate((REUSE, DEEP_OPEN, OPEN, DEEP, UNREADABLE, NOT_ASKED, NEITHER))}
_ABOUT = ("source", "doi", "title", "journal", "field", "reason", "detail")
_QUOTED = {"deep": "uses_deep_learning", "reuse": "reuses_ptm"}


def answer_of(papers: pd.DataFrame) -> pd.Series:
    """One of `ANSWERS` for each row of papers."""
    first, second = (answered(papers, stage) for stage in ("uses_deep_learning", "reuses_ptm"))
    deep, told = first.eq("yes"), second.to_numpy()
    cases = [first.eq("unreadable"), first.eq("no"), deep & (told == "yes"), deep & (told == "no")]
    cases += [deep & (told == "unresolved"), first.eq("unresolved"), deep]
    names = [UNREADABLE, NEITHER, REUSE, DEEP, DEEP_OPEN, OPEN, DEEP]
    return pd.Series(np.select(cases, names, NOT_ASKED), index=papers.index, dtype="str")


def browsed_papers(results: Results, most: int = MOST) -> list[dict[str, Any]]:
    """The papers with answers, quotes and models, duplicates left out: reuse first, then what is open, within by year.

    At most so many; the rest is left out from the end.
    """
    papers = results.unique.assign(answer=answer_of(results.unique))
    order = papers["answer"].map(_ORDER)
    newest = papers.assign(order=order, newest=-papers["year"].fillna(0).astype(int))
    kept = newest.sort_values(["order", "newest", "title", "source"], kind="stable").head(most)
    models = _models_of(results.models[results.models["source"].isin(kept["source"])])
    return [_paper(row, models.get(row["source"], [])) for row in kept.to_dict("records")]


def _paper(row: Mapping[Any, Any], models: list[dict[str, Any]]) -> dict[str, Any]:
    told = {name: row[name] for name in _ABOUT} | {"answer": row["answer"]}
    told["year"] = YEAR_UNKNOWN if pd.isna(row["year"]) else str(row["year"])
    for name, stage in _QUOTED.items():
        told[name] = _quotes(row[f"{stage}_quote"], row[f"{stage}_place"], 1)
    return _full(told | {"models": models})


def _models_of(models: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in models.to_dict("records"):
        found.setdefault(row["source"], []).append(_model(row))
    return found


def _model(row: Mapping[Any, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("model", "mention", "pattern", "step", "reason")}
    for name in ("mention", "pattern", "step"):
        number = str(row[name]).count(";") + 1 if name == "pattern" else 1
        told[f"{name}_quotes"] = _quotes(row[f"{name}_quote"], row[f"{name}_place"], number)
    return _full(told)


def _quotes(quote: str, place: str, number: int) -> list[list[str]]:
    """Quotes with their places; joined ones stay joined where they can't be told apart."""
    quotes, places = quote.split(JOINT), place.split(JOINT)
    apart = len(quotes) == len(places) == number
    return [[q, p] for q, p in (zip(quotes, places, strict=True) if apart else [(quote, place)]) if q]


def _full(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", [])}


def browsed_models(results: Results) -> list[list[Any]]:
    """Each reused model, the most reused first.

    A row is name, family, whether the catalogue has it, papers, instances, a count of each pattern, first and last year
    (None where no year is known).
    """
    known = results.models.drop_duplicates("model").set_index("model")
    years = results.models.groupby("model")["year"].agg(["min", "max"])
    rows: Iterator[tuple[Any, dict[Any, Any]]] = iter(ranked(results, "model").to_dict("index").items())
    return [
        [
            str(name),
            str(known.at[name, "family"]),
            bool(known.at[name, "in_catalogue"]),
            *map(int, row.values()),
            *(None if pd.isna(year) else int(year) for year in years.loc[name]),
        ]
        for name, row in rows
    ]
