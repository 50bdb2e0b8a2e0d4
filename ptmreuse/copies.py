"""The user's own copies of labelled papers, found in a folder or archive by file name or by DOI."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from program.paper import Paper
from ptmreuse.corpus.read import Document, documents, read
from ptmreuse.errors import UnreadablePaper
from ptmreuse.rows import PaperRow


def find_copies(rows: Sequence[PaperRow], papers: Path) -> tuple[dict[str, Paper], dict[str, str]]:
    """The papers by the rows' keys, and for each row that has none the reason.

    A file of the row's name in `papers` itself is opened at once; for the rest every document is walked.
    Raises UsageError for a path that does not exist.
    """
    walked = documents([papers])  # says at once that there is no such path
    found: dict[str, Paper] = {}
    failed = {row.key: f"no copy of it in {papers}" for row in rows}
    for row in rows:
        path = papers / row.file
        if row.file and path.is_file():
            _take(row, Document(row.file, path.read_bytes()), found, failed)
    while wanted := [row for row in rows if row.key not in found]:
        document = next(walked, None)
        if document is None:
            break
        for row in wanted:
            if _may_be(row, document):
                _take(row, document, found, failed)
    return found, {key: reason for key, reason in failed.items() if key not in found}


def _take(row: PaperRow, document: Document, found: dict[str, Paper], failed: dict[str, str]) -> None:
    try:
        paper = read(document)
    except UnreadablePaper as error:
        failed[row.key] = str(error)
        return
    same_doi = bool(row.doi) and paper.doi.lower() == row.doi
    if same_doi or _is_named(row, document) or (not paper.doi and _is_named_by_doi(row, document)):
        found[row.key] = paper


def _may_be(row: PaperRow, document: Document) -> bool:
    """Whether a document is worth reading: by its name, or because the DOI may be in it (a PDF hides it)."""
    if _is_named(row, document) or _is_named_by_doi(row, document):
        return True
    return bool(row.doi) and (document.data[:5] == b"%PDF-" or row.doi.encode() in document.data.lower())


def _is_named(row: PaperRow, document: Document) -> bool:
    return bool(row.file) and _name(document) == PurePosixPath(row.file).name


def _is_named_by_doi(row: PaperRow, document: Document) -> bool:
    stem = PurePosixPath(_name(document).removesuffix(".gz")).stem
    return bool(row.doi) and _squashed(stem) == _squashed(row.doi)


def _name(document: Document) -> str:
    return PurePosixPath(document.source.replace("!", "/").replace("\\", "/")).name


def _squashed(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower())
