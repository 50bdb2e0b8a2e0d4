"""The door to papers: walk paths with `documents`, then turn each `Document` into a `Paper` with `read`.

`read` needs nothing but its document, so that it can run in worker processes.
"""

import re

from program.paper import Paper
from ptmreuse.corpus.archives import count, documents
from ptmreuse.corpus.document import Document, paper_suffix
from ptmreuse.corpus.jats import read_jats
from ptmreuse.corpus.pdf import read_pdf
from ptmreuse.corpus.tei import read_tei
from ptmreuse.corpus.text import read_text
from ptmreuse.errors import EmptyPaper, NotAPaper

__all__ = ["Document", "count", "documents", "read"]

_HEAD = 64 * 1024  # bytes in which the root element stands, behind declarations and comments
_TEXT = frozenset({".txt", ".md", ".markdown"})
_PROLOG = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s+|\ufeff", re.DOTALL)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")


def read(document: Document) -> Paper:
    """The paper in a document, by its content first and its extension second.

    Raises an UnreadablePaper: the document's own error, or that of the reader of its format.
    """
    source, data = document.source, document.data
    if document.error is not None:
        raise document.error
    if not data.strip():
        raise EmptyPaper(f"{source}: the file is empty; fetch it again")
    suffix = paper_suffix(source)
    if b"%PDF-" in data[:1024] or suffix == ".pdf":
        return read_pdf(data, source)
    if suffix in _TEXT:
        return read_text(data, source)
    return _read_xml(data, source, suffix)


def _read_xml(data: bytes, source: str, suffix: str) -> Paper:
    root = _root(data)
    if root.lower() in ("tei", "teicorpus"):
        return read_tei(data, source)
    # a broken head has no root to be told by, and the reader can say what is wrong with it
    if suffix == ".nxml" or root in ("", "article") or b"<article" in data[:_HEAD]:
        return read_jats(data, source)
    raise NotAPaper(f"{source}: XML with the root <{root}>, neither JATS nor TEI; give the article's own XML")


def _root(data: bytes) -> str:
    """The local name of the root element; "" where the beginning is not XML."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    head = data[:_HEAD].decode("utf-16" if wide else "utf-8", "replace")
    start = 0
    while match := _PROLOG.match(head, start):
        start = match.end()
    element = _ELEMENT.match(head, start)
    return element[1] if element else ""
