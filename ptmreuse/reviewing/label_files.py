"""The files that labels land in, made anew from the journal whenever a label is done, taken back or ruled on.

`labels.jsonl` has what is settled: the rows of the one annotator, or of several what is agreed or ruled on. With
several, `labels.NAME.jsonl` has each one's own. `labels.rulings.jsonl` has the decisions as `ptmreuse labels merge`
reads them. Each is written whole and moved into place.
"""

import hashlib
import json
import os
import threading
from pathlib import Path

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.labelling.annotated import jsonl
from ptmreuse.labelling.merging import Merged, merged
from ptmreuse.reviewing.journal import Journal
from ptmreuse.rows import PaperRow


def journal_path(labels: Path) -> Path:
    """Where the journal of a file of labels lies: labels.sqlite beside labels.jsonl."""
    return labels.with_suffix(".sqlite")


class LabelFiles:
    """The files of a journal. Threads may share it.

    Raises UsageError when a file holds what did not come from this journal, for it would be written over.
    """

    def __init__(self, labels: Path, journal: Journal) -> None:
        self.labels, self._journal = labels, journal
        self._lock = threading.Lock()
        for path, text in self._texts().items():
            self._check(path, text)
        self.write()

    @property
    def by_annotator(self) -> dict[str, list[PaperRow]]:
        """Everyone's finished rows."""
        found = {who: self._journal.rows(who) for who in self._journal.annotators()}
        return {who: rows for who, rows in found.items() if rows}

    @property
    def settled(self) -> Merged:
        """What is agreed or ruled on, and what is open."""
        ruled = {(each.paper, each.stage, each.model): each.decision for each in self._journal.rulings()}
        return merged(self.by_annotator, ruled)

    def write(self) -> None:
        """Write what has changed. Raises SystemicError when the disk refuses."""
        with self._lock:
            for path, text in self._texts().items():
                digest = _digest(text)
                if digest != self._journal.written(path.name) or not path.exists():
                    _write(path, text)
                    self._journal.note_written(path.name, digest)

    def _texts(self) -> dict[Path, str]:
        several = self.by_annotator
        made = {self.labels: jsonl(self.settled.rows)}
        if len(several) > 1:
            made |= {self._beside(who): jsonl(rows) for who, rows in several.items()}
        if rulings := self._journal.rulings():
            told = ({"id": each.paper} | {k: v for k, v in each._asdict().items() if k != "paper"} for each in rulings)
            made[self._beside("rulings")] = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told)
        return made

    def _beside(self, name: str) -> Path:
        return self.labels.with_name(f"{self.labels.stem}.{name}.jsonl")

    def _check(self, path: Path, text: str) -> None:
        if not path.exists():
            return
        there = path.read_text(encoding="utf-8")
        if there and there != text and _digest(there) != self._journal.written(path.name):
            advice = "give other --labels, and put both together with ptmreuse labels merge"
            raise UsageError(f"{path}: holds what was not labelled here; {advice}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SystemicError(f"{path}: can't be written ({error.strerror or error}); free the disk") from error
