"""What a reader on a cluster tells of a document: what the ledger must know, apart from the paper with its text."""

import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from program.paper import Paper, Paragraph
from program.passages import paper_tokens
from ptmreuse.corpus.document import Document
from ptmreuse.digests import content_digest
from ptmreuse.distributed.pieces import Piece
from ptmreuse.distributed.till import telling
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.workers import Surveyed

Survey = Callable[[Document], Surveyed | UnreadablePaper]

COLUMNS = pa.schema(
    [
        ("number", pa.int64()),
        ("source", pa.string()),
        ("content", pa.string()),
        ("front", pa.binary()),
        ("paper", pa.binary()),
    ]
)

_A_TASK = 2**32  # documents of one task are numbered on from its number times this

_NO_TEXT = Paragraph("", "other", "", "")


@dataclass(frozen=True, slots=True)
class Front:
    """A paper without its text, the tokens that this has, and the answer of a screen that keeps it from the LM."""

    paper: Paper
    tokens: int
    screened: Row | None = None


def read(batch: pa.Table, survey: Survey, finished: Mapping[str, str], till: Any) -> Iterator[pa.Table]:
    """Ray Data's task: read pieces of files. What is `finished` (source: digest of the file) is not read anew."""
    for task in batch.to_pylist():
        given: Sequence[Piece] = unpacked(task["pieces"])
        documents = (document for piece in given for document in piece.documents())
        with telling(till):
            for number, document in enumerate(documents, task["number"] * _A_TASK):
                yield _row(number, document, survey, finished)


def _row(number: int, document: Document, survey: Survey, finished: Mapping[str, str]) -> pa.Table:
    content = content_digest(document.data)
    front = paper = b""
    if finished.get(document.source) != content:
        found = survey(document)
        if isinstance(found, UnreadablePaper):
            front = packed(found)
        else:
            front, paper = packed(_front(found)), packed(found)
    row = (number, document.source, content, front, paper)
    return pa.Table.from_pylist([dict(zip(COLUMNS.names, row, strict=True))], COLUMNS)


def _front(read: Surveyed) -> Front:
    paper = read.paper
    bare = replace(paper, paragraphs=(_NO_TEXT,) * len(paper.paragraphs))
    bare.__dict__["text_hash"] = paper.text_hash  # it would be that of no text
    return Front(bare, paper_tokens(paper), read.screened)


def packed(thing: object) -> bytes:
    """Something of ours as it travels between the processes of one run; never what a file holds."""
    return zlib.compress(pickle.dumps(thing, pickle.HIGHEST_PROTOCOL), 1)


def unpacked(data: bytes) -> Any:
    """What was packed."""
    return pickle.loads(zlib.decompress(data))  # noqa: S301 - made by this run, passed on in memory by Ray
