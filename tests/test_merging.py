"""What comes from a cluster becomes the same ledger as on one machine, whatever comes twice or late."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from papers import PREDICTED, corpus, jats, write
from rich.console import Console
from test_fronts import rows

from program.answers import STAGES
from ptmreuse import workers
from ptmreuse.distributed import parts
from ptmreuse.distributed.fronts import unpacked
from ptmreuse.distributed.merging import Merging
from ptmreuse.distributed.parts import Entry
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.progress import Progress
from ptmreuse.run import Order, run
from ptmreuse.tables import models_table, papers_table

pytestmark = pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed; run: pip install -e '.[ray]'")


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


@contextmanager
def merging(out: Path, progress: Progress) -> Iterator[tuple[Merging, Ledger]]:
    """A ledger in a folder, ready to take in what comes."""
    out.mkdir(exist_ok=True)
    order = Order((), out)
    with Ledger(order.ledger) as ledger:
        found = Merging(ledger, order.key, STAGES, progress, out / "parts")
        found.begin()
        yield found, ledger


def answered(out: Path, folder: Path, progress: Progress) -> list[Entry]:
    """What a cluster would answer about a folder, after its fronts were noted."""
    workers.equip(workers.Equipment(LMChoice(), None))
    entries = []
    with merging(out, progress) as (found, _):
        for row in rows(folder):
            known = found.note(row["source"], row["content"], row["front"])
            if known is not None:
                paper = unpacked(row["paper"]).paper
                answers = workers.answer(paper, STAGES, known)
                entries += [Entry(paper.text_hash, Order((), out).key, answer) for answer in answers]
    return entries


def test_the_same_tables_as_on_one_machine(tmp_path: Path) -> None:
    folder, out, progress = corpus(tmp_path / "in"), tmp_path / "out", quiet()
    entries = answered(out, folder, progress)
    half = len(entries) // 2
    parts.write(out / "parts", entries[:half])
    with merging(out, progress) as (found, _):
        assert not list((out / "parts").iterdir())  # what an earlier run left is taken in first
        parts.write(out / "parts", entries[half - 3 :])  # some of it a second time
        found.merge()
        found.merge()
        assert len(list((out / "parts").iterdir())) == 1
        found.forget()
    order = Order((folder,), tmp_path / "here")
    key = run(order, quiet())
    with Ledger(order.ledger) as here, Ledger(out / "ledger.sqlite") as there:
        assert papers_table(there, key).equals(papers_table(here, key))
        assert models_table(there, key).equals(models_table(here, key))
        assert there.totals(key)["calls"] == here.totals(key)["calls"]
        columns = [[tuple(row) for row in ledger.all_documents()] for ledger in (here, there)]
        assert columns[0] == columns[1]


def test_what_is_finished_is_known_by_its_file(tmp_path: Path) -> None:
    folder, out = corpus(tmp_path / "in"), tmp_path / "out"
    entries = answered(out, folder, quiet())
    parts.write(out / "parts", entries[:-1])
    progress = quiet()
    with merging(out, progress) as (found, _):
        done = {name for path in folder.iterdir() for name in found.finished(str(path))}
        left = {str(path) for path in folder.iterdir()} - done
        assert [Path(name).name for name in left] == ["005.xml"]
        for row in rows(folder, {name: found.finished(name)[name] for name in done}):
            known = found.note(row["source"], row["content"], row["front"])
            assert (known is not None) == (row["source"] in left)
    assert progress.counts == {"skipped": len(done)}


@pytest.mark.parametrize("name", ["a.zip", "a_zip"])
def test_members_of_an_archive_and_no_others(tmp_path: Path, name: str) -> None:
    write(tmp_path / "x.xml", jats(PREDICTED))
    (row,) = rows(tmp_path)
    with merging(tmp_path / "out", quiet()) as (found, ledger):
        for source in ("a.zip!b.xml", "a.zip", "a.zip2", "a.zi"):
            found.note(source, "digest", row["front"])
        rest = ledger.documents_of(name, ledger.all_documents()[0]["reader"])
    assert {each["source"] for each in rest} == ({"a.zip", "a.zip!b.xml"} if name == "a.zip" else set())


def test_a_text_that_comes_twice_is_asked_about_once(tmp_path: Path) -> None:
    write(tmp_path / "x.xml", jats(PREDICTED))
    (row,) = rows(tmp_path)
    progress = quiet()
    with merging(tmp_path / "out", progress) as (found, _):
        assert found.note("x.xml", row["content"], row["front"]) == {}
        assert found.note("x.xml", row["content"], row["front"]) is None
        assert found.note("y.xml", row["content"], row["front"]) is None
    assert progress.counts == {"skipped": 1, "duplicate": 1}
