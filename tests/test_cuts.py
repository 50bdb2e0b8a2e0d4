"""`ptmreuse.corpus.cuts`: what is cut out of the bytes changes nothing that is read."""

from pathlib import Path

import pytest
from lxml import etree

from program.paper import Paper
from ptmreuse.corpus import jats
from ptmreuse.corpus.cuts import flat_tables, without
from ptmreuse.corpus.jats import read_jats
from ptmreuse.errors import MalformedPaper

SHARED = Path(__file__).resolve().parents[2] / "shared"
REAL = sorted([*SHARED.glob("papers/*.xml"), *SHARED.glob("gold/papers/*.xml")])[::7]

TABLE = (
    '<table a="b"><thead><tr><th>Net<hr/></th></tr></thead><tbody><tr valign="top"><td/><td c="d">0.9</td></tr></tbody>'
)


def article(body: str, back: str = "") -> bytes:
    front = "<front><article-meta><contrib-group><contrib>A<aff>B</aff></contrib></contrib-group><abstract><p>Nets.</p>"
    return (
        f"<article>{front}</abstract></article-meta></front><body>{body}</body><back>{back}</back></article>".encode()
    )


def uncut(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Paper:
    with monkeypatch.context() as patch:
        patch.setattr(jats, "_lean", bytes)
        return read_jats(data, "toy.xml")


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (b"<b><r>x</r> <r id='1'>y</r></b>", b"<b><r/> <r/></b>"),
        (b"<b><r>x<r>y</r></r></b>", None),
        (b"<b><r>x<!-- </r> --></r></b>", None),
        (b"<b><r>x<![CDATA[</r>]]></r></b>", None),
        (b"<b><r>cut off", None),
        (b"<b>!</b>", None),
    ],
)
def test_elements_are_emptied_where_that_is_safe(written: bytes, left: bytes | None) -> None:
    assert without(written, b"r") == (left or written)


def test_a_flat_table_has_no_cells_and_keeps_what_is_in_them() -> None:
    table = etree.fromstring(flat_tables(f"<b><table-wrap>{TABLE}</table></table-wrap></b>".encode()))
    assert [element.tag for element in table.iter()] == ["b", "table-wrap", "table", "thead", "hr", "tbody"]
    assert etree.tostring(table, method="text", encoding=str).strip() == "\ufdd5\ufdd4Net\ufdd5\ufdd4\ufdd40.9"


@pytest.mark.parametrize(
    "body",
    [
        f"<p>!</p><table-wrap>{TABLE}</table></table-wrap><p>A <table-wrap>{TABLE}</table></table-wrap> b</p>",
        "<table-wrap><table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table></table-wrap>",
        "<table-wrap><table><tr><td>a<!-- </table> --></td><td>c</td></tr></table></table-wrap>",
        "<table-wrap><table><tr><td><!-- <table> -->a</td><td>c</td></tr></table></table-wrap>",
        "<table-wrap><table><tr><td><![CDATA[<td>]]></td ><td>c</td></tr></table></table-wrap>",
        "<table-wrap><table><tr><td>a</td ><td>c</td></tr></table></table-wrap>",
        "<table-wrap><table><tr><td xmlns:n='urn:n'><n:b>a</n:b></td><td>c</td></tr></table></table-wrap>",
    ],
)
def test_a_paper_is_the_same_with_and_without_cuts(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = article(body, "<ref-list><ref>R</ref></ref-list><ack><p>Thanks.</p></ack>")
    assert read_jats(data, "toy.xml") == uncut(data, monkeypatch)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_tables_are_read_in_every_encoding(encoding: str) -> None:
    text = article(f"<table-wrap>{TABLE}</table></table-wrap>").decode()
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert read_jats(data, "toy.xml").paragraphs[-1].text == "Net\n| 0.9"


def test_a_fault_is_named_with_its_place_in_the_file_itself() -> None:
    data = article(f"<p>\n\n<table-wrap>{TABLE}</table></table-wrap></q>", "<ref-list>\n</ref-list>")
    with pytest.raises(MalformedPaper, match="line 3"):
        read_jats(data, "toy.xml")


@pytest.mark.skipif(not REAL, reason=f"no real papers at {SHARED}")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_paper_is_the_same_with_and_without_cuts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = path.read_bytes()
    cut, whole = read_jats(data, "toy.xml"), uncut(data, monkeypatch)
    assert cut == whole
