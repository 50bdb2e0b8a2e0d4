"""The files of a corpus: names that we make from a paper's key, and writing that leaves a whole file or none."""

import hashlib
import os
import re
from pathlib import Path

from ptmreuse.errors import SystemicError

PAPERS = "papers"
_LONGEST = 80  # letters of a name before its digest
_UNFINISHED = ".unfinished"


def file_name(key: str, suffix: str) -> str:
    """A file name for a DOI or a PMCID: its letters and digits, and a digest by which no two are the same."""
    plain = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:_LONGEST].strip("-")
    digest = hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
    return f"{plain}-{digest}{suffix}" if plain else f"{digest}{suffix}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place and put it there at once.

    Raises SystemicError when the disk refuses.
    """
    beside = path.with_name(path.name + _UNFINISHED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        told = f"{path}: can't be written ({error.strerror}); see to the disk, then run again to resume"
        raise SystemicError(told) from error


def sweep(folder: Path) -> None:
    """Remove what a killed start left unfinished. Raises SystemicError when the disk refuses."""
    for path in folder.glob(f"*{_UNFINISHED}"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SystemicError(f"{path}: can't be removed ({error.strerror}); see to the disk") from error
