"""The user's own copies: found by file name, by DOI in the file, by DOI as the name; and what is missing."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pytest
from papers import FIELD, PREDICTED, TUNED, jats

from ptmreuse.copies import find_copies
from ptmreuse.errors import UsageError
from ptmreuse.rows import PaperRow


def row(**about: Any) -> PaperRow:
    return PaperRow.model_validate({"uses_deep_learning": False, "reuses_ptm": False} | about)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    papers = tmp_path / "papers"
    (papers / "deep" / "er").mkdir(parents=True)
    (papers / "a.xml").write_bytes(jats(TUNED, title="A", doi="10.5555/A.1"))
    (papers / "deep" / "er" / "b.xml").write_bytes(jats(FIELD, title="B", doi="10.5555/b.2"))
    (papers / "10.5555_c.3.txt").write_text(f"C\n\nMethods\n\n{(PREDICTED + ' ') * 8}")
    (papers / "d.xml.gz").write_bytes(gzip.compress(jats(TUNED, title="D", doi="10.5555/d.4")))
    with zipfile.ZipFile(papers / "all.zip", "w") as archive:
        archive.writestr("e.xml", jats(TUNED, title="E", doi="10.5555/e.5"))
    (papers / "broken.xml").write_bytes(b"<article><body>")
    return papers


@pytest.mark.parametrize(
    ("about", "title"),
    [
        ({"file": "a.xml"}, "A"),
        ({"doi": "10.5555/a.1"}, "A"),
        ({"doi": "10.5555/a.1", "file": "renamed.xml"}, "A"),
        ({"file": "deep/er/b.xml"}, "B"),
        ({"file": "b.xml"}, "B"),
        ({"doi": "10.5555/C.3"}, "C"),
        ({"doi": "10.5555/d.4"}, "D"),
        ({"file": "e.xml"}, "E"),
        ({"doi": "https://doi.org/10.5555/e.5"}, "E"),
    ],
)
def test_a_copy_is_found(folder: Path, about: dict[str, str], title: str) -> None:
    wanted = row(**about)
    found, missing = find_copies([wanted], folder)
    assert {key: paper.title for key, paper in found.items()} == {wanted.key: title}
    assert missing == {}


def test_every_copy_that_is_missing_or_broken_is_told(folder: Path) -> None:
    rows = [row(file="a.xml"), row(doi="10.5555/none"), row(file="none.xml"), row(file="broken.xml")]
    found, missing = find_copies(rows, folder)
    assert list(found) == ["a.xml"]
    assert list(missing) == ["10.5555/none", "none.xml", "broken.xml"]
    assert missing["none.xml"] == f"no copy of it in {folder}"
    assert "broken.xml" in missing["broken.xml"]
    assert "no copy" not in missing["broken.xml"]


def test_a_doi_that_another_paper_cites_is_not_that_paper(folder: Path) -> None:
    (folder / "citing.xml").write_bytes(jats(TUNED, "See 10.5555/cited.9 for more.", title="Citing", doi="10.5555/x"))
    found, missing = find_copies([row(doi="10.5555/cited.9")], folder)
    assert (found, list(missing)) == ({}, ["10.5555/cited.9"])


def test_a_single_file_or_archive_will_do(folder: Path) -> None:
    for path, doi in ((folder / "a.xml", "10.5555/a.1"), (folder / "all.zip", "10.5555/e.5")):
        assert list(find_copies([row(doi=doi)], path)[0]) == [doi]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        find_copies([row(file="a.xml")], tmp_path / "none")
