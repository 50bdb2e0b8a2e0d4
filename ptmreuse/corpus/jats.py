"""JATS XML to a `Paper`, whatever the publisher, the version or the namespace."""

from collections.abc import Iterator

from lxml import etree

from program.paper import Paper, Paragraph, SectionKind
from ptmreuse.corpus.cuts import flat_tables, without
from ptmreuse.corpus.jats_front import data_statement, read_front
from ptmreuse.corpus.tree import drop_namespace, place_of
from ptmreuse.corpus.walk import Role, Walk
from ptmreuse.corpus.xml import UTF_8, declared_encoding, parse_xml
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper

_SECTIONS = ("sec", "ack", "app", "app-group", "glossary", "notes", "bio")
_GROUPS = ("def-list", "disp-formula-group", "disp-quote", "fn-group", "list", "speech", "statement", "verse-group")
_BLOCKS = ("p", "list-item", "def-item", "fn", "disp-formula", "code", "preformat", "verse-line", "attrib", "speaker")
_FLOATS = ("fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "media", "supplementary-material")
_ROLES: dict[str, Role] = {
    **dict.fromkeys(_SECTIONS, "section"),
    **dict.fromkeys(_GROUPS, "group"),
    **dict.fromkeys(_BLOCKS, "block"),
    **dict.fromkeys((*_FLOATS, "chem-struct-wrap"), "captioned"),
    **dict.fromkeys(("label", "caption"), "label"),
    **dict.fromkeys(("table", "array", "{http://docs.oasis-open.org/ns/oasis-exchange/table}table"), "table"),
    "title": "heading",
    "term-head": "heading",
    "table-wrap-foot": "foot",
    "ref-list": "dropped",
}
_KINDS: dict[str, SectionKind] = {"ack": "acknowledgement", "app": "appendix", "app-group": "appendix"}


def read_jats(data: bytes, source: str) -> Paper:
    """The paper in a JATS file; `source` names it in the paper and in errors.

    Raises:
        UnreadablePaper: one of its kinds, with what is wrong and the next step.
    """
    article = _article(_parsed(data, source), source)
    drop_namespace(article)
    front = read_front(article)
    return Paper(
        source=source,
        title=front.title,
        paragraphs=_paragraphs(article, source),
        doi=front.doi,
        pmcid=front.pmcid,
        journal=front.journal,
        year=front.year,
        article_type=article.get("article-type") or "",
        subjects=front.subjects,
        license=front.license,
    )


def _parsed(data: bytes, source: str) -> etree._Element:
    try:
        return parse_xml(_lean(data), source)
    except MalformedPaper:
        return parse_xml(data, source)  # with the line and the column of the fault in the file itself


def _lean(data: bytes) -> bytes:
    """The file without its references, a third of it, and without authors; tables with marks instead of cells."""
    body = max(0, data.find(b"<body"))
    front, text = data[:body], without(data[body:], b"ref-list")
    for tag in (b"contrib-group", b"aff"):
        front = without(front, tag)
    return front + (flat_tables(text) if declared_encoding(data) in UTF_8 else text)


def _article(root: etree._Element, source: str) -> etree._Element:
    """The one article of the file: its root, or the only one inside an envelope (OAI-PMH, a PMC article set)."""
    name = etree.QName(root).localname
    if name == "article":
        return root
    found = list(root.iter("{*}article"))
    if len(found) != 1:
        raise NotAPaper(f"{source}: <{name}> holds {len(found)} JATS articles; give one article per file")
    return found[0]


def _paragraphs(article: etree._Element, source: str) -> tuple[Paragraph, ...]:
    body = article.find("body")
    if body is None:
        raise EmptyPaper(f"{source}: the article has no body; get its full text, not the abstract record")
    walk = Walk(_ROLES, _KINDS)
    walk.parts(_parts(article))
    statement = data_statement(article)
    if statement is not None:
        walk.whole(statement, "Data availability", "other")
    paragraphs = walk.paragraphs()
    place = place_of(body) + "/"
    if not any(paragraph.place.startswith(place) for paragraph in paragraphs):
        raise EmptyPaper(f"{source}: the body of the article has no text; get its full text")
    return paragraphs


def _parts(article: etree._Element) -> Iterator[tuple[etree._Element, str, SectionKind]]:
    """The paper's own text; `sub-article` and `response` (reviews, replies, translations) are not."""
    for abstract in article.iterfind("front/article-meta/abstract"):
        yield abstract, "" if abstract.find("title") is not None else "Abstract", "abstract"
    for tag in ("body", "floats-group", "floats-wrap", "back"):
        for part in article.iterchildren(tag):
            yield part, "", "other"
