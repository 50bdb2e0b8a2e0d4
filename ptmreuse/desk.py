"""The desk between papers and the ledger: which need something, what is known of them, what has come."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from program.answers import Answer
from program.paper import Paper
from program.passages import paper_tokens
from program.pipeline import unanswered
from ptmreuse.corpus.read import Document
from ptmreuse.digests import content_digest, reader_digest
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.progress import Progress
from ptmreuse.workers import Surveyed


class Desk:
    """Reads and writes the ledger for a run. `again` are the reasons for which an answer is asked anew."""

    def __init__(
        self, ledger: Ledger, key: Key, stages: Collection[str], progress: Progress, again: Collection[str] = ()
    ) -> None:
        self._ledger, self._key, self._stages, self._progress, self._again = ledger, key, stages, progress, again

    def take(self, document: Document) -> str | None:
        """The digest of a document that is to be read; None when nothing is left to do for it."""
        content = content_digest(document.data)
        row = self._ledger.known_document(document.source, content, reader_digest())
        if row and self._is_finished(row):
            self._progress.skipped()
            return None
        return content

    def finished(self, path: str) -> dict[str, str]:
        """What is finished of a file, if it has not changed: the digest of each document in it by its source."""
        rows = self._ledger.documents_of(path, reader_digest())
        return {row["source"]: row["content"] for row in rows if self._is_finished(row)}

    def _is_finished(self, row: sqlite3.Row) -> bool:
        return row["status"] != "read" or not unanswered(self._known(row["text_hash"]), self._stages)

    def note(
        self, document: Document, content: str, read: Paper | UnreadablePaper, tokens: int | None = None
    ) -> Mapping[str, Answer] | None:
        """Write down a document that was read; the answers known of it, or None when it needs none.

        `tokens` are those of a paper that comes without its text.
        """
        if isinstance(read, UnreadablePaper):
            self._note(DocumentRow(document.source, content, read.reason, str(read)))
            self._progress.unreadable(read.reason)
            return None
        if twin := self._ledger.twin(read):
            self._note(DocumentRow(document.source, content, "duplicate", duplicate_of=twin, paper=read))
            self._progress.duplicate()
            return None
        tokens = paper_tokens(read) if tokens is None else tokens
        self._note(DocumentRow(document.source, content, "read", paper=read, tokens=tokens))
        return self._known(read.text_hash)

    def _known(self, text_hash: str) -> dict[str, Answer]:
        return self._ledger.answers(text_hash, self._key, self._again)

    def _note(self, row: DocumentRow) -> None:
        self._ledger.document(row, reader_digest())

    def screens_out(self, read: Surveyed, known: Mapping[str, Answer]) -> bool:
        """Whether a screen answers about a paper in the LM's place; its answer is then written down."""
        key = self._ledger.screen(self._key)
        if key is None or read.screened is None or read.screened.answer.stage in known:
            return False
        self._ledger.record(read.paper.text_hash, key, [read.screened])
        self._progress.screened()
        return True

    def record(self, paper: Paper, rows: Iterable[Row]) -> None:
        """Write down answers about a paper."""
        self._ledger.record(paper.text_hash, self._key, rows)

    def answered(self, rows: list[Row]) -> None:
        """A paper has all the answers that it will have."""
        self._progress.answered(rows)
