"""Names of a corpus's files, and writing that leaves a whole file or none."""

from pathlib import Path

import pytest

from ptmreuse.collecting.paper_files import file_name, sweep, write_whole
from ptmreuse.errors import SystemicError

HOSTILE = ["10.1/../../etc/passwd", "10.1/a\0b", "10.1/" + "x" * 500, "10.1/<b>&|;", "10.1/ü", "10.1/", "..", "/"]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_name_is_a_name(key: str) -> None:
    name = file_name(key, ".xml")
    assert name == Path(name).name and name.isascii() and len(name) < 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") and name.count(".") == 1


def test_no_two_papers_have_one_name() -> None:
    keys = [*HOSTILE, "10.1/a-b", "10.1/a.b", "10.1/a/b"]
    assert len({file_name(key, ".xml") for key in keys}) == len(keys)


def test_a_file_is_written_whole_and_remains_of_a_kill_are_swept(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    write_whole(papers / "a.xml", b"one")
    write_whole(papers / "a.xml", b"two")
    (papers / "b.xml.unfinished").write_bytes(b"hal")
    sweep(papers)
    assert {path.name: path.read_bytes() for path in papers.iterdir()} == {"a.xml": b"two"}


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    (tmp_path / "papers").write_bytes(b"in the place of the folder")
    with pytest.raises(SystemicError, match="run again to resume"):
        write_whole(tmp_path / "papers" / "a.xml", b"one")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.xml.unfinished").symlink_to("/dev/full")
    with pytest.raises(SystemicError, match="No space left on device"):
        write_whole(tmp_path / "full" / "a.xml", b"one")
    assert not (tmp_path / "full" / "a.xml").exists()
