"""Files of DOIs, with rubbish in them."""

import json
from pathlib import Path

import pytest

from ptmreuse.collecting.dois import listed
from ptmreuse.errors import UsageError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "dois.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_dois_however_they_are_written(tmp_path: Path) -> None:
    text = '\ufeff# mine\n\n 10.1234/A \nhttps://doi.org/10.1234/b\ndoi:10.1234/c\n"10.1234/d",\r\n10.1234/a\n'
    assert [paper.doi for paper in listed(written(tmp_path, text))] == [f"10.1234/{name}" for name in "abcd"]


def test_rows_of_a_trainset(tmp_path: Path) -> None:
    row = {"doi": "10.1234/A", "title": "T", "year": 2020, "stages": {}}
    (paper,) = listed(written(tmp_path, json.dumps(row)))
    assert (paper.doi, paper.title, paper.year, paper.source) == ("10.1234/a", "T", 2020, "dois")


RUBBISH = [
    pytest.param("10.1234/a\nhello\n", "line 2: 'hello'", id="a word"),
    pytest.param('{"doi": null}\n', "line 1", id="a row without a DOI"),
    pytest.param('{"doi": \n', "line 1", id="half a row"),
    pytest.param("11.1234/a\n10.12/x\n", "2 faults", id="almost DOIs"),
    pytest.param("x\n" * 30, "and 10 more", id="much of it"),
    pytest.param("# nothing\n\n", "no DOIs in it", id="nothing"),
    pytest.param(b"\xff\xfe\x00", "can't be read", id="bytes"),
]


@pytest.mark.parametrize(("text", "said"), RUBBISH)
def test_rubbish_is_named_by_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(UsageError, match=r"dois\.txt") as caught:
        listed(written(tmp_path, text))
    assert said in str(caught.value)
