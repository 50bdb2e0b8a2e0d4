"""Digests that say which code and data an answer came from: part of the ledger's keys."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def _package(*names: str) -> str:
    sums = hashlib.blake2b(digest_size=6)
    for name in names:
        for part in sorted(files(name).iterdir(), key=lambda p: p.name):
            if part.name.endswith((".py", ".csv")):
                sums.update(part.read_bytes())
    return sums.hexdigest()


def reader_digest() -> str:
    """12 hexadecimal digits of the code that reads papers."""
    return _package("ptmreuse.corpus")


def program_digest(compiled: Path | None, variant: str = "") -> str:
    """12 hexadecimal digits of the signatures, the program with its catalogue, and the compiled state, if any.

    `variant` says in what the program differs from how it is by default, as "joint" or "budget 1000".
    """
    sums = hashlib.blake2b(_package("signatures", "program").encode(), digest_size=6)
    if compiled:
        sums.update(compiled.read_bytes())
    sums.update(variant.encode())
    return sums.hexdigest()


def content_digest(data: bytes) -> str:
    """32 hexadecimal digits of a file's bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
