"""The end of a distributed run that holds the ledger: fronts and parts come in, papers that need something go out."""

from collections.abc import Collection, Mapping
from pathlib import Path

from program.answers import Answer
from program.pipeline import unanswered
from ptmreuse.corpus.document import Document
from ptmreuse.desk import Desk
from ptmreuse.distributed import parts
from ptmreuse.distributed.fronts import Front, unpacked
from ptmreuse.distributed.parts import Entry
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Ledger, Row
from ptmreuse.progress import Progress
from ptmreuse.workers import Surveyed


class Merging:
    """Writes the ledger of a run; its parts lie in `folder`."""

    def __init__(
        self,
        ledger: Ledger,
        key: Key,
        stages: Collection[str],
        progress: Progress,
        folder: Path,
        again: Collection[str] = (),
    ) -> None:
        self._ledger, self._key, self._stages, self._progress, self._folder = ledger, key, stages, progress, folder
        self._desk = Desk(ledger, key, stages, progress, again)
        self._merged: set[Path] = set()
        self._asked: dict[str, dict[str, Answer]] = {}  # by text: the answers of papers that are not finished
        self._rows: dict[str, list[Row]] = {}  # by text: what came of them in this run

    def begin(self) -> None:
        """Take in what an earlier run left. Raises SystemicError when the folder can't be used."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemicError(f"{self._folder}: can't be made ({error.strerror}); give another --out") from error
        parts.tidy(self._folder)
        self.merge()
        self.forget()

    def finished(self, path: str) -> dict[str, str]:
        """What is finished of a file: the digest of each document in it by its source."""
        return self._desk.finished(path)

    def note(self, source: str, content: str, front: bytes) -> Mapping[str, Answer] | None:
        """Write down a document that was read; the answers known of it, or None when it needs none."""
        if not front:
            self._progress.skipped()
            return None
        told = unpacked(front)
        document = Document(source)
        if not isinstance(told, Front):
            return self._desk.note(document, content, told)
        known = self._desk.note(document, content, told.paper, told.tokens)
        if known is None or self._desk.screens_out(Surveyed(told.paper, None, told.screened), known):
            return None
        if told.paper.text_hash in self._asked:
            self._progress.skipped()
            return None
        if not unanswered(known, self._stages):
            self._progress.answered([])
            return None
        self._asked[told.paper.text_hash] = dict(known)
        return known

    def merge(self) -> None:
        """Take in the parts that are there and were not yet. Raises SystemicError for one that is damaged."""
        for path in parts.parts(self._folder):
            if path not in self._merged:
                for entry in parts.read(path):
                    self._take(entry)
                self._merged.add(path)

    def forget(self) -> None:
        """Remove the parts that were taken in; no one reads them any more."""
        for path in self._merged:
            path.unlink(missing_ok=True)
        self._merged.clear()

    def _take(self, entry: Entry) -> None:
        """Append an answer, unless it is there to the last digit of its seconds: a part may come a second time."""
        text_hash, key, row = entry.text_hash, entry.key, entry.row
        if row not in self._ledger.rows(text_hash, key, row.answer.stage):
            self._ledger.record(text_hash, key, [row])
            if key == self._key and text_hash in self._asked:
                self._count(text_hash, row)

    def _count(self, text_hash: str, row: Row) -> None:
        self._asked[text_hash][row.answer.stage] = row.answer
        self._rows.setdefault(text_hash, []).append(row)
        if not unanswered(self._asked[text_hash], self._stages):
            self._progress.answered(self._rows.pop(text_hash))
            del self._asked[text_hash]
