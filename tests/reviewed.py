"""Papers to label, drafts of them, and the page's application without a browser."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from papers import FIELD, LIKELIHOOD, PREDICTED, TUNED, paper
from serving import listening

from program.paper import Paper
from ptmreuse.reporting.record import Told
from ptmreuse.reviewing.app import app
from ptmreuse.reviewing.draft import Draft
from ptmreuse.reviewing.journal import Journal
from ptmreuse.reviewing.label_files import LabelFiles, journal_path
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper, Wanted

MODEL = {
    "name": "ResNet-50",
    "mention": "ResNet-50",
    "quote": TUNED,
    "patterns": [{"pattern": "adaptation", "quote": ""}],
    "step": "test",
}
YES = {"answer": True, "quote": TUNED}
NO = {"answer": False, "quote": ""}
REUSE: dict[str, Any] = {"state": "done", "uses_deep_learning": YES, "reuses_ptm": YES, "models": [MODEL]}
NEITHER: dict[str, Any] = {"state": "done", "uses_deep_learning": NO}
TEXTS = (TUNED, FIELD, PREDICTED)


def draft(**changed: Any) -> Draft:
    """A draft that is done, but for what is changed."""
    return Draft.model_validate(REUSE | changed)


def reviewed_paper(about: Paper | None = None, told: Told | None = None) -> ReviewedPaper:
    """A paper to label."""
    found = about or paper(TUNED, LIKELIHOOD, doi="10.5555/p.0")
    return ReviewedPaper(Wanted(found.text_hash, found.source, "train", told), found)


def three() -> list[ReviewedPaper]:
    """Leaves, barley and a receptor."""
    return [reviewed_paper(paper(t, LIKELIHOOD, doi=f"10.5555/p.{n}", source=f"{n}.xml")) for n, t in enumerate(TEXTS)]


@contextmanager
def page(labels: Path, papers: Sequence[ReviewedPaper] = (), *, blind: bool = False) -> Iterator[httpx.Client]:
    """The application of some papers, asked by "anna" unless a header says otherwise."""
    with Journal(journal_path(labels)) as journal:
        files = LabelFiles(labels, journal)
        served = app(list(papers) or three(), journal, files, pairs={}, annotators=["anna"], blind=blind)
        with listening(served) as base, httpx.Client(base_url=base, trust_env=False) as client:
            yield client
