"""A run's two tables with the field and year of each paper, and the counts of its flow: what every report is made of.

found = results(Path("runs/all"), metadata=Path("works.jsonl"))
write_tables(folder, found)     # ptmreuse.reporting.tabulated
write_figures(folder, found)    # ptmreuse.reporting.pictures
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from ptmreuse.ledger import Ledger
from ptmreuse.reporting.gathered import gathered
from ptmreuse.reporting.keys import Asked, chosen, ledger_of
from ptmreuse.reporting.metadata import Joined, joined, unjoined
from ptmreuse.reporting.paper_flow import Flow, paper_flow
from ptmreuse.tables import models_table, papers_table

_ANSWERS = (
    "uses_deep_learning", "reuses_ptm",
    "uses_deep_learning_quote", "uses_deep_learning_place", "reuses_ptm_quote", "reuses_ptm_place",
)  # fmt: skip


@dataclass(frozen=True)
class Results:
    """What a run found.

    `papers` has a row per source: `PAPER_COLUMNS`, then `field` ("field unknown" where it is), `topics` (joined by
    "; ") and `citations` (Int64); its `year` (Int64) is OpenAlex's where that is given, else the paper's. `models` has
    a row per paper and model: `MODEL_COLUMNS`, then `field` and `year`. `metadata` says what of it could be joined,
    None where none was given.
    """

    run: Path
    asked: Asked
    papers: pd.DataFrame
    models: pd.DataFrame
    flow: Flow
    metadata: Joined | None = None

    @cached_property
    def unique(self) -> pd.DataFrame:
        """The rows of `papers` without duplicates: one per paper, unreadable ones with them."""
        return self.papers[self.papers["reason"] != "duplicate"].reset_index(drop=True)

    @cached_property
    def instances(self) -> pd.DataFrame:
        """A row per paper, model and pattern, the unit of the study; a pattern that is not known is one row."""
        return _one_each(self.models, "pattern")

    @cached_property
    def stepped(self) -> pd.DataFrame:
        """A row per paper, model and step."""
        return _one_each(self.models, "step")


def results(run: Path, metadata: Path | None = None, key: str | None = None) -> Results:
    """What a run found, by its latest program and LM, or by those that have the words of `key` in them.

    Raises UsageError for a folder without a run, for words that do not fit exactly one, and for rows of the metadata
    that can't be used, all of them at once; SystemicError for a ledger that can't be read.
    """
    asked = chosen(run, key or "")
    with Ledger(ledger_of(run)) as ledger:
        papers, models = _once(papers_table(ledger, asked.key)), models_table(ledger, asked.key)
    report = None
    if metadata is None:
        papers = unjoined(papers)
    else:
        papers, report = joined(papers, metadata)
    about = papers.loc[papers["reason"] != "duplicate", ["source", "field", "year"]]
    models = models.merge(about, on="source", how="inner", validate="many_to_one")
    flow = replace(paper_flow(papers, models), gathered=gathered(metadata))
    return Results(run, asked, papers, models, flow, report)


def _once(papers: pd.DataFrame) -> pd.DataFrame:
    """A text that two sources had in turn is one paper, that of the last; the others are its duplicates."""
    last = papers[papers["text_hash"].ne("") & papers["reason"].ne("duplicate")]
    again = last["text_hash"].duplicated(keep="last")
    if not again.any():
        return papers
    papers, rows = papers.copy(), again.index[again]
    kept = last.drop_duplicates("text_hash", keep="last").set_index("text_hash")["source"]
    papers.loc[rows, "duplicate_of"] = papers.loc[rows, "text_hash"].map(kept)
    papers.loc[rows, [*_ANSWERS, "detail"]] = ""
    papers.loc[rows, "reason"] = "duplicate"
    papers.loc[rows, "n_models"] = pd.NA
    return papers


def _one_each(models: pd.DataFrame, column: str) -> pd.DataFrame:
    """Several values joined by ";" as a row each."""
    return models.assign(**{column: models[column].str.split(";")}).explode(column, ignore_index=True)
