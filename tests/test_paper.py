"""A paper as the program sees it."""

from dataclasses import replace

import pytest

from program.paper import Paper, Paragraph

PAPER = Paper("a.xml", "Title", (Paragraph("One.", "methods", "Methods", "1"), Paragraph("Two.", "results", "", "2")))


def paper_of(text: str) -> Paper:
    return Paper("a", "t", (Paragraph(text, "introduction", "", "line 1"),))


def test_the_text_hash_is_that_of_title_and_body() -> None:
    assert len(PAPER.text_hash) == 32
    assert int(PAPER.text_hash, 16) > 0
    moved = replace(PAPER, source="b.pdf", doi="10.1/x", year=2020, journal="J")
    assert moved.text_hash == PAPER.text_hash


@pytest.mark.parametrize(
    "other",
    [
        replace(PAPER, title="Another title"),
        replace(PAPER, paragraphs=PAPER.paragraphs[:1]),
        replace(PAPER, paragraphs=PAPER.paragraphs[::-1]),
        replace(PAPER, paragraphs=(Paragraph("One.Two.", "methods", "", "1"),)),
        replace(PAPER, title="Title\nOne.", paragraphs=PAPER.paragraphs[1:] + PAPER.paragraphs[:1]),
    ],
)
def test_another_text_has_another_hash(other: Paper) -> None:
    assert other.text_hash != PAPER.text_hash


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("as shown before (Doe et al., 2017; Roe, 2019a), and later", 2019),
        ("Doe (2015) says so, and Müller-Roe, 2012, too", 2015),
        ("O’Doe et al. (2018b) and St. Roe (1999)", 2018),
        ("collected in 2021 and again in May 2022.", None),
        ("2048 pixels, 1999 cells", None),
        ("nothing", None),
    ],
)
def test_the_latest_cited_year(text: str, year: int | None) -> None:
    assert paper_of(text).latest_cited_year == year


def test_a_paper_without_paragraphs_cites_nothing() -> None:
    assert Paper("a", "t", ()).latest_cited_year is None
