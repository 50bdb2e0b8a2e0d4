"""One start at a time on an output folder: two on one ledger would ask every question twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ptmreuse.errors import SystemicError, UsageError


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Make a folder and hold it for the block.

    Raises UsageError when it is no folder or another start holds it, SystemicError when it can't be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = os.open(out, os.O_RDONLY)
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(f"{out}: is no folder; give another --out") from error
    except OSError as error:
        raise SystemicError(f"{out}: can't be written ({error.strerror}); give another --out") from error
    try:
        _lock(folder, out)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, out: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"{out}: another run writes there; wait for its end, or give another --out") from error
    except OSError:
        return  # a file system without locks
