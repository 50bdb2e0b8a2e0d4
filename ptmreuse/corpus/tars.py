"""Documents in a tar or a gzipped tar, streamed from front to back.

PubMed Central's packages hold a paper's XML beside its PDF in any order, and a tar has no directory. So PDF and text
members wait for a second pass, which is made only when there are any.
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

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

_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)
_GZIP = b"\x1f\x8b"


class _BoundedFile:
    """A file that refuses reads larger than a document: a member's header could ask for all memory there is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST + tarfile.RECORDSIZE:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def tar_documents(path: Path) -> Iterator[Document]:
    """The documents of a tar: XML in its order, then PDF and text of other papers; an error where it breaks."""
    twins = Twins()
    waiting = False
    try:
        for archive, member in _members(path):
            twins.add(member.name)
            if may_be_twin(member.name):
                waiting = True
            else:
                yield _document(archive, member, f"{path}!{member.name}")
        for archive, member in _members(path) if waiting else ():
            if may_be_twin(member.name) and not twins.has(member.name):
                yield _document(archive, member, f"{path}!{member.name}")
    except _BROKEN as error:
        # nothing behind the break can be found, but what stood before it has been given
        yield Document(str(path), error=MalformedPaper(f"{path}: broken tar ({error}); fetch it again"))


def _members(path: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """The regular files that a walk takes, each to be read before the next one is asked for."""
    with path.open("rb") as packed:
        zipped = packed.read(2) == _GZIP
        packed.seek(0)
        with gzip.open(packed) if zipped else packed as file, _opened(file) as archive:
            while (member := archive.next()) is not None:
                # tarfile keeps every member it has seen, in a list that its stubs do not know
                archive.members.clear()  # type: ignore[attr-defined]
                if member.isfile() and is_walked(member.name):
                    yield archive, member


def _opened(file: object) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast("IO[bytes]", _BoundedFile(cast("IO[bytes]", file))), mode="r:")


def _document(archive: tarfile.TarFile, member: tarfile.TarInfo, source: str) -> Document:
    if archive_suffix(member.name):
        return nested(source)
    if member.size > LARGEST:
        return too_large(source)
    file = archive.extractfile(member)
    if file is None:
        return Document(source, error=MalformedPaper(f"{source}: not a regular file; unpack the tar"))
    with file:
        return stream_document(source, file)
