"""Quotes as places, so that labels of papers can be passed on without their text: `python -m ptmreuse.places`.

Writes `trainsets/real.jsonl` from development labels and the papers' files: DOI, file name, answers, names, and for
each quote the reader's place, the characters in that paragraph and the paragraph's digest. A reader that has changed
since gives other digests; then the file is written anew by the same command.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from program.evidence import locate
from program.paper import Paper, Paragraph
from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledModel, LabelledPaper, development_set
from ptmreuse.rows import PaperRow, QuotePlace

_ROOT = Path(__file__).parents[1]
REAL = _ROOT / "trainsets" / "real.jsonl"
GOLD = _ROOT.parent / "shared" / "gold"
NAME = 6  # words of a mention that is a name


def place(quote: str, paper: Paper) -> QuotePlace:
    """Where a quote stands.

    Raises UsageError when it is not in the paper.
    """
    found = locate(quote, paper)
    if found is None:
        raise UsageError(f"{paper.source}: {quote[:60]!r} is not in it; correct the label")
    at = next(p for p in paper.paragraphs if p.place == found.place and p.text[found.start : found.end] == found.quote)
    return QuotePlace(place=found.place, start=found.start, end=found.end, digest=paragraph_digest(at))


def quoted(where: QuotePlace, paper: Paper) -> str | None:
    """The quote at a place; None when the paper has no paragraph with that text, be it elsewhere."""
    same = [p for p in paper.paragraphs if paragraph_digest(p) == where.digest]
    same.sort(key=lambda p: p.place != where.place)
    return same[0].text[where.start : where.end] if same else None


def paragraph_digest(paragraph: Paragraph) -> str:
    """12 hexadecimal digits of a paragraph's text."""
    return hashlib.blake2b(paragraph.text.encode(), digest_size=6).hexdigest()


def row_without_text(gold: dict[str, Any], labelled: LabelledPaper) -> dict[str, Any]:
    """The row of one labelled paper, with places for quotes and no text."""

    def at(quote: str) -> dict[str, Any]:
        return {"quote": place(quote, labelled.paper).model_dump()} if quote else {}

    flags = ("optional", "pattern_debatable", "step_debatable")
    models = [
        {"name": model.name, "mention": _as_name(model), "patterns": list(model.patterns), "step": model.step}
        | ({"also": list(model.also)} if model.also else {})
        | {flag: True for flag in flags if getattr(model, flag)}
        | at(model.quote)
        for model in labelled.models
    ]
    row = {
        "doi": (gold["doi"] or "").lower(),
        "file": gold["file"],
        "uses_deep_learning": {"answer": labelled.uses_deep_learning} | at("".join(labelled.quotes[:1])),
        "reuses_ptm": {"answer": labelled.reuses_ptm},
        "models": models,
        "not_research": gold["not_research"],
    }
    PaperRow.model_validate(row)
    return row


def _as_name(model: LabelledModel) -> str:
    """The mention where it is a name; a description of several words is the paper's text."""
    return model.mention if len(model.mention.split()) <= NAME else model.name


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the labels without text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl", help="development labels with their quotes")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers", help="folder of the labelled papers")
    parser.add_argument("--out", type=Path, default=REAL)
    given = parser.parse_args(arguments)
    try:
        papers = development_set(given.labels, given.papers)
        rows = [json.loads(line) for line in given.labels.read_bytes().splitlines()]
        made = [row_without_text(row, labelled) for row, labelled in zip(rows, papers, strict=True)]
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    given.out.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in made), encoding="utf-8")
    sys.stdout.write(f"{given.out}: {len(made)} papers, no text\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
