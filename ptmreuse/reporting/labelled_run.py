"""The readable papers of a run, and which of them a person has labelled."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from ptmreuse.errors import UsageError
from ptmreuse.reporting.hand_labels import HandLabel, bare_doi
from ptmreuse.reporting.questions import Texts, strata_of

_STAGE_REASON = re.compile(r"\w+: ")  # an unreadable paper has a bare reason


@dataclass(frozen=True)
class LabelledRun:
    """`papers` has the columns of the run's table, one row per paper, duplicates left out.

    `readable` says of each row whether it was read. `labels` are by row number, of readable papers only; `missing` are
    the names of labelled papers that are not among them.
    """

    papers: pd.DataFrame
    readable: npt.NDArray[np.bool_]
    labels: dict[int, HandLabel]
    missing: tuple[str, ...]

    @cached_property
    def strata(self) -> Texts:
        """The machine's answers about each paper in one."""
        return strata_of(self.papers)

    @cached_property
    def weighted(self) -> bool:
        """Whether every labelled paper has its chance of having been drawn."""
        return bool(self.labels) and all(label.probability is not None for label in self.labels.values())


def labelled_run(papers: pd.DataFrame, labels: Sequence[HandLabel] = ()) -> LabelledRun:
    """The run's papers joined with labels by DOI, source, file name or text.

    A label of a duplicate is one of its original.

    Raises UsageError for a paper that is labelled twice.
    """
    kept = papers[papers["reason"] != "duplicate"].reset_index(drop=True)
    readable = np.array([not reason or bool(_STAGE_REASON.match(reason)) for reason in kept["reason"]], dtype=bool)
    rows = _rows(papers, kept)
    found: dict[int, HandLabel] = {}
    missing: list[str] = []
    for label in labels:
        at = rows.get(bare_doi(label.doi)) if label.doi else None
        at = at if at is not None else rows.get(label.source) if label.source else None
        if at is None or not readable[at]:
            missing.append(label.name)
        elif at in found:
            raise UsageError(f"{label.name}: labelled twice, also as {found[at].name}; keep one of the two rows")
        else:
            found[at] = label
    return LabelledRun(kept, readable, found, tuple(missing))


def _rows(papers: pd.DataFrame, kept: pd.DataFrame) -> dict[str, int]:
    """The row of each DOI, source, text's key and file name; a file name that two papers share is nobody's."""
    by_source = {source: at for at, source in enumerate(kept["source"])}
    originals = zip(papers["source"], papers["duplicate_of"], strict=True)
    by_source |= {source: by_source[original] for source, original in originals if original in by_source}
    names = _unique((PurePosixPath(source.replace("!", "/")).name, at) for source, at in by_source.items())
    dois = {bare_doi(doi): at for at, doi in enumerate(kept["doi"]) if doi}
    texts = {text: at for at, text in enumerate(kept["text_hash"]) if text}
    return names | texts | dois | by_source


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for name, at in pairs:
        found.setdefault(name, set()).add(at)
    return {name: next(iter(rows)) for name, rows in found.items() if len(rows) == 1}
