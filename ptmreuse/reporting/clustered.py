"""Shares of instances, several of which are of one paper: their intervals go by papers."""

import numpy as np
import pandas as pd

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.measure import Measure

_NOTHING = Measure(None, None, None, 0)


def shares(instances: pd.DataFrame, values: tuple[str, ...]) -> dict[tuple[str, str], Measure]:
    """By group and value, the share of the group's instances that have the value; `n` is its number of papers.

    `instances` has the columns `source` (the paper), `group` and `value`; rows with another value do not count. The
    interval is Wilson's with the effective number of instances, their variance between papers taken into account as of
    a ratio (Dean and Pagano 2015, Journal of Survey Statistics and Methodology 3), never more than there are; where
    none or all have the value, every paper is one instance.
    """
    known = instances[instances["value"].isin(values)]
    per_paper = pd.crosstab([known["group"], known["source"]], known["value"]).reindex(columns=list(values))
    found: dict[tuple[str, str], Measure] = {}
    for group, rows in per_paper.fillna(0).groupby(level=0):
        found |= {(str(group), value): _share(rows, value) for value in values}
    return found


def measure_of(found: dict[tuple[str, str], Measure], group: str, value: str) -> Measure:
    """The share of a group that may have no instance."""
    return found.get((group, value), _NOTHING)


def _share(rows: pd.DataFrame, value: str) -> Measure:
    hits, sizes = rows[value].to_numpy(dtype=float), rows.to_numpy(dtype=float).sum(axis=1)
    total, papers = sizes.sum(), len(rows)
    ratio = float(hits.sum() / total)
    if ratio in (0.0, 1.0) or papers < 2:
        effective = float(papers)
    else:
        variance = papers / (papers - 1) * float(np.sum((hits - ratio * sizes) ** 2)) / total**2
        effective = min(float(total), ratio * (1 - ratio) / variance) if variance else float(total)
    return Measure(ratio, *wilson(ratio * effective, effective), papers)
