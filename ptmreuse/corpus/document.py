"""One file to be read, wherever it lies: its bytes, or why there are none; and which names are papers at all."""

import gzip
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ptmreuse.errors import MalformedPaper, OversizedPaper, UnreadablePaper

LARGEST = 64 * 1024 * 1024  # bytes of one document, unpacked
_PIECE = 256 * 1024

PAPERS = frozenset({".xml", ".nxml", ".tei", ".txt", ".md", ".markdown", ".pdf"})
_FULL_TEXT = frozenset({".xml", ".nxml"})
_OTHER_FORMS = frozenset({".pdf", ".txt"})
_ABOUT_FILES = frozenset({"readme", "license", "licence", "copying", "notice", "changelog", "manifest"})
_HIDDEN = re.compile(r"\.(?!\.$)|__MACOSX$")
_PACKAGE = re.compile(r"PMC\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `source` is its path as given, `archive!member` inside an archive; `data` is unpacked.

    `error` says why it can't be read at all; `data` is then empty. Both can be sent to a worker process.
    """

    source: str
    data: bytes = b""
    error: UnreadablePaper | None = None


def archive_suffix(name: str) -> str:
    """ ".zip" or ".tar" (also for .tar.gz and .tgz), "" for a file that is no archive."""
    lower = name.lower()
    if lower.endswith((".tar", ".tar.gz", ".tgz")):
        return ".tar"
    return ".zip" if lower.endswith(".zip") else ""


def paper_suffix(name: str) -> str:
    """The extension in lower case that tells a paper's format, without ".gz"; "" where no paper has that extension."""
    suffix = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    return suffix if suffix in PAPERS else ""


def is_walked(name: str) -> bool:
    """Whether a walk takes a file: a paper or an archive, not hidden, not a note about the files around it."""
    parts = PurePosixPath(name).parts
    if not parts or any(_HIDDEN.match(part) for part in parts):
        return False
    about = parts[-1].split(".")[0].lower() in _ABOUT_FILES
    return not about and bool(paper_suffix(name) or archive_suffix(name))


class Twins:
    """Names of XML papers, to know the PDF or text of the same paper beside one.

    The same paper is: the same folder and stem, or a folder of PubMed Central's packages ("PMC1234567"),
    which holds one paper and its supplements.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._keys: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Take note of a name; only XML papers count."""
        if paper_suffix(name) in _FULL_TEXT:
            self._keys.add(_key(name))

    def has(self, name: str) -> bool:
        """Whether `name` is another form of a noted paper."""
        return may_be_twin(name) and _key(name) in self._keys


def may_be_twin(name: str) -> bool:
    """Whether a file by its name can be another form of an XML paper."""
    return paper_suffix(name) in _OTHER_FORMS


def _key(name: str) -> str:
    path = PurePosixPath(name.removesuffix(".gz"))
    return str(path.parent if _PACKAGE.fullmatch(path.parent.name) else path.with_suffix(""))


def file_document(path: Path) -> Document:
    """The document in a file of its own."""
    try:
        with path.open("rb") as file:
            return stream_document(str(path), file)
    except OSError as error:
        return Document(str(path), error=MalformedPaper(f"{path}: {error.strerror}; look at its permissions"))


def stream_document(source: str, file: IO[bytes]) -> Document:
    """The document in an open file, at most `LARGEST` bytes of it; what is gzipped comes unpacked."""
    data = _bounded(file)
    if source.lower().endswith(".gz") and len(data) <= LARGEST:
        return _unzipped(source, data)
    return checked(source, data)


def checked(source: str, data: bytes) -> Document:
    """A document, or its error where it is over `LARGEST`."""
    return too_large(source) if len(data) > LARGEST else Document(source, data)


def too_large(source: str) -> Document:
    """What is over `LARGEST`."""
    limit = f"over {LARGEST // 2**20} MiB; no paper is that large, split the file or leave it out"
    return Document(source, error=OversizedPaper(f"{source}: {limit}"))


def nested(source: str) -> Document:
    """An archive inside an archive, which is not opened."""
    return Document(source, error=OversizedPaper(f"{source}: an archive inside an archive; unpack the outer one"))


def _bounded(file: IO[bytes] | gzip.GzipFile) -> bytes:
    """At most `LARGEST` + 1 bytes, by pieces: a buffered file sets aside all memory that one read asks for."""
    pieces: list[bytes] = []
    left = LARGEST + 1
    while left and (piece := file.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _unzipped(source: str, data: bytes) -> Document:
    try:
        with gzip.open(io.BytesIO(data)) as unzipped:
            return checked(source, _bounded(unzipped))
    except (OSError, EOFError, zlib.error) as error:
        return Document(source, error=MalformedPaper(f"{source}: broken gzip ({error}); fetch it again"))
