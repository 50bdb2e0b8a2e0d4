"""What OpenAlex says of the papers, joined by DOI: primary field, topics, citations, year."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ptmreuse.reporting.works import RESOLVER, Read, works

FIELD_UNKNOWN = "field unknown"
JOINT = "; "  # between topics, as between a paper's subjects


@dataclass(frozen=True, slots=True)
class Joined:
    """How the works of a file and the papers of a run met; all are counts.

    `rows` in the file = `without_doi` + `repeated` + works by DOI, which are `matched` + `without_paper`. Of the run's
    papers, duplicates left out, `papers` have a work, of which `other_year` have another year there; `papers_without`
    have a DOI and no work, `papers_without_doi` can't be joined.
    """

    rows: int
    without_doi: int
    repeated: int
    matched: int
    without_paper: int
    papers: int
    papers_without: int
    papers_without_doi: int
    other_year: int


def unjoined(papers: pd.DataFrame) -> pd.DataFrame:
    """The papers with the columns of the metadata, in which nothing is known."""
    return papers.assign(
        field=pd.Series(FIELD_UNKNOWN, index=papers.index, dtype="str"),
        topics=pd.Series("", index=papers.index, dtype="str"),
        citations=pd.Series(pd.NA, index=papers.index, dtype="Int64"),
    )


def joined(papers: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, Joined]:
    """The papers with the works of a file: columns `field`, `topics`, `citations`, and `year` where a work has one.

    Raises UsageError with every row of the file that can't be used.
    """
    read = works(path)
    table = _table(read)
    doi = bare_dois(papers["doi"])
    told = table.reindex(doi).set_axis(papers.index)
    found = papers.assign(
        field=told["field"].replace("", None).fillna(FIELD_UNKNOWN).astype("str"),
        topics=told["topics"].fillna("").astype("str"),
        citations=told["citations"].astype("Int64"),
        year=told["year"].astype("Int64").fillna(papers["year"]),
    )
    return found, _counted(read, table, papers, doi, told["year"].astype("Int64"))


def bare_dois(dois: pd.Series) -> pd.Series:
    """DOIs in small letters without their resolvers."""
    return dois.str.replace(RESOLVER, "", regex=True, flags=re.IGNORECASE).str.strip().str.lower()


def _table(read: Read) -> pd.DataFrame:
    """One row per DOI."""
    columns = ["doi", "field", "topics", "citations", "year"]
    rows = [(work.doi, work.field, JOINT.join(work.topics), work.citations, work.year) for work in read.works]
    return pd.DataFrame(rows, columns=columns).astype({"citations": "Int64", "year": "Int64"}).set_index("doi")


def _counted(read: Read, table: pd.DataFrame, papers: pd.DataFrame, doi: pd.Series, year: pd.Series) -> Joined:
    own = papers["reason"].ne("duplicate")
    with_work = own & doi.isin(table.index)
    matched = int(table.index.isin(doi).sum())
    return Joined(
        rows=read.rows,
        without_doi=read.without_doi,
        repeated=read.rows - read.without_doi - len(table),
        matched=matched,
        without_paper=len(table) - matched,
        papers=int(with_work.sum()),
        papers_without=int((own & ~with_work & doi.ne("")).sum()),
        papers_without_doi=int((own & doi.eq("")).sum()),
        other_year=int((with_work & (year != papers["year"]).fillna(False)).sum()),
    )
