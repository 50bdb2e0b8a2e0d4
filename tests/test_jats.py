"""`ptmreuse.corpus.jats`: small articles of our own making, and every real file where there are some."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from program.paper import Paper, Paragraph
from ptmreuse.corpus.jats import read_jats
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper, OversizedPaper, UnreadablePaper

SHARED = Path(__file__).resolve().parents[2] / "shared"
REAL = sorted([*SHARED.glob("papers/*.xml"), *SHARED.glob("gold/papers/*.xml")])

FRONT = """<front><journal-meta><journal-id>J</journal-id><journal-title-group><journal-title>Journal of Toys
</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmc">123</article-id><article-id pub-id-type="doi">10.1000/toy.1</article-id>
<article-categories><subj-group><subject>Toys</subject><subj-group><subject>Networks</subject></subj-group>
</subj-group></article-categories>
<title-group><article-title>A <italic>toy</italic> paper<xref ref-type="fn" rid="f">*</xref></article-title>
</title-group>
<pub-date pub-type="pmc-release"><year>2015</year></pub-date><pub-date pub-type="ppub"><year>2018</year></pub-date>
<pub-date pub-type="epub"><year>2017</year></pub-date>
<permissions><license xmlns:x="http://www.w3.org/1999/xlink" x:href="https://creativecommons.org/licenses/by/4.0/"/>
</permissions>
<abstract><sec><title>Methods</title><p>We trained a net.</p></sec></abstract>
<custom-meta-group><custom-meta><meta-name>Data Availability</meta-name><meta-value>All data are here.</meta-value>
</custom-meta></custom-meta-group></article-meta></front>"""


def article(body: str, after: str = "", attributes: str = 'article-type="research-article"') -> bytes:
    return f"<article {attributes}>{FRONT}<body>{body}</body>{after}</article>".encode()


def body_of(paper: Paper) -> list[Paragraph]:
    return [paragraph for paragraph in paper.paragraphs if paragraph.place.startswith("/*[1]/*[2]/")]


def texts(body: str, after: str = "") -> list[str]:
    return [paragraph.text for paragraph in body_of(read_jats(article(body, after), "toy.xml"))]


def test_the_front_gives_ids_title_journal_year_subjects_and_licence() -> None:
    paper = read_jats(article("<p>Text.</p>"), "toy.xml")
    assert (paper.source, paper.doi, paper.pmcid) == ("toy.xml", "10.1000/toy.1", "PMC123")
    assert (paper.title, paper.journal, paper.year) == ("A toy paper", "Journal of Toys", 2017)
    assert (paper.article_type, paper.subjects) == ("research-article", ("Toys", "Networks"))
    assert paper.license == "cc-by-4.0"


def test_abstract_and_data_statement_of_the_front_are_paragraphs() -> None:
    first, *_, last = read_jats(article("<p>Text.</p>"), "toy.xml").paragraphs
    assert (first.text, first.kind, first.section) == ("We trained a net.", "abstract", "Abstract > Methods")
    assert (last.text, last.kind, last.section) == ("All data are here.", "other", "Data availability")


def test_a_section_path_joins_titles_and_kinds_are_inherited() -> None:
    body = """<sec><label>2</label><title>Materials and methods</title><p>One.</p>
    <sec><title>Our <italic>net</italic></title><p>Two.</p></sec></sec><sec sec-type="results"><title>Found</title>
    <p>Three.</p></sec>"""
    assert [(p.text, p.kind, p.section) for p in body_of(read_jats(article(body), "toy.xml"))] == [
        ("One.", "methods", "Materials and methods"),
        ("Two.", "methods", "Materials and methods > Our net"),
        ("Three.", "results", "Found"),
    ]


X = '<xref ref-type="bibr" rid="b">'


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"As in [{X}12</xref>].", "As in [12]."),
        (f"As in [{X}1</xref>, {X}3</xref>-{X}5</xref>].", "As in [1, 3-5]."),
        (f"As in ({X}4</xref>, {X}5</xref>) and so.", "As in (4, 5) and so."),
        (f"As {X}[12]</xref> says.", "As [12] says."),
        (f"As shown in {X}12</xref>.", "As shown in [12]."),
        (f"({X}Doe et al., 2021</xref>)", "(Doe et al., 2021)"),
        (f"Doe et al. ({X}2021</xref>) say", "Doe et al. (2021) say"),
        (f"a ResNet<sup>{X}17</xref></sup> but", "a ResNet [17] but"),
        (f"a ResNet{X}<sup>17</sup></xref> but", "a ResNet [17] but"),
        (f"a ResNet{X}17</xref> but", "a ResNet [17] but"),
        (f"(a ResNet<sup>{X}17</xref></sup>)", "(a ResNet [17])"),
        ("a ResNet<sup>17</sup> but", "a ResNet [17] but"),
        (f"nets<sup>{X}3</xref>-{X}5</xref></sup> are", "nets [3-5] are"),
        (f"nets{X}<sup>3</sup></xref><sup>,</sup>{X}<sup>5</sup></xref> are", "nets [3,5] are"),
        (f"nets.<sup>{X}3</xref></sup> Then", "nets. [3] Then"),
        (f"nets<sup>[{X}3</xref>]</sup> are", "nets [3] are"),
        ("H<sub>2</sub>O and 10<sup>5</sup> or 10<sup>-3</sup> cm<sup>2</sup>", "H2O and 10^5 or 10^-3 cm2"),
        ("the 1<sup>st</sup> Ca<sup>2+</sup>", "the 1st Ca2+"),
        ("usual care<sup>a</sup> (<sup>a</sup>Mean)", "usual care^a (a Mean)"),
        ("non\u00a0breaking and\u2009thin\n   spaces", "non breaking and thin spaces"),
        ("soft\u00adhyphen non\u2011breaking", "soft\u00adhyphen non\u2011breaking"),
        ("a<break/>b", "a b"),
        ("p &lt; 0.05 &amp; q", "p < 0.05 & q"),
        ("<bold>VGG</bold>-<italic>16</italic> net", "VGG-16 net"),
    ],
)
def test_inline_markup(written: str, text: str) -> None:
    assert texts(f"<p>{written}</p>") == [text]


MATH = 'xmlns:m="http://www.w3.org/1998/Math/MathML"'
TEX = r"\documentclass[12pt]{minimal}\usepackage{amsmath}\begin{document}$$y \quad = x$$\end{document}"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"so <inline-formula><tex-math>{TEX}</tex-math></inline-formula> is", "so y = x is"),
        (
            f"so <alternatives><tex-math>{TEX}</tex-math><m:math {MATH}><m:msup><m:mi>x</m:mi> <m:mn>2</m:mn></m:msup>"
            "<m:mo>=</m:mo><m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac></m:math></alternatives> is",
            "so x^2=1/2 is",
        ),
        ("as<disp-formula><label>(1)</label>a=b</disp-formula>where a", "as (1) a=b where a"),
    ],
)
def test_formulas_are_short_text(written: str, text: str) -> None:
    assert texts(f"<p>{written}</p>") == [text]


def test_a_table_gives_its_caption_its_cells_and_its_foot() -> None:
    body = """<sec><title>Results</title><table-wrap><label>Table 1</label><caption><title>Scores</title><p>of nets</p>
    </caption><table><thead><tr><th>Net</th><th>Score<sup>a</sup></th></tr></thead><tbody><tr><td>VGG-16</td>
    <td><p>0.9</p><p>best</p></td></tr><tr><td/><td>0.8</td></tr></tbody></table>
    <table-wrap-foot><fn><p>of ten</p></fn></table-wrap-foot></table-wrap></sec>"""
    assert [(p.kind, p.text) for p in body_of(read_jats(article(body), "toy.xml"))] == [
        ("caption", "Table 1 Scores of nets"),
        ("table", "Net | Score^a\nVGG-16 | 0.9 best\n| 0.8"),
        ("caption", "of ten"),
    ]


def test_blocks_inside_a_paragraph_are_read_once_and_nothing_is_lost() -> None:
    body = """<p>Before<fig><label>Figure 1.</label><caption><p>A net.</p></caption></fig>between
    <list><list-item><label>1.</label><p>first</p><p>part<list><list-item><p>deep</p></list-item></list>end</p>
    </list-item></list>after.</p><boxed-text><caption><title>Box</title></caption><p>In a box.</p></boxed-text>
    <disp-quote><p>Said.</p></disp-quote>"""
    assert texts(body) == [
        "Before between after.",
        "Figure 1. A net.",
        "1. first part end",
        "deep",
        "Box",
        "In a box.",
        "Said.",
    ]


def test_what_follows_the_body_is_kept_and_what_is_not_the_papers_own_is_left_out() -> None:
    after = """<back><ack><title>Thanks</title><p>To all.</p></ack><sec><title>Funding</title><p>None.</p></sec>
    <app-group><app><title>Appendix</title><p>More.</p></app></app-group><fn-group><fn><p>A note.</p></fn></fn-group>
    <ref-list><title>References</title><ref><label>1</label><mixed-citation>Doe. Deep nets.</mixed-citation></ref>
    </ref-list></back><floats-group><fig><caption><p>Afloat.</p></caption></fig></floats-group>
    <sub-article><front-stub/><body><p>A review.</p></body></sub-article><response><body><p>No.</p></body></response>"""
    paper = read_jats(article("<p>Text.</p>", after), "toy.xml")
    assert [(p.kind, p.text) for p in paper.paragraphs[2:-1]] == [
        ("caption", "Afloat."),
        ("acknowledgement", "To all."),
        ("acknowledgement", "None."),
        ("appendix", "More."),
        ("other", "A note."),
    ]


@pytest.mark.parametrize("attributes", ['xmlns="https://jats.nlm.nih.gov/ns"', ""])
def test_a_place_finds_its_element_with_and_without_a_namespace(attributes: str) -> None:
    data = article("<sec><!-- c --><?p i?><title>T</title><p>A <bold>b</bold></p><p>C</p></sec>", "", attributes)
    paragraphs = body_of(read_jats(data, "toy.xml"))
    assert [p.text for p in paragraphs] == ["A b", "C"]
    assert_places(paragraphs, etree.fromstring(data))


def test_an_envelope_with_one_article_is_opened() -> None:
    inner = article("<p>Text.</p>", attributes="xmlns=''").decode()
    data = f'<OAI-PMH xmlns="urn:o"><record>{inner}</record></OAI-PMH>'
    paper = read_jats(data.encode(), "toy.xml")
    assert "Text." in [p.text for p in paper.paragraphs]
    assert_places(paper.paragraphs, etree.fromstring(data.encode()))


def test_html_entities_of_an_unloaded_dtd_are_spelled_out() -> None:
    data = b'<!DOCTYPE article SYSTEM "http://localhost:9/none.dtd">' + article("<p>10&nbsp;&alpha;<b>x</b>&beta;y</p>")
    assert body_of(read_jats(data, "toy.xml"))[0].text == "10 αxβy"


BOMB = b'<!DOCTYPE article [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyPaper, "empty"),
        (b"plain words", NotAPaper, "no XML"),
        (b"<html><p>x</p></html>", NotAPaper, "<html> holds 0"),
        (article("<p>Text.</p>")[:-20], MalformedPaper, "cut off"),
        (article(""), EmptyPaper, "no text"),
        (f"<article>{FRONT}</article>".encode(), EmptyPaper, "no body"),
        (BOMB + article("<p>&b;</p>"), OversizedPaper, "&b;"),
        (article("<p>&nosuch;</p>"), MalformedPaper, "nosuch"),
        (b'<!DOCTYPE a SYSTEM "x.dtd">' + article("<p>&nosuch;</p>"), MalformedPaper, "&nosuch;"),
        (article("<p>" + "<b>" * 400 + "x" + "</b>" * 400 + "</p>"), OversizedPaper, "limit"),
        (
            b'<?xml version="1.0" encoding="utf-8"?>' + article("<p>caf\u00e9</p>").decode().encode("latin-1"),
            MalformedPaper,
            "",
        ),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + article("<p>caf\u00e9</p>"), MalformedPaper, "iso-8859-1"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + article("<p>x</p>"), MalformedPaper, "utf-16"),
        (b'<?xml version="1.0" encoding="no-such"?>' + article("<p>x</p>"), MalformedPaper, ""),
    ],
)
def test_each_fault_is_a_typed_error_that_names_the_source(data: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=rf"^toy\.xml: .*{re.escape(words)}") as raised:
        read_jats(data, "toy.xml")
    assert ";" in str(raised.value), "the next step stands after a semicolon"


def test_other_encodings_are_read() -> None:
    text = article("<p>caf\u00e9</p>").decode()
    assert body_of(read_jats(text.encode("utf-16"), "toy.xml"))[0].text == "café"
    latin = b'<?xml version="1.0" encoding="iso-8859-1"?>' + text.encode("latin-1")
    assert body_of(read_jats(latin, "toy.xml"))[0].text == "café"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, 3000).map(lambda end: article("<p>Text &amp; more.</p>")[:end]))
def test_any_bytes_give_a_paper_or_a_typed_error(data: bytes) -> None:
    try:
        paper = read_jats(data, "any")
    except UnreadablePaper as error:
        assert "any" in str(error)
    else:
        assert paper.paragraphs


TAGS = ["p", "sec", "title", "label", "caption", "fig", "list", "list-item", "table-wrap", "table", "tr", "td", "sup"]
TAGS += ["xref", "disp-formula", "ref-list", "fn", "boxed-text", "break", "alt-text", "tex-math", "unheard-of"]


def tree(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(children, max_size=4).map("".join)
    return st.tuples(st.sampled_from(TAGS), inner).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>")


@settings(max_examples=300, deadline=None)
@given(st.recursive(st.sampled_from(["word ", "17", " ", "[", "\n", "é"]), tree, max_leaves=30))
def test_any_tree_gives_a_paper_or_a_typed_error(body: str) -> None:
    try:
        paper = read_jats(article(body), "any")
    except EmptyPaper:
        return
    assert len({p.place for p in paper.paragraphs}) == len(paper.paragraphs)


def assert_places(paragraphs: tuple[Paragraph, ...] | list[Paragraph], document: etree._Element) -> None:
    for paragraph in paragraphs:
        found = document.xpath(paragraph.place)
        assert len(found) == 1, paragraph.place
        letters = re.sub(r"[\W_]", "", "".join(found[0].itertext()))
        assert re.sub(r"[\W_]", "", paragraph.text[:20]) in letters, paragraph


@pytest.mark.skipif(not REAL, reason=f"no real papers at {SHARED}")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_real_file_gives_a_whole_paper(path: Path) -> None:
    data = path.read_bytes()
    paper = read_jats(data, path.name)
    assert paper.title
    assert paper.doi.startswith("10.")
    assert paper.year is not None and 1990 < paper.year < 2100
    assert_places(paper.paragraphs[::7], etree.fromstring(data))
    marked = re.search(rb"<title>\W*(?:\d\.)?\s*(?:Methods|Results)</title>", data[data.find(b"<body") :])
    if paper.article_type == "research-article" and marked:
        assert {"methods", "results"} & {paragraph.kind for paragraph in paper.paragraphs}
