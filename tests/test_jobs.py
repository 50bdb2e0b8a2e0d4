"""The file of jobs."""

from pathlib import Path

import pytest

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.serving.jobs import Item, Jobs


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a.xml", "J.3.xml"),
        ("a.b.XML", "J.3.xml"),
        ("a.xml.gz", "J.3.xml.gz"),
        ("a.zip!17", "J.3.zip"),
        ("a.tar.gz", "J.3.zip"),
        ("a.tgz!2", "J.3.zip"),
    ],
)
def test_files_are_named_by_us(tmp_path: Path, name: str, file: str) -> None:
    assert Jobs(tmp_path).file("J", 3, name) == tmp_path / "inbox" / file


def test_a_job_from_its_beginning_until_it_is_forgotten(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = jobs.new()
    items = [Item(job, n, f"{n}.xml", n, 0) for n in range(2)]
    jobs.add(job, items)
    kept, stray = jobs.file(job, 0, "0.xml"), tmp_path / "inbox" / "other.0.xml"
    kept.write_text("x")
    stray.write_text("x")
    jobs.forget(0)
    assert (kept.exists(), stray.exists()) == (True, False)
    assert jobs.waiting() == items
    assert jobs.unfinished() == 1
    jobs.settle(items[0], "done", {"a": 1})
    jobs.close()
    jobs = Jobs(tmp_path)
    assert jobs.waiting() == items[1:]
    jobs.settle(items[1], "failed", {"b": 2})
    assert not kept.exists()
    told = jobs.status(job)
    assert told
    assert (told["waiting"], told["done"], told["failed"], told["finished"] is None) == (0, 1, 1, False)
    assert [each["result"] for each in jobs.results(job, 0, 9)] == [{"a": 1}, {"b": 2}]
    assert (jobs.unfinished(), jobs.status("other")) == (0, None)
    jobs.forget(1)
    assert jobs.status(job)
    jobs.forget(-1)
    assert (jobs.status(job), jobs.results(job, 0, 9)) == (None, [])
    jobs.close()


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite").write_bytes(b"this is no database" * 99)
    with pytest.raises(UsageError, match="not a file of jobs"):
        Jobs(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(SystemicError, match="can't be written"):
        Jobs(tmp_path / "file")


def test_a_job_that_is_removed_leaves_nothing(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    kept, removed = jobs.new(), jobs.new()
    for job in (kept, removed):
        jobs.add(job, [Item(job, 0, "0.xml", 0, 0)])
        jobs.file(job, 0, "0.xml").write_text("x")
    assert (jobs.remove(removed), jobs.remove(removed)) == (True, False)
    assert jobs.status(removed) is None
    assert (jobs.results(removed, 0, 9), [item.job for item in jobs.waiting()]) == ([], [kept])
    assert list((tmp_path / "inbox").iterdir()) == [jobs.file(kept, 0, "0.xml")]
    jobs.settle(Item(removed, 0, "0.xml", 0, 0), "done", {})  # its paper was under way
    assert jobs.status(removed) is None
