"""What OpenAlex says of the papers, joined by DOI: primary field, topics, citations, year."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

FIELD_UNKNOWN = "field unknown"


@dataclass(frozen=True, slots=True)
class Joined:
    """How the works of a file and the papers of a run met; all are counts."""

    works: int
    matched: int
    without_paper: int


def unjoined(papers: pd.DataFrame) -> pd.DataFrame:
    """The papers with the columns of the metadata, in which nothing is known."""
    return papers.assign(
        field=pd.Series(FIELD_UNKNOWN, index=papers.index, dtype="str"),
        topics=pd.Series("", index=papers.index, dtype="str"),
        citations=pd.Series(pd.NA, index=papers.index, dtype="Int64"),
    )


def joined(papers: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, Joined]:
    """The papers with the works of a file."""
    raise NotImplementedError(path)
