"""What is handed to the readers of a cluster: pieces of files, in the order in which one machine would read them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ptmreuse.corpus.archives import files, opened
from ptmreuse.corpus.document import Document, archive_suffix
from ptmreuse.corpus.zips import count_zip
from ptmreuse.errors import SystemicError

TOGETHER = 16  # files that one task reads
_OF_A_ZIP = 256  # documents of a zip that one task reads; each task reads the zip's directory


@dataclass(frozen=True, slots=True)
class Piece:
    """Documents of one file by number, from `first` until before `last`; None is the end, which is not known."""

    path: str
    first: int = 0
    last: int | None = 1

    @property
    def count(self) -> int | None:
        """How many documents it has, None where that is not known before it is read."""
        return None if self.last is None else self.last - self.first

    def documents(self) -> Iterator[Document]:
        """Read them. Raises SystemicError where the file is not to be seen."""
        path = Path(self.path)
        if not path.exists():
            advice = "give papers in a folder that every node of the cluster sees under the same path"
            raise SystemicError(f"{path}: not there on the node that is to read it; {advice}")
        return opened(path, self.first, self.last)


def pieces(paths: Sequence[Path]) -> Iterator[Piece]:
    """Every piece of all paths; of a zip so many that its documents can be read at several places."""
    for path in files(paths):
        kind = archive_suffix(path.name)
        if kind == ".zip":
            total = count_zip(path)
            yield from (Piece(str(path), n, min(n + _OF_A_ZIP, total)) for n in range(0, total, _OF_A_ZIP))
        else:
            yield Piece(str(path), 0, None if kind == ".tar" else 1)


class Waves:
    """Pieces by so many documents at a time, until `limit` documents; tell it how many a wave had."""

    def __init__(self, paths: Sequence[Path], size: int, limit: int | None = None) -> None:
        self._pieces, self._size, self._limit = pieces(paths), size, limit

    def __iter__(self) -> Iterator[list[Piece]]:
        while wave := self._wave():
            yield wave

    def had(self, documents: int) -> None:
        """The last wave had so many documents."""
        self._limit = None if self._limit is None else self._limit - documents

    def _wave(self) -> list[Piece]:
        """The next pieces; one of unknown size ends a wave, for what is left of the limit is known when it was read."""
        wave: list[Piece] = []
        taken, left = 0, self._limit
        while taken < self._size and left != 0 and (piece := next(self._pieces, None)):
            wave.append(_cut(piece, left))
            if (count := wave[-1].count) is None or piece.count is None:
                break
            taken += count
            left = None if left is None else left - count
        return wave


def _cut(piece: Piece, most: int | None) -> Piece:
    """At most so many documents of a piece."""
    if most is None or (piece.count is not None and piece.count <= most):
        return piece
    return replace(piece, last=piece.first + most)


def tasks(wave: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces that one task reads: several files that are one document each, or a piece of an archive."""
    single: list[Piece] = []
    for piece in wave:
        if single and (piece.count != 1 or len(single) == TOGETHER):
            yield single
            single = []
        if piece.count == 1:
            single.append(piece)
        else:
            yield [piece]
    if single:
        yield single
