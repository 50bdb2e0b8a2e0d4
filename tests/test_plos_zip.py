"""Texts from the zip of all PLOS articles."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from services import article

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.plos_zip import PlosZip
from ptmreuse.collecting.texts import Missing, Text
from ptmreuse.errors import UsageError

DOI = "10.1371/journal.pone.0000001"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[PlosZip]:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as written:
        written.writestr("allofplos/journal.pone.0000001.xml", article(DOI))
    opened = PlosZip(tmp_path / "all.zip")
    yield opened
    opened.close()


def test_an_article_by_its_doi(archive: PlosZip) -> None:
    text = archive.fetch(Found(DOI, "", "", None, "plos"), False)
    assert isinstance(text, Text)
    assert (text.data, text.service) == (article(DOI), "plos_zip")


@pytest.mark.parametrize("doi", ["10.1371/journal.pone.0000002", "10.1234/journal.pone.0000001", ""])
def test_what_is_not_in_it(archive: PlosZip, doi: str) -> None:
    missing = archive.fetch(Found(doi, "PMC1", "", None, "plos"), False)
    assert isinstance(missing, Missing) and missing.reason == "no_open_full_text"


def test_a_broken_member(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("journal.pone.0000001.xml", article(DOI))
    path.write_bytes(path.read_bytes().replace(b"We trained", b"We changed", 1))
    archive = PlosZip(path)
    missing = archive.fetch(Found(DOI, "", "", None, "plos"), False)
    archive.close()
    assert isinstance(missing, Missing) and missing.reason == "malformed"


def test_no_zip(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"no zip")
    with pytest.raises(UsageError, match="can't be read as a zip"):
        PlosZip(tmp_path / "all.zip")
