"""`ptmreuse.corpus.tei`: a small file as GROBID would write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from program.paper import Paper
from ptmreuse.corpus.tei import read_tei
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper, UnreadablePaper

HEADER = """<teiHeader><fileDesc><titleStmt><title level="a" type="main">A toy paper</title></titleStmt>
<publicationStmt><publisher>P</publisher><availability><licence target="https://example.org/l"/></availability>
<date type="published" when="2019-03-01">March 2019</date></publicationStmt>
<sourceDesc><biblStruct><analytic><title>A toy paper</title></analytic><monogr>
<title level="j" type="main">Journal of Toys</title><imprint><date type="published" when="2019-02"/></imprint></monogr>
<idno type="DOI">10.1000/toy.1</idno></biblStruct></sourceDesc></fileDesc>
<profileDesc><textClass><keywords><term>toys</term></keywords></textClass>
<abstract><div><p>We trained a net.</p></div></abstract></profileDesc></teiHeader>"""

BODY = """<div><head n="1">Introduction</head><p>A net <ref type="bibr" target="#b0">[1]</ref> and
ResNet<ref type="bibr">17</ref> by <ref type="bibr">Doe et al. (2020)</ref>.</p></div>
<div><head n="2">Methods</head><p>Ours.</p><formula>y = x<label>(1)</label></formula>
<list><item>first</item><item>second</item></list></div>
<figure><head>Figure 1.</head><label>1</label><figDesc>A net.</figDesc></figure>
<figure type="table"><head>Table 1.</head><label>1</label><figDesc>Scores</figDesc>
<table><row><cell>VGG-16</cell><cell>0.9</cell></row><row><cell>ours</cell><cell>0.8</cell></row></table></figure>"""

BACK = """<back><div type="acknowledgement"><div><head>Acknowledgements</head><p>To all.</p></div></div>
<div type="annex"><div><head>More</head><p>Rest.</p></div></div>
<div type="references"><listBibl><biblStruct><note>Not ours.</note></biblStruct></listBibl></div></back>"""


def tei(body: str = BODY, back: str = BACK) -> bytes:
    text = f"<text><body>{body}</body>{back}</text>"
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{HEADER}{text}</TEI>'.encode()


def read() -> Paper:
    return read_tei(tei(), "toy.tei.xml")


def test_the_header_gives_the_metadata() -> None:
    paper = read()
    assert (paper.source, paper.title, paper.doi) == ("toy.tei.xml", "A toy paper", "10.1000/toy.1")
    assert (paper.journal, paper.year, paper.subjects) == ("Journal of Toys", 2019, ("toys",))
    assert paper.license == "https://example.org/l"


def test_sections_captions_tables_and_back_matter() -> None:
    assert [(p.kind, p.section, p.text) for p in read().paragraphs] == [
        ("abstract", "Abstract", "We trained a net."),
        ("introduction", "Introduction", "A net [1] and ResNet [17] by Doe et al. (2020)."),
        ("methods", "Methods", "Ours."),
        ("methods", "Methods", "y = x (1)"),
        ("methods", "Methods", "first"),
        ("methods", "Methods", "second"),
        ("caption", "", "Figure 1. 1 A net."),
        ("caption", "", "Table 1. 1 Scores"),
        ("table", "", "VGG-16 | 0.9\nours | 0.8"),
        ("acknowledgement", "Acknowledgements", "To all."),
        ("appendix", "More", "Rest."),
    ]


def test_every_place_finds_one_element() -> None:
    document = etree.fromstring(tei())
    for paragraph in read().paragraphs:
        assert len(document.xpath(paragraph.place)) == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<article/>", NotAPaper),
        (b"<TEI/>", EmptyPaper),
        (tei(body=""), EmptyPaper),
        (tei()[:-9], MalformedPaper),
    ],
)
def test_each_fault_is_a_typed_error(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^toy\.xml: .*;"):
        read_tei(data, "toy.xml")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, 2500).map(lambda end: tei()[:end]))
def test_any_bytes_give_a_paper_or_a_typed_error(data: bytes) -> None:
    try:
        assert read_tei(data, "any").paragraphs
    except UnreadablePaper as error:
        assert "any" in str(error)
