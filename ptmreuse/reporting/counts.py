"""Papers counted in groups: by field, year, journal or subject, and what the machine answered about them."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.measure import Measure

By = Literal["field", "year", "journal", "subject"]

YES, NO, UNRESOLVED, UNREADABLE, NOT_ASKED = ANSWERS = ("yes", "no", "unresolved", "unreadable", "not asked")
ALL = "all papers"
YEAR_UNKNOWN, JOURNAL_UNKNOWN = "year unknown", "journal unknown"
_KINDS = {
    "article",
    "articles",
    "research",
    "research article",
    "research articles",
    "research paper",
    "original article",
    "original articles",
    "original paper",
    "original research",
    "original research article",
    "review",
    "letter",
    "method",
    "methods",
    "report",
    "brief report",
    "case report",
    "communication",
    "paper",
    "technical advance",
}  # fmt: skip - headings of what an article is, which stand among the subjects of what it is about


def groups(papers: pd.DataFrame, by: By) -> pd.Series:
    """The group of each row, under its index; of subjects, which may be several or none, as many rows."""
    if by == "subject":
        return _subjects(papers)
    if by == "year":
        return papers["year"].astype("str").where(papers["year"].notna(), YEAR_UNKNOWN)
    if by == "journal":
        return papers["journal"].where(papers["journal"].ne(""), JOURNAL_UNKNOWN)
    return papers["field"]


def _subjects(papers: pd.DataFrame) -> pd.Series:
    told = papers["subjects"].str.split(";").explode().str.strip()
    about = told.str.contains(r"[^\W\d_]{2}", regex=True, na=False) & ~told.str.lower().isin(_KINDS)
    found = told[about].to_frame("group").reset_index(names="row").drop_duplicates()
    return found.set_index("row")["group"].rename(None)


def ordered(names: Iterable[str], sizes: pd.Series, by: By) -> list[str]:
    """Years as they follow, other groups by size; what is not known comes last."""
    present = list(names)
    if by == "year":
        return sorted(present, key=lambda name: (name == YEAR_UNKNOWN, name))
    return sorted(present, key=lambda name: (name.endswith(" unknown"), -int(sizes[name]), name))


def answered(papers: pd.DataFrame, stage: str) -> pd.Series:
    """One of `ANSWERS` for each row: what is unreadable or was not asked stands apart from the unresolved."""
    told = papers[stage].to_numpy(dtype=str)
    unread = papers["text_hash"].eq("").to_numpy()
    found = np.where(unread, UNREADABLE, np.where(told == "", NOT_ASKED, told))
    return pd.Series(found, index=papers.index, dtype="str")


def by_group(papers: pd.DataFrame, stage: str, by: By) -> pd.DataFrame:
    """One row per group in order, with a column of counts for each of `ANSWERS`; papers are rows of the run's table."""
    label = groups(papers, by)
    answer = answered(papers, stage).loc[label.index]
    table = pd.crosstab(label.to_numpy(), answer.to_numpy()).reindex(columns=list(ANSWERS), fill_value=0)
    return table.loc[ordered(table.index, table.sum(axis=1), by)]


def share(hits: int, cases: int) -> Measure:
    """A share of papers with Wilson's interval; not defined without a case."""
    return Measure(hits / cases, *wilson(hits, cases), cases) if cases else Measure(None, None, None, 0)
