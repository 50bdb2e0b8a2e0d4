"""Fronts of documents: all that the ledger must know of a paper, without its text."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from papers import TUNED, corpus, jats

from program.passages import paper_tokens
from ptmreuse.corpus.document import Document
from ptmreuse.digests import content_digest
from ptmreuse.distributed.fronts import Front, packed, read, unpacked
from ptmreuse.distributed.pieces import Waves, tasks
from ptmreuse.errors import UnreadablePaper
from ptmreuse.workers import survey_paper

pytestmark = pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed; run: pip install -e '.[ray]'")


def rows(folder: Path, finished: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What the readers of a folder give."""
    (wave,) = Waves((folder,), 1000)
    given = [{"number": n, "pieces": packed(task)} for n, task in enumerate(tasks(wave))]
    found = read(pa.Table.from_pylist(given), survey_paper, finished or {}, None)
    return [row for table in found for row in table.to_pylist()]


def test_a_front_is_the_paper_without_its_text(tmp_path: Path) -> None:
    document = Document("a.xml", jats(TUNED, doi="10.5555/a"))
    (tmp_path / "a.xml").write_bytes(document.data)
    (row,) = rows(tmp_path)
    front, whole = unpacked(row["front"]), unpacked(row["paper"]).paper
    assert isinstance(front, Front)
    assert front.paper.text_hash == whole.text_hash
    assert (front.paper.doi, front.paper.title) == (whole.doi, whole.title)
    assert len(front.paper.paragraphs) == len(whole.paragraphs)
    assert front.tokens == paper_tokens(whole)
    assert TUNED.encode() not in front.paper.__repr__().encode()


def test_documents_are_numbered_in_order(tmp_path: Path) -> None:
    found = rows(corpus(tmp_path / "in", 40))
    assert [row["number"] for row in found] == sorted({row["number"] for row in found})
    assert [Path(row["source"]).name for row in found] == sorted(path.name for path in (tmp_path / "in").iterdir())


def test_what_can_t_be_read_is_told(tmp_path: Path) -> None:
    found = {Path(row["source"]).name: row for row in rows(corpus(tmp_path / "in"))}
    told = unpacked(found["x_broken.xml"]["front"])
    assert isinstance(told, UnreadablePaper)
    assert told.reason == "malformed"
    assert found["x_broken.xml"]["paper"] == b""


def test_what_is_finished_is_not_read_unless_it_changed(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "in", 3)
    finished = {str(path): content_digest(path.read_bytes()) for path in folder.iterdir()}
    finished[str(folder / "001.xml")] = ""
    assert [Path(row["source"]).name for row in rows(folder, finished) if row["front"]] == ["001.xml"]
