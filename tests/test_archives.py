"""Walking files, folders and archives."""

import gzip
import io
import pickle
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptmreuse.corpus import document
from ptmreuse.corpus.archives import count, documents
from ptmreuse.corpus.document import LARGEST, Document, is_walked
from ptmreuse.errors import MalformedPaper, NotAPaper, OversizedPaper, UsageError

# the members of an archive or the files of a folder, in the order in which they are written
MEMBERS = {
    "b/two.xml": b"<two/>",
    "a/one.nxml": b"<one/>",
    "a/one.pdf": b"the same paper",
    "a/other.pdf": b"another paper",
    "PMC123/paper.nxml": b"<article/>",
    "PMC123/supplement.pdf": b"a supplement",
    "PMC123/figure1.jpg": b"a picture",
    "c.xml.gz": gzip.compress(b"<c/>", mtime=0),
    "notes.txt": b"notes",
    "table.csv": b"1,2",
    "README.md": b"about the files",
    ".hidden.xml": b"<hidden/>",
    "__MACOSX/b/._two.xml": b"a resource fork",
}
KEPT = {"b/two.xml", "a/one.nxml", "a/other.pdf", "PMC123/paper.nxml", "c.xml.gz", "notes.txt"}


def make_folder(path: Path, members: Mapping[str, bytes]) -> Path:
    for name, data in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def make_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def errors(path: Path) -> list[tuple[str, str]]:
    return [(each.source, type(each.error).__name__) for each in documents([path]) if each.error]


@pytest.mark.parametrize(
    ("make", "name", "mark"),
    [
        (make_folder, "folder", "/"),
        (make_zip, "papers.zip", "!"),
        (make_tar, "papers.tar", "!"),
        (make_tar, "papers.tar.gz", "!"),
        (make_tar, "papers.tgz", "!"),
    ],
)
def test_the_same_papers_come_from_a_folder_and_from_every_archive(
    tmp_path: Path, make: Callable[[Path, Mapping[str, bytes]], Path], name: str, mark: str
) -> None:
    path = make(tmp_path / name, MEMBERS)
    found = list(documents([path]))
    assert {each.source.removeprefix(f"{path}{mark}") for each in found} == KEPT
    assert all(each.error is None for each in found)
    assert {each.data for each in found} == {b"<c/>" if name == "c.xml.gz" else MEMBERS[name] for name in KEPT}
    assert list(documents([path])) == found
    assert count([path]) == (None if ".t" in name else len(KEPT))


def test_folders_are_sorted_and_paths_keep_their_order(tmp_path: Path) -> None:
    make_folder(tmp_path, {"b.txt": b"b", "a/z.txt": b"z", "a/c/y.txt": b"y", "c.txt": b"c"})
    found = [Path(each.source).name for each in documents([tmp_path / "c.txt", tmp_path])]
    assert found == ["c.txt", "y.txt", "z.txt", "b.txt", "c.txt"]


def test_archives_in_a_folder_are_opened_and_links_do_not_go_round(tmp_path: Path) -> None:
    make_zip(tmp_path / "papers.zip", {"one.xml": b"<one/>"})
    (tmp_path / "round").symlink_to(tmp_path)
    assert [each.source for each in documents([tmp_path])] == [f"{tmp_path}/papers.zip!one.xml"]


def test_nothing_given_is_nothing_found() -> None:
    assert list(documents([])) == []
    assert count([]) == 0


@pytest.mark.parametrize("ask", [documents, count])
def test_a_path_that_is_not_there_stops_the_run_at_once(tmp_path: Path, ask: Callable[[list[Path]], object]) -> None:
    with pytest.raises(UsageError, match=r"missing\.xml: no such file or folder"):
        ask([tmp_path, tmp_path / "missing.xml"])


def test_a_named_file_of_another_type_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    (found,) = documents([tmp_path / "photo.jpg"])
    assert isinstance(found.error, NotAPaper)
    assert ".nxml" in str(found.error)
    assert count([tmp_path / "photo.jpg"]) == 1


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.xml.gz"])
@pytest.mark.parametrize("data", [b"", b"no archive at all", b"\x1f\x8b\x08\x00broken gzip"])
def test_a_broken_archive_is_a_row_and_the_walk_goes_on(tmp_path: Path, name: str, data: bytes) -> None:
    make_folder(tmp_path, {name: data, "b.xml": b"<b/>"})
    found = list(documents([tmp_path]))
    assert found[-1] == Document(f"{tmp_path}/b.xml", b"<b/>")
    if data or name != "a.xml.gz":
        assert isinstance(found[0].error, MalformedPaper)
        assert count([tmp_path / name]) == (None if ".t" in name else 1)


