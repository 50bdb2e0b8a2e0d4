"""Documents in a zip, read member by member: an archive of hundreds of thousands of papers never lies in memory."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ptmreuse.corpus.document import (
    LARGEST,
    Document,
    Twins,
    archive_suffix,
    is_walked,
    may_be_twin,
    nested,
    stream_document,
    too_large,
)
from ptmreuse.errors import MalformedPaper

_ENCRYPTED = 0x1  # bit of a member's flags
# What zipfile and its decompressors raise on broken data; RuntimeError and NotImplementedError are its
# words for a password and for a compression method that it does not know.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


def zip_documents(path: Path, first: int = 0, last: int | None = None) -> Iterator[Document]:
    """The documents of a zip in the order of its directory, from number `first` until before `last`.

    One `Document` with an error where it is broken.
    """
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        yield Document(str(path), error=MalformedPaper(f"{path}: broken zip ({error}); fetch it again"))
        return
    with archive:
        for member in islice(_wanted(archive), first, last):
            yield _document(archive, member, f"{path}!{member.filename}")


def count_zip(path: Path) -> int:
    """How many documents `zip_documents` will give, from the zip's directory alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(1 for _ in _wanted(archive))
    except BROKEN:
        return 1


def _wanted(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir() and is_walked(member.filename)]
    some_may_be = any(may_be_twin(member.filename) for member in members)
    twins = Twins(member.filename for member in members if some_may_be)
    return (member for member in members if not twins.has(member.filename))


def _document(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> Document:
    if archive_suffix(member.filename):
        return nested(source)
    if member.file_size > LARGEST:
        return too_large(source)
    if member.flag_bits & _ENCRYPTED:
        return Document(source, error=MalformedPaper(f"{source}: encrypted; unpack the zip with its password"))
    try:
        with archive.open(member) as file:
            return stream_document(source, file)
    except BROKEN as error:
        return Document(source, error=MalformedPaper(f"{source}: broken member ({error}); fetch the zip again"))
