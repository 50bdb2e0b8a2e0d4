"""OpenAlex works as JSON lines, pages and CSV; every fault at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from ptmreuse.errors import UsageError
from ptmreuse.reporting.works import Work, bare, works

TOPIC = {"display_name": "Leaf growth", "field": {"display_name": "Botany"}}


def work(doi: Any = "https://doi.org/10.5555/A", **about: Any) -> dict[str, Any]:
    given = {"publication_year": 2020, "cited_by_count": 3, "primary_topic": TOPIC, "topics": [TOPIC]}
    return {"id": "W1", "doi": doi, **given, **about}


def wrote(folder: Path, *lines: Any, name: str = "works.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


@pytest.mark.parametrize(
    "written",
    [
        "10.5555/ABC", "https://doi.org/10.5555/abc", "http://dx.doi.org/10.5555/abc", "doi:10.5555/Abc",
        "DOI: 10.5555/abc ", "https://www.doi.org/10.5555/abc", " doi.org/10.5555/abc", "HTTPS://DOI.ORG/10.5555/ABC",
    ],
)  # fmt: skip
def test_a_doi_is_bare_however_it_is_written(written: str) -> None:
    assert bare(written) == "10.5555/abc"
    assert bare(bare(written)) == "10.5555/abc"


OTHER = {"display_name": "Soil", "field": {"display_name": "Geology"}}
CASES = [
    ({}, ("Botany", ("Leaf growth",), 3, 2020)),
    ({"primary_topic": None, "topics": [OTHER, TOPIC]}, ("Geology", ("Soil", "Leaf growth"), 3, 2020)),
    ({"primary_topic": {"display_name": "Soil"}}, ("Botany", ("Leaf growth",), 3, 2020)),
    ({"topics": None}, ("Botany", ("Leaf growth",), 3, 2020)),
    ({"primary_topic": None, "topics": []}, ("", (), 3, 2020)),
    ({"publication_year": None, "cited_by_count": None}, ("Botany", ("Leaf growth",), None, None)),
]


@pytest.mark.parametrize(("about", "expected"), CASES)
def test_field_topics_citations_and_year(tmp_path: Path, about: dict[str, Any], expected: tuple[Any, ...]) -> None:
    read = works(wrote(tmp_path, work(**about)))
    assert read.works == (Work("10.5555/a", *expected),)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("w.jsonl", [work(), "", work("10.5555/b")]),
        ("w.jsonl", [{"meta": {"count": 2}, "results": [work(), work("10.5555/b")]}]),
        ("w.json", [work(), work("10.5555/b")]),
        ("w.json", [json.dumps([work(), work("10.5555/b")], indent=1)]),
        ("w.json", [json.dumps({"results": [work(), work("10.5555/b")]}, indent=1)]),
        ("w.csv", ["doi,year,citations,field,topics", "10.5555/a,2020,3,Botany,Leaf growth", "10.5555/b,2020,3,Botany,Leaf growth"]),  # noqa: E501
        ("W.CSV", ["\ufeffdoi , primary_topic.field.display_name,publication_year,topics.display_name,cited_by_count",
                   "doi:10.5555/A,Botany,2020,Leaf growth|,3", "10.5555/b,Botany,2020,Leaf growth,3"]),
    ],
)  # fmt: skip
def test_every_form_says_the_same(tmp_path: Path, name: str, lines: list[Any]) -> None:
    read = works(wrote(tmp_path, *lines, name=name))
    assert read.works == tuple(Work(f"10.5555/{n}", "Botany", ("Leaf growth",), 3, 2020) for n in "ab")
    assert (read.rows, read.without_doi) == (2, 0)


def test_what_a_csv_leaves_empty_is_unknown(tmp_path: Path) -> None:
    read = works(wrote(tmp_path, "doi,year,citations,field", "10.5555/a,,,", ",2020,1,Botany", name="w.csv"))
    assert read.works == (Work("10.5555/a", "", (), None, None),)
    assert read.without_doi == 1


def test_a_work_that_is_given_again_counts_once(tmp_path: Path) -> None:
    read = works(wrote(tmp_path, work(), work("10.5555/a", cited_by_count=4), work(None)))
    assert (len(read.works), read.rows, read.without_doi) == (1, 3, 1)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    lines = [
        work(), "{", work(publication_year="soon"), work("leaf"), work("10.5555/c", cited_by_count=-1), "[1]", "7",
        work(publication_year=2021), work("10.5555/d", publication_year=20),
    ]  # fmt: skip
    with pytest.raises(UsageError) as raised:
        works(wrote(tmp_path, *lines))
    told = str(raised.value).splitlines()
    assert told[0].startswith(f"{tmp_path / 'works.jsonl'}: 8 faults; ")
    for line, words in zip(
        told[1:],
        ["line 2: not JSON", "line 3: publication_year = 'soon': input should be a valid integer",
         "line 4: doi = 'leaf': not a DOI", "line 5: cited_by_count = -1",
         "line 6: '[1]': not a work", "line 7: '7': not a",
         "line 8: doi = '10.5555/a': Botany, 2021, but Botany, 2020 in line 1", "line 9: publication_year = 20"],
        strict=True,
    ):  # fmt: skip
        assert line.strip().startswith(words)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("w.csv", "title,year\nA,2020", "no column doi; the heading has title, year"),
        ("w.csv", "doi,year\n10.5555/a,2020,7", "line 2: more cells"),
        ("w.csv", 'doi,year\n"10.5555/a,2020', "not CSV"),
        ("w.csv", "", "no column doi"),
        ("w.jsonl", "", "no works in it"),
    ],
)
def test_a_file_that_can_not_be_used(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        works(wrote(tmp_path, text, name=name))


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        works(tmp_path / "none.jsonl")
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="can't be read"):
        works(tmp_path / "b.jsonl")


def test_a_message_does_not_grow_without_end(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        works(wrote(tmp_path, *["{"] * 70))
    assert len(str(raised.value).splitlines()) == 52
    assert str(raised.value).endswith("and 20 more")
