"""The tables of models: each by its canonical name, families with their versions together, and pairs in one paper."""

from itertools import islice
from typing import get_args

import pandas as pd

from ptmreuse.evaluation.sheet import Sheet, Value
from ptmreuse.reporting.counts import share
from ptmreuse.reporting.results import Results
from signatures.labels import Pattern

_PATTERNS: tuple[str, ...] = get_args(Pattern)
_NOTE = (
    "Papers: those that reuse it. Instances: (paper, model, pattern), a pattern that is not known counting as one."
    " Share: of the papers that reuse a named model, with Wilson's 95 % interval."
)
_VERSIONS = 6  # members of a family that are named


def models(results: Results) -> Sheet:
    """Every reused model by its canonical name, versions apart, the most reused first. Unit: papers and instances."""
    table = ranked(results, "model")
    reusing = results.models["source"].nunique()
    known = results.models.drop_duplicates("model").set_index("model")
    rows: list[tuple[Value, ...]] = [
        (
            str(name),
            str(known.at[name, "family"]),
            "yes" if known.at[name, "in_catalogue"] else "no",
            *(int(row[column]) for column in ("papers", "instances", *_PATTERNS)),
            share(int(row["papers"]), reusing),
        )
        for name, row in table.to_dict("index").items()
    ]
    columns = ("model", "family", "in catalogue", "papers", "instances", *_PATTERNS, "share of papers")
    return Sheet("models", "Reused models, versions apart: papers and instances", columns, tuple(rows), _NOTE)


def families(results: Results) -> Sheet:
    """Every family of models, its versions together; a model that is not in the catalogue is its own family."""
    table = ranked(results, "family")
    reusing = results.models["source"].nunique()
    by_papers = results.models.groupby(["family", "model"])["source"].nunique().reset_index(name="papers")
    by_papers = by_papers.sort_values(["papers", "model"], ascending=[False, True])
    members = by_papers.groupby("family")["model"].agg(list)
    rows: list[tuple[Value, ...]] = [
        (
            str(name),
            _named(members[str(name)]),
            *(int(row[column]) for column in ("papers", "instances", *_PATTERNS)),
            share(int(row["papers"]), reusing),
        )
        for name, row in table.to_dict("index").items()
    ]
    columns = ("family", "models", "papers", "instances", *_PATTERNS, "share of papers")
    return Sheet("families", "Reused families of models: papers and instances", columns, tuple(rows), _NOTE)


def _named(members: list[str]) -> str:
    more = f" and {len(members) - _VERSIONS} more" if len(members) > _VERSIONS else ""
    return ", ".join(islice(members, _VERSIONS)) + more


def ranked(results: Results, column: str) -> pd.DataFrame:
    """By model or family, `papers`, `instances` and a count of each pattern: the most reused first, then by name."""
    table = results.instances
    grouped = table.groupby(column)
    counts = pd.crosstab(table[column], table["pattern"]).reindex(columns=list(_PATTERNS), fill_value=0)
    found = pd.DataFrame({"papers": grouped["source"].nunique(), "instances": grouped.size()}).join(counts)
    return found.rename_axis("name").sort_values(["papers", "instances", "name"], ascending=[False, False, True])


def co_reuse(results: Results) -> Sheet:
    """Every two models that one paper reuses, the most frequent pairs first. Unit: papers."""
    table = pairs(results)
    rows = tuple(
        (first, second, int(both), int(either), share(int(both), int(either)))
        for first, second, both, either in table.itertuples(index=False, name=None)
    )
    note = "Share: papers with both among the papers with either (Jaccard), with Wilson's 95 % interval."
    columns = ("model", "with", "papers with both", "papers with either", "share")
    return Sheet("co_reuse", "Models reused together: papers", columns, rows, note)


def pairs(results: Results) -> pd.DataFrame:
    """Pairs of models with how many papers have `both` and `either`, columns `first`, `second`, `both`, `either`."""
    each = results.models[["source", "model"]].drop_duplicates()
    joined = each.merge(each, on="source", suffixes=("_first", "_second"))
    joined = joined[joined["model_first"] < joined["model_second"]]
    both = joined.groupby(["model_first", "model_second"]).size().reset_index(name="both")
    both.columns = pd.Index(["first", "second", "both"])
    papers = each["model"].value_counts()
    first, second = (both[column].map(papers).astype("int64") for column in ("first", "second"))
    both["either"] = first + second - both["both"]
    order = ["both", "either", "first", "second"]
    return both.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
