"""A tar that came as a batch, made a zip: of a zip one paper can be had without reading all before it."""

import gzip
import zipfile
import zlib
from pathlib import Path

from ptmreuse.corpus.document import Document, archive_suffix
from ptmreuse.corpus.tars import tar_documents
from ptmreuse.errors import OversizedPaper
from ptmreuse.serving.capacity import MIB, Capacity
from ptmreuse.serving.problems import Problem

_GZIP = b"\x1f\x8b"
_UNREADABLE = b"unreadable"  # stands for a member that can't be read, and can't be read either
_FAST = 1  # level of compression


def repack(path: Path, capacity: Capacity) -> None:
    """Put a zip of its papers where a tar, gzipped or not, lies. Raises Problem for a broken and a too large one."""
    _check_size(path, capacity)
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "x", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as archive:
            for number, document in enumerate(tar_documents(path)):
                if number >= capacity.members:
                    raise Problem("too_large", f"at most {capacity.members} papers in a batch; send several")
                archive.writestr(*_member(document, path))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _check_size(path: Path, capacity: Capacity) -> None:
    """Before any member is looked at: a small file can unpack to more than would be read in an hour."""
    size = 0
    with path.open("rb") as packed:
        is_gzip = packed.read(2) == _GZIP
    try:
        with gzip.open(path) if is_gzip else path.open("rb") as file:
            while piece := file.read(MIB):
                size += len(piece)
                if size > capacity.unpacked:
                    limit = f"{capacity.unpacked / MIB:g} MiB"
                    raise Problem("too_large", f"the tar unpacks to more than {limit}; send several")
    except (OSError, EOFError, zlib.error) as error:
        raise _broken() from error
    if not size:
        raise _broken()


def _member(document: Document, path: Path) -> tuple[str, bytes]:
    """Name and content, so that what can't be read in the tar can't be read in the zip."""
    _, _, name = document.source.removeprefix(str(path)).partition("!")
    if not name:
        raise _broken() from document.error
    if document.error is None:
        return name.removesuffix(".gz"), document.data
    if isinstance(document.error, OversizedPaper) and not archive_suffix(name):
        raise Problem("too_large", str(document.error).replace(f"{path}!", "")[:300])
    return name, _UNREADABLE


def _broken() -> Problem:
    return Problem("bad_upload", "the tar is broken; pack it again")
