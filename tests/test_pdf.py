"""PDF: the files are written here, byte by byte, so that every line's place and type are known."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program.paper import Paper
from ptmreuse.corpus.pdf import read_pdf
from ptmreuse.errors import EmptyPaper, MalformedPaper, OversizedPaper, UnreadablePaper

GOLD = Path(__file__).parent.parent.parent / "shared" / "gold"


@dataclass(frozen=True)
class Text:
    """A line of text on a page: left edge and baseline in points from the lower left corner, font size, weight."""

    left: float
    baseline: float
    text: str
    size: float = 10
    bold: bool = False


def pdf(pages: Sequence[Sequence[Text]], title: str = "", encrypt: bytes = b"") -> bytes:
    """A PDF of A4 pages in Helvetica."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/F2<</Type/Font/Subtype/Type1"
        b"/BaseFont/Helvetica-Bold>>>>>>",
        f"<</Title({title})>>".encode(),
    ]
    for number, page in enumerate(pages):
        drawn = "\n".join(
            f"BT /F{1 + text.bold} {text.size} Tf {text.left} {text.baseline} Td ({_escaped(text.text)}) Tj ET"
            for text in page
        ).encode("cp1252")
        media = f"<</Type/Page/Parent 2 0 R/Resources 3 0 R/MediaBox[0 0 595 842]/Contents {6 + 2 * number} 0 R>>"
        objects += [media.encode(), b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)]
    return _file(objects, encrypt)


def _escaped(text: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", text)


def _file(objects: Sequence[bytes], encrypt: bytes) -> bytes:
    data = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"<</Size %d/Root 1 0 R/Info 4 0 R%s>>" % (size, encrypt)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer%s\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        trailer,
        len(data),
    )


def column(left: float, top: float, *lines: str) -> list[Text]:
    """Lines of running text, 12 points apart."""
    return [Text(left, top - 12 * number, line) for number, line in enumerate(lines)]


PROSE = (
    "We trained a network on the images of cells that our",
    "institute took, and we report how accurate its seg-",
    "mentation is; the code of the U-",
    "Net is public and its weights are too.",
)


def page(number: int, *parts: Text) -> list[Text]:
    """A page with a running head, an odd or even author line, and a page number."""
    head = "Cells and Networks" if number % 2 else "Doe et al."
    return [Text(200, 810, head, 8), *parts, Text(290, 30, str(number), 8)]


def paper() -> Paper:
    first = page(
        1,
        Text(60, 760, "Networks find cells in images", 18, bold=True),
        Text(60, 738, "of many tissues", 18, bold=True),
        Text(60, 700, "Jane Doe and John Smith of the Institute", 9),
        Text(60, 680, "https://doi.org/10.1234/CELLS.7", 8),
        Text(60, 650, "Abstract", bold=True),
        *column(60, 630, *PROSE),
        Text(60, 560, "1. Introduction", 12, bold=True),
        *column(60, 540, *PROSE, "The left column ends in the middle of a sentence and the"),
        *column(310, 540, "right column goes on with it until the very end of it.", "And on."),
        Text(320, 500, "A new paragraph is indented, as in most journals, and", 10),
        Text(310, 488, "goes on in the next line, which stands further left.", 10),
        Text(60, 200, "Figure 1: A network. Its layers are drawn from the left to", 9),
        Text(60, 189, "the right.", 9),
    )
    second = page(
        2,
        Text(60, 760, "2. Methods", 12, bold=True),
        Text(60, 735, "2.1. Images", bold=True),
        *column(60, 715, *PROSE, "This sentence goes on after the figure on the next page,"),
    )
    third = page(
        3,
        Text(60, 760, "Table 1. Scores", 9),
        Text(60, 745, "U-Net 0.91 0.92 0.93 ResNet 0.94 0.95 0.96 0.97", 9),
        *column(60, 700, "which is hard for a reader who sees lines only."),
        Text(60, 660, "References", 12, bold=True),
        *column(60, 640, "Smith, J. Cells of the cellar. Journal of Cells (2020)."),
    )
    fourth = page(4, Text(60, 760, "Appendix A. Settings", 12, bold=True), *column(60, 740, *PROSE))
    return read_pdf(pdf([first, second, third, fourth]), "cells.pdf")


def test_the_title_is_the_largest_type_and_the_doi_stands_on_the_first_page() -> None:
    found = paper()
    assert (found.title, found.doi, found.year) == (
        "Networks find cells in images of many tissues",
        "10.1234/cells.7",
        None,
    )


