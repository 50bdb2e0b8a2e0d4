"""Pieces of files, by which a cluster reads the same documents in the same order as one machine."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from papers import FIELD, TUNED, corpus, jats

from ptmreuse.corpus.read import documents
from ptmreuse.distributed.pieces import TOGETHER, Piece, Waves, tasks
from ptmreuse.errors import SystemicError


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, ...]:
    """A folder, a zip of more than one piece, a broken zip, a tar."""
    folder = corpus(tmp_path / "in", 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for n in range(300):
            file.writestr(f"{n:03}.xml", jats(FIELD, title=f"{n}"))
    (tmp_path / "b.zip").write_bytes(b"PK")
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as tar:
        for n in range(5):
            member = tarfile.TarInfo(f"{n}.xml")
            data = jats(TUNED, title=f"{n}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return (folder, tmp_path / "a.zip", tmp_path / "b.zip", tmp_path / "c.tar.gz", folder / "000.xml")


def given(paths: tuple[Path, ...], size: int, limit: int | None = None) -> list[list[str]]:
    """The sources of each wave."""
    waves = Waves(paths, size, limit)
    found = []
    for wave in waves:
        found.append([d.source for task in tasks(wave) for piece in task for d in piece.documents()])
        waves.had(len(found[-1]))
    return found


@pytest.mark.parametrize("size", [1, 10, 100, 10_000])
@pytest.mark.parametrize("limit", [None, 1, 23, 24, 279, 280, 325, 327, 1000])
def test_waves_have_every_document_in_order(paths: tuple[Path, ...], size: int, limit: int | None) -> None:
    waves = given(paths, size, limit)
    assert [source for wave in waves for source in wave] == [d.source for d in documents(paths)][:limit]
    assert all(waves)


def test_a_task_has_few_files(paths: tuple[Path, ...]) -> None:
    (wave, _) = Waves(paths, 10_000)
    counts = [sum(piece.count or 0 for piece in task) for task in tasks(wave)]
    assert counts == [TOGETHER, 23 - TOGETHER, 256, 44, 1, 0]


def test_a_file_that_a_node_does_not_see_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(SystemicError, match=r"gone\.xml: not there on the node.*every node"):
        list(Piece(str(tmp_path / "gone.xml")).documents())
