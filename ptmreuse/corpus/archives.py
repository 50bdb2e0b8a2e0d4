"""Files, folders and archives walked one document at a time: `documents` and `count`.

    .xml .nxml .tei .txt .md .pdf      a document, also gzipped (.xml.gz)
    a folder                           its documents, sorted, and those of the folders in it
    .zip .tar .tar.gz .tgz             its documents, never unpacked to disk

The order is the same on every run. What can't be opened is a `Document` with its error, and the walk goes on.
Of files that a walk meets, other types and hidden ones are passed over, and so is a PDF beside its XML.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ptmreuse.corpus.document import PAPERS, Document, Twins, archive_suffix, file_document, is_walked, paper_suffix
from ptmreuse.corpus.tars import tar_documents
from ptmreuse.corpus.zips import count_zip, zip_documents
from ptmreuse.errors import MalformedPaper, NotAPaper, UsageError


def documents(paths: Sequence[Path]) -> Iterator[Document]:
    """The documents of all paths in their order, with the bytes of one at a time in memory.

    Raises UsageError at once for a path that does not exist.
    """
    _check(paths)
    return (document for path in files(paths) for document in opened(path))


def count(paths: Sequence[Path]) -> int | None:
    """How many documents `documents` will give, without reading them; None where a tar would have to be read."""
    _check(paths)
    total = 0
    for path in files(paths):
        kind = archive_suffix(path.name)
        if kind == ".tar":
            return None
        total += count_zip(path) if kind == ".zip" else 1
    return total


def _check(paths: Sequence[Path]) -> None:
    for path in paths:
        if not (path.is_file() or path.is_dir()):
            raise UsageError(f"{path}: no such file or folder; give a paper, a folder, a .zip or a .tar.gz")


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file to open, in order, and every folder that can't be listed."""
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, frozenset())
        else:
            yield path


def _in_folder(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """Papers and archives in a folder; `above` are the real folders around it, so that links can't go round."""
    real = folder.resolve()
    try:
        entries = sorted(folder.iterdir()) if real not in above else []
    except OSError:
        yield folder
        return
    twins = Twins(str(real / entry.name) for entry in entries)
    for entry in entries:
        if entry.is_dir() and not entry.name.startswith("."):
            yield from _in_folder(entry, above | {real})
        elif entry.is_file() and is_walked(entry.name) and not twins.has(str(real / entry.name)):
            yield entry


def opened(path: Path, first: int = 0, last: int | None = None) -> Iterator[Document]:
    """The documents of one file, from the one with the number `first` until before `last`."""
    if archive_suffix(path.name) == ".zip" and not path.is_dir():
        return zip_documents(path, first, last)
    return islice(_documents(path), first, last)


def _documents(path: Path) -> Iterator[Document]:
    kind = archive_suffix(path.name)
    if path.is_dir():
        yield Document(str(path), error=MalformedPaper(f"{path}: can't be listed; look at its permissions"))
    elif kind == ".tar":
        yield from tar_documents(path)
    elif paper_suffix(path.name) or path.name.lower().endswith(".gz"):
        yield file_document(path)
    else:
        known = " ".join([*sorted(PAPERS), ".zip", ".tar.gz"])
        yield Document(str(path), error=NotAPaper(f"{path}: this type of file holds no paper; give one of {known}"))