def test_headings_captions_tables_and_reference_lists_are_told_apart() -> None:
    body = [(each.place, each.kind, each.section) for each in paper().paragraphs if each.section]
    assert body == [
        ("page 1", "abstract", "Abstract"),
        ("page 1", "introduction", "1. Introduction"),
        ("page 1", "introduction", "1. Introduction"),
        ("page 1", "caption", "1. Introduction"),
        ("page 2", "methods", "2. Methods > 2.1. Images"),
        ("page 2", "methods", "2. Methods > 2.1. Images"),
        ("page 3", "caption", "2. Methods > 2.1. Images"),
        ("page 3", "table", "2. Methods > 2.1. Images"),
        ("page 4", "appendix", "Appendix A. Settings"),
    ]


def test_paragraphs_go_on_over_columns_pages_and_figures() -> None:
    texts = [each.text for each in paper().paragraphs if each.section]
    assert texts[0] == (
        "We trained a network on the images of cells that our institute took, and we report how accurate its "
        "segmentation is; the code of the U-Net is public and its weights are too."
    )
    assert any("in the middle of a sentence and the right column goes on" in text for text in texts)
    assert any("after the figure on the next page, which is hard" in text for text in texts)
    assert any(text.startswith("A new paragraph is indented") for text in texts)


def test_running_heads_and_page_numbers_are_gone() -> None:
    text = " ".join(each.text for each in paper().paragraphs)
    assert "Cells and Networks" not in text
    assert "Doe et al." not in text
    assert not re.search(r"\b[1234]$", text)


@pytest.mark.parametrize(
    ("stored", "title"),
    [
        ("A survey of networks for cells", "A survey of networks for cells"),
        ("Microsoft Word - draft7.docx", ""),
        ("untitled", ""),
        ("cells.dvi", ""),
    ],
)
def test_a_title_in_the_metadata_is_taken_when_it_is_one(stored: str, title: str) -> None:
    assert read_pdf(pdf([column(60, 700, *PROSE, *PROSE)], stored), "a.pdf").title == title


def test_a_pdf_without_a_text_layer_names_the_next_step() -> None:
    with pytest.raises(EmptyPaper, match=r"a\.pdf: 2 pages without a text layer; run OCR"):
        read_pdf(pdf([[], [Text(60, 700, "Scan")]]), "a.pdf")


def test_only_references_are_an_empty_paper() -> None:
    with pytest.raises(EmptyPaper, match="body text"):
        read_pdf(pdf([[Text(60, 760, "References", 12, bold=True), *column(60, 740, *PROSE, *PROSE)]]), "a.pdf")


def test_a_truncated_pdf_is_malformed() -> None:
    data = pdf([column(60, 700, *PROSE, *PROSE)])
    with pytest.raises(MalformedPaper, match="truncated"):
        read_pdf(data[: len(data) // 2], "a.pdf")
    with pytest.raises(MalformedPaper, match="no %PDF mark"):
        read_pdf(b"Dear reader", "a.pdf")
    with pytest.raises(MalformedPaper, match=r"a\.pdf"):
        read_pdf(b"%PDF-1.4\n%%EOF\n", "a.pdf")


def test_an_encrypted_pdf_is_malformed() -> None:
    key = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/ID[(a)(a)]" % (b"o" * 32, b"u" * 32)
    with pytest.raises(MalformedPaper, match="password"):
        read_pdf(pdf([column(60, 700, *PROSE)], encrypt=key), "a.pdf")


def test_too_many_pages_are_oversized() -> None:
    with pytest.raises(OversizedPaper, match="1001 pages, at most 1000"):
        read_pdf(pdf([[]] * 1001), "a.pdf")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_typed_error(data: bytes) -> None:
    with pytest.raises(UnreadablePaper, match=r"a\.pdf"):
        read_pdf(b"%PDF-1.7\n" + data + b"\n%%EOF", "a.pdf")


@settings(deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=12))
def test_a_damaged_pdf_gives_a_paper_or_a_typed_error(place: int, damage: bytes) -> None:
    data = pdf([column(60, 700, *PROSE, *PROSE)])
    place %= len(data)
    try:
        assert read_pdf(data[:place] + damage + data[place + len(damage) :], "a.pdf").paragraphs
    except UnreadablePaper as error:
        assert str(error).startswith("a.pdf")


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("‐‑–—−’‘“”", "-----''\"\""))
    return " ".join(plain.split())


@pytest.mark.skipif(not GOLD.is_dir(), reason="the labelled papers in ../shared/gold are not here")
def test_titles_and_quotes_of_labelled_papers_are_found() -> None:
    rows = [json.loads(line) for line in (GOLD / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["file"].endswith(".pdf"):
            found = read_pdf((GOLD / "papers" / row["file"]).read_bytes(), row["file"])
            text = [_plain(each.text) for each in found.paragraphs]
            quotes = [row["dl_quote"], *(model["quote"] for model in row["models"])]
            assert found.title == row["title"]
            assert found.doi in ("", row["doi"])
            assert {each.kind for each in found.paragraphs} >= {"methods", "discussion", "caption"}
            assert [q for q in filter(None, quotes) if not any(_plain(q) in each for each in text)] == []
