"""The door: any document to a paper or a typed error."""

import gzip
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptmreuse.corpus.read import Document, documents, read
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper, OversizedPaper, UnreadablePaper

LONG = "We trained a network on the images of our own cells and report how accurate it is. " * 5
TEXT = f"Networks find cells\n\nMETHODS\n\n{LONG}\n".encode()
JATS = f"""<?xml version="1.0"?><!-- a > comment --><!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "a.dtd"
[<!ATTLIST a b CDATA "]">]>
<article><front><article-meta><title-group><article-title>Networks find cells</article-title></title-group>
</article-meta></front><body><sec><title>Methods</title><p>{LONG}</p></sec></body></article>""".encode()
TEI = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title level="a" type="main">
Networks find cells</title></titleStmt></fileDesc></teiHeader><text><body><div><head>Methods</head><p>{LONG}</p></div>
</body></text></TEI>""".encode()


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("a.txt", TEXT),
        ("a.md", b"# " + TEXT.replace(b"METHODS", b"## METHODS")),
        ("a.xml", JATS),
        ("a.nxml", JATS),
        ("a.zip!b/a.xml", JATS),
        ("a.xml", JATS.replace(b"<article>", b'<j:article xmlns:j="x">').replace(b"</article>", b"</j:article>")),
        ("a.xml.gz", JATS),
        ("a.gz", JATS),
        ("a.xml", TEI),
        ("a.tei", TEI),
        ("a.tei.xml", b"\xef\xbb\xbf" + TEI),
    ],
)
def test_content_and_extension_find_the_reader(source: str, data: bytes) -> None:
    paper = read(Document(source, data))
    assert (paper.source, paper.title) == (source, "Networks find cells")
    if b"j:article" not in data:
        assert [(each.kind, each.text) for each in paper.paragraphs] == [("methods", LONG.strip())]


@pytest.mark.parametrize(
    ("source", "data", "error"),
    [
        ("a.xml", b" \n", EmptyPaper),
        ("a.xml", b"<html><body><p>Page not found</p></body></html>", NotAPaper),
        ("a.xml", b"<records><record/></records>", NotAPaper),
        ("a.xml", JATS[: len(JATS) // 2], MalformedPaper),
        ("a.nxml", b"<article/>", EmptyPaper),
        ("a.pdf", JATS, MalformedPaper),
        ("a.txt", b"%PDF-1.4 and no more", MalformedPaper),
        ("a.gz", b"a,b,c\n1,2,3\n", UnreadablePaper),
    ],
)
def test_what_is_no_paper_is_a_typed_error(source: str, data: bytes, error: type[UnreadablePaper]) -> None:
    with pytest.raises(error, match=source):
        read(Document(source, data))


def test_the_error_of_a_document_is_raised() -> None:
    with pytest.raises(OversizedPaper, match="too much"):
        read(Document("a.xml", error=OversizedPaper("a.xml: too much")))


def test_papers_can_be_read_in_workers(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_bytes(TEXT)
    (tmp_path / "2.xml.gz").write_bytes(gzip.compress(JATS))
    # forking after the tests have started threads would warn, and warnings are errors
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        papers = list(pool.map(read, documents([tmp_path])))
    assert [Path(paper.source).name for paper in papers] == ["1.txt", "2.xml.gz"]
    assert {paper.title for paper in papers} == {"Networks find cells"}


_STARTS = st.sampled_from(
    [b"", b"<article>", b"<TEI>", b"%PDF-1.7\n", b"\xff\xfe<\x00", b"<?xml version='1.0'?>", JATS]
)


@settings(deadline=None)
@given(st.sampled_from(["a.xml", "a.nxml", "a.tei", "a.txt", "a.md", "a.pdf", "a.gz"]), _STARTS, st.binary())
def test_any_bytes_give_a_paper_or_a_typed_error(source: str, start: bytes, data: bytes) -> None:
    try:
        paper = read(Document(source, start + data))
    except UnreadablePaper as error:
        assert str(error).startswith(source)
    else:
        assert paper.paragraphs
