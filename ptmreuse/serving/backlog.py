"""The papers of jobs, answered about in the background; each answer is in the ledger as soon as it is there.

After a restart the papers that wait are taken up again, and no stage that has an answer is asked again.
"""

import asyncio
import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from program.answers import STAGES, Answer
from program.paper import Paper
from program.passages import paper_tokens
from ptmreuse.corpus.archives import opened
from ptmreuse.corpus.document import Document
from ptmreuse.corpus.zips import count_zip
from ptmreuse.digests import content_digest, reader_digest
from ptmreuse.errors import MalformedPaper, UnreadablePaper
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.serving.capacity import MIB, Capacity
from ptmreuse.serving.jobs import Item, Jobs
from ptmreuse.serving.paper_reply import reply
from ptmreuse.serving.problems import Problem
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.repacking import repack
from ptmreuse.serving.uploads import Upload

log = logging.getLogger("ptmreuse.serving")

# What may be otherwise in a while: the paper waits, and so does all behind it.
_PASSING = frozenset({"lm_failed", "budget_reached", "not_ready"})
PAUSE = 30.0  # seconds


class Backlog:
    """Jobs in a data folder, `at_once` papers of them at a time. `lm` is its name as replies have it."""

    def __init__(self, reception: Reception, jobs: Jobs, ledger: Ledger, key: Key, lm: str, at_once: int) -> None:
        self.jobs = jobs
        self._reception, self._ledger, self._key, self._lm = reception, ledger, key, lm
        self._at_once = at_once
        self._waiting: asyncio.Queue[Item] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        reception.counters.now["job_papers_waiting"] = self._waiting.qsize

    def start(self) -> None:
        """Take up what waits."""
        self.jobs.forget(self._reception.capacity.kept_days)
        for item in self.jobs.waiting():
            self._waiting.put_nowait(item)
        self._tasks = {asyncio.create_task(self._work()) for _ in range(self._at_once)}

    async def end(self) -> None:
        """Stop; what is under way waits for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def add(self, uploads: list[Upload]) -> str:
        """A new job with these files; its id. Raises Problem."""
        capacity = self._reception.capacity
        if self.jobs.unfinished() >= capacity.jobs:
            raise Problem("too_busy", "wait for the end of a job", 60)
        job = self.jobs.new()
        try:
            items = await asyncio.to_thread(self._stored, job, uploads, capacity)
            self.jobs.add(job, items)
        except BaseException:
            self.jobs.discard(job)
            raise
        for item in items:
            self._waiting.put_nowait(item)
        return job

    def remove(self, job: str) -> bool:
        """Forget a job, its files and results, whatever waits of it; False when there is none of this id.

        A paper that is under way is answered about to its end; answers stay in the ledger.
        """
        is_there = self.jobs.remove(job)
        if is_there:
            self._skip(job)
        return is_there

    def _skip(self, job: str) -> None:
        """Take what waits of a job out of the queue, which else would hold it until its turn comes."""
        kept = [item for item in iter(self._next, None) if item.job != job]
        for item in kept:
            self._waiting.put_nowait(item)

    def _next(self) -> Item | None:
        return None if self._waiting.empty() else self._waiting.get_nowait()

    def _stored(self, job: str, uploads: list[Upload], capacity: Capacity) -> list[Item]:
        found: list[tuple[str, int, int]] = []
        for at, upload in enumerate(uploads):
            path = self.jobs.file(job, at, upload.name)
            with path.open("xb") as file:
                while piece := upload.file.read(MIB):
                    file.write(piece)
            if upload.is_archive and not upload.name.lower().endswith(".zip"):
                repack(path, capacity)
            found += [(name, at, number) for number, name in enumerate(_members(path, upload, capacity))]
        if not found:
            raise Problem(
                "bad_upload",
                "there is no paper in it; send .xml .nxml .tei .pdf .txt .md, or a .zip or .tar.gz of them",
            )
        if len(found) > capacity.members:
            raise Problem("too_large", f"at most {capacity.members} papers in a batch; send several")
        return [Item(job, position, *each) for position, each in enumerate(found)]

    async def _work(self) -> None:
        while True:
            item = await self._waiting.get()
            while not await self._settled(item):
                await asyncio.sleep(PAUSE)

    async def _settled(self, item: Item) -> bool:
        """Answer about a paper; False when it has to wait."""
        if self.jobs.status(item.job) is None:  # it was removed while its paper waited for an LM
            return True
        try:
            result = await self._result(item)
        except Problem as problem:
            if problem.kind in _PASSING:
                log.warning("a paper of a job waits: %s", problem.__cause__ or problem)
                return False
            self.jobs.settle(item, "failed", problem.document)
        except Exception:  # the edge of a job: a fault of ours in one paper must not end the others
            log.exception("a paper of a job failed")
            self.jobs.settle(item, "failed", Problem("internal", "please report it with the file").document)
        else:
            self.jobs.settle(item, "done", result)
        return True

    async def _result(self, item: Item) -> dict[str, Any]:
        document = await asyncio.to_thread(_document, self.jobs.file(item.job, item.file, item.name), item)
        read: list[Paper] = []

        def known(paper: Paper) -> Mapping[str, Answer]:
            read.append(paper)
            return self._note(document, paper)

        try:
            async for each in self._reception.carry(document, known):
                if isinstance(each, Row):
                    self._ledger.record(read[0].text_hash, self._key, [each])
        except Problem as problem:
            if isinstance(error := problem.__cause__, UnreadablePaper):
                row = DocumentRow(document.source, content_digest(document.data), error.reason, str(error))
                self._ledger.document(row, reader_digest())
            raise
        return reply(read[0], self._rows(read[0]), self._key, self._lm).model_dump(mode="json")

    def _note(self, document: Document, paper: Paper) -> dict[str, Answer]:
        content, twin = content_digest(document.data), self._ledger.twin(paper)
        status = ("duplicate", "", twin) if twin else ("read", "", "")
        tokens = 0 if twin else paper_tokens(paper)
        self._ledger.document(DocumentRow(document.source, content, *status, paper, tokens), reader_digest())
        return self._ledger.answers(paper.text_hash, self._key)

    def _rows(self, paper: Paper) -> list[Row]:
        """The last row of each stage."""
        rows = [self._ledger.rows(paper.text_hash, self._key, stage) for stage in STAGES]
        return [each[-1] for each in rows if each]


def _members(path: Path, upload: Upload, capacity: Capacity) -> list[str]:
    """The names of the papers in a file, for people; a zip is judged by its directory before anything is unpacked."""
    if not upload.is_archive:
        return [upload.name]
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [member.file_size for member in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Problem("bad_upload", "the zip is broken; pack it again") from error
    if sum(sizes) > capacity.unpacked:
        raise Problem("too_large", f"the zip unpacks to more than {capacity.unpacked / MIB:g} MiB; send several")
    number = count_zip(path)
    if number > capacity.members:
        raise Problem("too_large", f"at most {capacity.members} papers in a batch; send several")
    return [f"{upload.name}!{at}" for at in range(number)]


def _document(path: Path, item: Item) -> Document:
    """A paper of a job, named by its upload and not by where it lies."""
    upload = item.name.partition("!")[0]
    try:
        found = next(opened(path, item.number, item.number + 1))
    except (OSError, StopIteration):
        return Document(item.name, error=MalformedPaper(f"{item.name}: is not there any more; send it again"))
    source = found.source.replace(str(path), f"{item.job}/{item.position}/{upload}")
    error = type(found.error)(str(found.error).replace(str(path), upload)) if found.error else None
    return Document(source, found.data, error)
