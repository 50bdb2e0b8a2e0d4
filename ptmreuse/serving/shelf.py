"""The corpus of a service: which DOI is which document. Texts are read when they are asked for, none is kept.

The index is made in the background, by a process of its own, in a temporary SQLite database, which spills to disk.
"""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ptmreuse.corpus.archives import documents, files, opened
from ptmreuse.corpus.document import Document
from ptmreuse.digests import content_digest
from ptmreuse.errors import UnreadablePaper
from ptmreuse.serving.crew import Crew
from ptmreuse.serving.problems import Problem
from ptmreuse.workers import read_paper

log = logging.getLogger("ptmreuse.serving")

MATCHES = 20
_PATIENCE = 60.0  # seconds for reading one document
_WORDS = 10  # of a query; the rest is left out
_RESOLVER = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_TABLE = "CREATE TABLE paper (doi TEXT PRIMARY KEY, title, sought, path, number INTEGER, content)"


class Match(NamedTuple):
    """A paper of the corpus."""

    doi: str
    title: str


class Named(NamedTuple):
    """What a document says of itself: its bare DOI, "" where it has none, its title; and the digest of its content."""

    doi: str
    title: str
    content: str


def bare_doi(text: str) -> str:
    """A DOI in lower case without a resolver's address before it."""
    text = text.strip()
    found = _RESOLVER.match(text)
    return (text[found.end() :] if found else text).lower()


def named(document: Document) -> Named | None:
    """What a document says of itself, None where it can't be read."""
    paper = read_paper(document)
    if isinstance(paper, UnreadablePaper):
        return None
    return Named(_whole(bare_doi(paper.doi)), _whole(paper.title), content_digest(document.data))


class Shelf:
    """The papers of `paths` by DOI; of several with one DOI the first. Counts what it met while it fills.

    Raises UsageError for a path that does not exist.
    """

    def __init__(self, paths: Sequence[Path], crew: Crew) -> None:
        documents(paths)  # checks the paths, and opens none
        self._paths, self._crew = paths, crew
        self._index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._index.execute(_TABLE)
        self._filling: asyncio.Task[None] | None = None
        self.papers = self.unreadable = self.without_doi = 0
        self.is_complete = False

    def start(self) -> None:
        """Fill the index in the background."""
        self._filling = asyncio.create_task(self._fill())
        self._filling.add_done_callback(_told)

    async def end(self) -> None:
        """Stop filling, and forget."""
        if self._filling:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        self._index.close()

    def matches(self, query: str) -> list[Match]:
        """At most `MATCHES` papers with every word of the query in DOI or title; a DOI that begins so comes first."""
        wanted = bare_doi(query)
        words = wanted.casefold().split()[:_WORDS]
        where = " AND ".join(["instr(sought, ?) > 0"] * len(words)) or "TRUE"
        sql = f"SELECT doi, title FROM paper WHERE {where} ORDER BY instr(doi, ?) != 1, rowid LIMIT {MATCHES}"  # noqa: S608
        return [Match(*row) for row in self._index.execute(sql, (*words, wanted))]

    def document(self, doi: str) -> Document:
        """The document with a DOI, named without its folder. Raises Problem when it is not there."""
        sql = "SELECT path, number, content FROM paper WHERE doi = ?"
        row = self._index.execute(sql, (bare_doi(doi),)).fetchone()
        if not row:
            later = "" if self.is_complete else ", or later: the corpus is still being read"
            raise Problem("not_found", f"no paper of the corpus has this DOI; look for it at /v1/corpus?q={later}")
        path, number, content = row
        found = next(opened(Path(path), number, number + 1), None)
        if found is None or found.error or content_digest(found.data) != content:
            raise Problem("not_found", "the corpus has changed since the service was started; start it anew")
        return Document(_bare(found.source), found.data)

    async def _fill(self) -> None:
        await self._crew.start()
        try:
            walk = _walked(self._paths)
            while each := await asyncio.to_thread(next, walk, None):
                await self._add(*each)
        finally:
            self._crew.end()
        self.is_complete = True
        if self.unreadable:
            log.warning("corpus: %d documents can't be read; ptmreuse run says why", self.unreadable)

    async def _add(self, path: Path, number: int, document: Document) -> None:
        try:
            async with asyncio.timeout(_PATIENCE), self._crew.one() as worker:
                found = await worker.do(named, document)
        except (Problem, TimeoutError):  # it ended its worker, or took too long
            found = None
        if found is None:
            self.unreadable += 1
        elif not found.doi:
            self.without_doi += 1
        else:
            sought = f"{found.doi} {found.title}".casefold()
            row = (found.doi, found.title, sought, str(path), number, found.content)
            sql = "INSERT OR IGNORE INTO paper VALUES (?, ?, ?, ?, ?, ?)"
            added = await asyncio.to_thread(self._index.execute, sql, row)
            self.papers += added.rowcount


def _walked(paths: Sequence[Path]) -> Iterator[tuple[Path, int, Document]]:
    """Every document with its file and its number in that."""
    for path in files(paths):
        for number, document in enumerate(opened(path)):
            yield path, number, document


def _whole(text: str) -> str:
    """Without halves of letters, which SQLite refuses."""
    return text.encode(errors="replace").decode()


def _bare(source: str) -> str:
    """The name of a document without its folder or archive: what a reply may tell."""
    return PurePosixPath(source.rpartition("!")[2].replace("\\", "/")).name


def _told(filling: asyncio.Task[None]) -> None:
    if not filling.cancelled() and filling.exception():
        log.error("the corpus was not read to its end", exc_info=filling.exception())