@pytest.mark.parametrize(("make", "name"), [(make_zip, "a.zip"), (make_tar, "a.tar.gz")])
def test_a_cut_archive_is_a_row(tmp_path: Path, make: Callable[[Path, Mapping[str, bytes]], Path], name: str) -> None:
    path = make(tmp_path / name, {f"{n}.xml": bytes(f"<x>{n * 7919}</x>", "ascii") * 50 for n in range(200)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert errors(path)[-1:] == [(str(path), "MalformedPaper")]


def test_a_broken_or_encrypted_member_is_a_row_and_the_next_is_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.xml": b"<one/>" * 99, "2.xml": b"<two/>" * 99, "3.xml": b"<three/>"})
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF  # in the compressed bytes of the first member
    directory = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[directory + 8] |= 1  # the flag of encryption of the second
    path.write_bytes(data)
    assert errors(path) == [(f"{path}!1.xml", "MalformedPaper"), (f"{path}!2.xml", "MalformedPaper")]
    assert [each.data for each in documents([path])][-1] == b"<three/>"


@pytest.mark.parametrize(("make", "name"), [(make_zip, "a.zip"), (make_tar, "a.tar")])
def test_an_archive_in_an_archive_is_a_row(
    tmp_path: Path, make: Callable[[Path, Mapping[str, bytes]], Path], name: str
) -> None:
    path = make(tmp_path / name, {"in.zip": b"PK", "in.tar.gz": b"", "b.xml": b"<b/>"})
    assert errors(path) == [(f"{path}!in.zip", "OversizedPaper"), (f"{path}!in.tar.gz", "OversizedPaper")]


def test_what_unpacks_to_more_than_the_limit_is_oversized_and_takes_no_more_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(3 * LARGEST), 9)
    make_zip(tmp_path / "a.zip", {"a.xml": bytes(LARGEST + 1), "b.xml.gz": bomb})
    make_tar(tmp_path / "b.tar.gz", {"a.xml": bytes(LARGEST + 1)})
    (tmp_path / "c.xml.gz").write_bytes(bomb)
    tracemalloc.start()
    found = [each.error for each in documents([tmp_path])]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(error) for error in found] == [OversizedPaper] * 4
    assert "64 MiB" in str(found[0])
    assert peak < 3 * LARGEST


def test_a_header_that_asks_for_all_memory_is_a_row(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    (tmp_path / "a.tar").write_bytes(header.tobuf() + bytes(1024))
    assert errors(tmp_path / "a.tar") == [(f"{tmp_path}/a.tar", "MalformedPaper")]


@pytest.mark.parametrize(("make", "name"), [(make_zip, "a.zip"), (make_tar, "a.tar")])
def test_many_members_stream_in_flat_memory(
    tmp_path: Path, make: Callable[[Path, Mapping[str, bytes]], Path], name: str
) -> None:
    path = make(tmp_path / name, {f"{n}.xml": b"<article/>" + b" " * 10_000 for n in range(5_000)})
    tracemalloc.start()
    sizes = [tracemalloc.get_traced_memory()[0] for _ in documents([path])]
    tracemalloc.stop()
    assert len(sizes) == 5_000
    assert sizes[-1] - sizes[200] < 8 * 2**20  # under 2 kB a member: its name and place, not its 10 kB of text


def test_a_document_can_be_sent_to_a_worker() -> None:
    good, bad = Document("a", b"x"), Document("b", error=MalformedPaper("b: broken"))
    assert pickle.loads(pickle.dumps(good)) == good  # noqa: S301
    assert repr(pickle.loads(pickle.dumps(bad)).error) == repr(bad.error)  # noqa: S301


@pytest.mark.parametrize(
    ("name", "walked"),
    [
        ("a.XML", True),
        ("./a/b.nxml", True),
        ("../a.tei.xml", True),
        ("a.txt.gz", True),
        ("a.zip", True),
        ("a", False),
        ("a.csv.gz", False),
        ("LICENSE.txt", False),
        (".git/a.xml", False),
        ("", False),
    ],
)
def test_names_that_a_walk_takes(name: str, walked: bool) -> None:
    assert is_walked(name) is walked


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([".zip", ".tar", ".tgz", ".xml.gz"]), st.integers(0, 5000), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_gives_rows(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, place: int, damage: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    if suffix == ".zip":
        make_zip(path, MEMBERS)
    elif suffix == ".xml.gz":
        path.write_bytes(gzip.compress(b"<article/>" * 200))
    else:
        make_tar(path, MEMBERS)
    data = path.read_bytes()
    place %= len(data)
    path.write_bytes(data[:place] + damage + data[place + len(damage) :])
    for each in documents([path]):
        assert each.source.startswith(str(path))
        assert each.error is None or not each.data
        assert len(each.data) <= document.LARGEST
