"""Plain text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from program.paper import Paper
from ptmreuse.corpus.text import read_text
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper, UnreadablePaper

GOLD = Path(__file__).parent.parent.parent / "shared" / "gold"

LONG = "We trained a network on the images of our own cells and report here how accurate it is on new ones. " * 3
# One paragraph per line; a blank line closes a section, two close the section around it too.
STORED = f"""TITLE
Networks find cells

ABSTRACT
{LONG}

INTRODUCTION
{LONG}
Figure 1: Cells. (A) Many. (B) Few.

MATERIALS AND METHODS
Imaging
Lenses
{LONG}

Cameras
{LONG}


Which network is best?
{LONG}
Statistics
{LONG}

REFERENCES
1. Smith J. Cells. 2020.
"""
WRAPPED = """Networks find cells in images
of many tissues

Jane Doe and John Smith

doi: 10.1234/Cells.7

Abstract
We trained a net-
work on images and report how
accurate it is on new ones, again and again.

1 Introduction

Cells are small and there are many
of them, so that counting them by hand takes long.

- the first aim is to count
- the second aim is to find

2.1 Data
Images came from a micro-
scope in the cellar of our institute.
They are public.

References

[1] Smith J. Cells of the cellar. 2020.
"""


def outline(paper: Paper) -> list[tuple[str, str, str]]:
    return [(paragraph.place, paragraph.kind, paragraph.section) for paragraph in paper.paragraphs]


def test_a_paper_as_a_corpus_stores_it() -> None:
    paper = read_text(STORED.encode(), "10.1234_cells.txt")
    assert (paper.title, paper.doi, paper.year) == ("Networks find cells", "", None)
    methods = "MATERIALS AND METHODS"
    assert outline(paper) == [
        ("line 5", "abstract", "ABSTRACT"),
        ("line 8", "introduction", "INTRODUCTION"),
        ("line 9", "caption", "INTRODUCTION"),
        ("line 14", "methods", f"{methods} > Imaging > Lenses"),
        ("line 17", "methods", f"{methods} > Imaging > Cameras"),
        ("line 21", "methods", f"{methods} > Which network is best?"),
        ("line 23", "methods", f"{methods} > Which network is best? > Statistics"),
    ]


def test_hard_wrapped_lines_become_paragraphs() -> None:
    paper = read_text(WRAPPED.encode(), "cells.txt")
    assert (paper.title, paper.doi) == ("Networks find cells in images of many tissues", "10.1234/cells.7")
    assert outline(paper)[2:] == [
        ("line 9", "abstract", "Abstract"),
        ("line 15", "introduction", "1 Introduction"),
        ("line 18", "introduction", "1 Introduction"),
        ("line 19", "introduction", "1 Introduction"),
        ("line 22", "introduction", "1 Introduction > 2.1 Data"),
    ]
    assert paper.paragraphs[2].text.startswith("We trained a network on images and report how accurate")
    assert "microscope in the cellar of our institute. They are public." in paper.paragraphs[-1].text


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_give_the_same_paper(newline: str) -> None:
    data = STORED.replace("\n", newline).encode()
    assert read_text(data, "a.txt") == read_text(STORED.encode(), "a.txt")


def test_a_list_of_short_lines_is_no_row_of_headings() -> None:
    text = f"METHODS\n{LONG}\nAge\nSex\nWeight\nHeight\nBlood\n{LONG}\n\nRESULTS\n{LONG}\n"
    assert "Age" in [paragraph.text for paragraph in read_text(text.encode(), "a.txt").paragraphs]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyPaper),
        (b"TITLE\nCells\n\nABSTRACT\nShort.\n", EmptyPaper),
        (f"References\n\n{LONG}".encode(), EmptyPaper),
        (b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(range(256)) * 4, NotAPaper),
        (b"\xc3\xa9\xe9 " * 200, MalformedPaper),
    ],
)
def test_what_is_no_paper_says_why(data: bytes, error: type[UnreadablePaper]) -> None:
    with pytest.raises(error, match=r"a\.txt: "):
        read_text(data, "a.txt")


@given(st.one_of(st.binary(max_size=3000), st.text(max_size=3000).map(str.encode)), st.sampled_from(["a.txt", "a.md"]))
def test_any_bytes_give_a_paper_or_a_typed_error(data: bytes, source: str) -> None:
    try:
        paper = read_text(data, source)
    except UnreadablePaper as error:
        assert str(error).startswith(source)
    else:
        assert paper.paragraphs
        assert len(paper.text_hash) == 32


@given(st.lists(st.sampled_from(["TITLE", "RESULTS", "References", "1. A b.", "2.1 Data", "- a", "", LONG, "Short"])))
def test_any_order_of_lines_is_read(lines: list[str]) -> None:
    try:
        paper = read_text("\n".join(lines).encode(), "a.txt")
    except EmptyPaper:
        return
    numbers = [int(paragraph.place.removeprefix("line ")) for paragraph in paper.paragraphs]
    assert numbers == sorted(numbers)


def test_a_long_text_takes_little_time() -> None:
    started = time.perf_counter()
    read_text((LONG + "\n1 1 1 a\n" + "a-" * 50 + "\n").encode() * 5000, "a.txt")
    assert time.perf_counter() - started < 10


@pytest.mark.skipif(not GOLD.is_dir(), reason="the labelled papers in ../shared/gold are not here")
def test_quotes_of_labelled_papers_are_found() -> None:
    rows = [json.loads(line) for line in (GOLD / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["file"].endswith(".txt"):
            paper = read_text((GOLD / "papers" / row["file"]).read_bytes(), row["file"])
            quotes = [row["dl_quote"], *(model["quote"] for model in row["models"])]
            text = [" ".join(paragraph.text.split()) for paragraph in paper.paragraphs]
            assert paper.title == " ".join(row["title"].split())
            assert {paragraph.kind for paragraph in paper.paragraphs} >= {"abstract", "introduction", "methods"}
            assert [q for q in filter(None, quotes) if not any(" ".join(q.split()) in each for each in text)] == []
