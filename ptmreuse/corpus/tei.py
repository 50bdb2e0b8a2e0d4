"""GROBID's TEI to a `Paper`: header, sections, figures and tables; the bibliography is not the paper's own text."""

import re
from collections.abc import Iterator

from lxml import etree

from program.paper import Paper, SectionKind
from ptmreuse.corpus.cuts import without
from ptmreuse.corpus.inline import plain_text
from ptmreuse.corpus.tree import drop_namespace, place_of
from ptmreuse.corpus.walk import Role, Walk
from ptmreuse.corpus.xml import parse_xml
from ptmreuse.errors import EmptyPaper, NotAPaper

_ROLES: dict[str, Role] = {
    "div": "section",
    "list": "group",
    "quote": "group",
    "head": "heading",
    **dict.fromkeys(("p", "item", "formula", "note", "ab"), "block"),
    "figure": "captioned",
    **dict.fromkeys(("label", "figDesc"), "label"),
    "table": "table",
    "listBibl": "dropped",
}
_DIV_KINDS: dict[str, SectionKind] = {
    "acknowledgement": "acknowledgement",
    "acknowledgment": "acknowledgement",
    "funding": "acknowledgement",
    "annex": "appendix",
    "availability": "other",
    "references": "other",
}
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")


def read_tei(data: bytes, source: str) -> Paper:
    """The paper in a TEI file as GROBID writes it; `source` names it in the paper and in errors.

    Raises:
        UnreadablePaper: one of its kinds, with what is wrong and the next step.
    """
    root = parse_xml(without(data, b"listBibl"), source)
    if etree.QName(root).localname != "TEI":
        raise NotAPaper(f"{source}: the root is <{etree.QName(root).localname}>, not <TEI>; give GROBID's full text")
    drop_namespace(root)
    header, text = root.find("teiHeader"), root.find("text")
    body = text.find("body") if text is not None else None
    if header is None or text is None or body is None:
        raise EmptyPaper(f"{source}: the TEI has no header or no body; run GROBID's processFulltextDocument")
    walk = Walk(_ROLES)
    walk.parts(_parts(header, text))
    paragraphs = walk.paragraphs()
    place = place_of(body) + "/"
    if not any(paragraph.place.startswith(place) for paragraph in paragraphs):
        raise EmptyPaper(f"{source}: the body has no text; run GROBID's processFulltextDocument")
    return Paper(
        source=source,
        title=_text(header, "fileDesc/titleStmt/title") or _text(header, ".//analytic/title"),
        paragraphs=paragraphs,
        doi=_text(header, ".//sourceDesc//idno[@type='DOI']"),
        pmcid=_text(header, ".//sourceDesc//idno[@type='PMCID']"),
        journal=_text(header, ".//monogr/title[@level='j'][@type='main']") or _text(header, ".//monogr/title"),
        year=_year(header),
        article_type=root.get("type") or "",
        subjects=tuple(filter(None, map(plain_text, header.iterfind(".//keywords//term")))),
        license=_license(header),
    )


def _parts(header: etree._Element, text: etree._Element) -> Iterator[tuple[etree._Element, str, SectionKind]]:
    for abstract in header.iterfind("profileDesc/abstract"):
        yield abstract, "Abstract", "abstract"
    for body in text.iterchildren("body"):
        yield body, "", "other"
    for back in text.iterchildren("back"):
        for div in back.iterchildren("div"):
            yield div, "", _DIV_KINDS.get(div.get("type") or "", "other")


def _text(header: etree._Element, path: str) -> str:
    found = header.find(path)
    return plain_text(found) if found is not None else ""


def _year(header: etree._Element) -> int | None:
    """The year of publication: GROBID writes it in the imprint and in the publication statement."""
    dates = [*header.iterfind(".//imprint/date"), *header.iterfind("fileDesc/publicationStmt/date")]
    found = (_YEAR.search(f"{date.get('when') or ''} {date.text or ''}") for date in dates)
    return min((int(year[0]) for year in found if year), default=None)


def _license(header: etree._Element) -> str:
    licence = next(header.iter("licence"), None)
    return (licence.get("target") or plain_text(licence)) if licence is not None else ""
