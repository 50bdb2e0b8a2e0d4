"""What the front of a JATS article says about it: ids, title, journal, year, type, subjects, licence."""

import re
from dataclasses import dataclass

from lxml import etree

from ptmreuse.corpus.inline import plain_text
from ptmreuse.corpus.sections import section_kind

_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_DOI = re.compile(r"10\.\d{4,}/\S+")
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/([A-Za-z-]+)(?:/(\d\.\d))?")
_HREF = "{http://www.w3.org/1999/xlink}href"
_RESTRICTIONS = (("noncommercial", "-nc"), ("non-commercial", "-nc"), ("noderiv", "-nd"), ("sharealike", "-sa"))
_PUBLISHED = frozenset({"epub", "ppub", "collection", "epub-ppub", "pub", "publication", ""})
_ARCHIVED = frozenset({"pmc-release", "nihms-submitted", "retraction", "corrected"})


@dataclass(frozen=True, slots=True)
class Front:
    """The metadata of one article, "" or None where the file does not say."""

    title: str
    doi: str
    pmcid: str
    journal: str
    year: int | None
    subjects: tuple[str, ...]
    license: str


def read_front(article: etree._Element) -> Front:
    """The metadata of a JATS article without namespaces."""
    meta = article.find("front/article-meta")
    if meta is None:
        meta = etree.Element("article-meta")
    ids = _ids(meta)
    return Front(
        title=_title(meta),
        doi=_doi(ids.get("doi", "")),
        pmcid=_pmcid(ids.get("pmc", "") or ids.get("pmcid", "")),
        journal=_journal(article),
        year=_year(meta),
        subjects=_subjects(meta),
        license=_license(meta),
    )


def _ids(meta: etree._Element) -> dict[str, str]:
    ids: dict[str, str] = {}
    for element in meta.iterchildren("article-id"):
        kind, text = element.get("pub-id-type") or "", (element.text or "").strip()
        # A reviewed preprint has a DOI for all its versions and one for the version that the file holds.
        if text and (kind not in ids or element.get("specific-use") == "version"):
            ids[kind] = text
    return ids


def _subjects(meta: etree._Element) -> tuple[str, ...]:
    found = [
        plain_text(subject)
        for categories in meta.iterchildren("article-categories")
        for subject in categories.iter("subject")
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def _doi(text: str) -> str:
    match = _DOI.search(text)
    return match[0] if match else text


def _pmcid(text: str) -> str:
    digits = re.sub(r"\.\d+$", "", text).lower().removeprefix("pmc")
    return f"PMC{digits}" if digits.isdigit() else ""


def _title(meta: etree._Element) -> str:
    title = next(
        (title for group in meta.iterchildren("title-group") for title in group.iterchildren("article-title")), None
    )
    if title is None:
        return ""
    if len(title):
        etree.strip_elements(title, "fn", "xref", with_tail=False)
    return plain_text(title)


def _journal(article: etree._Element) -> str:
    journal = article.find("front/journal-meta")
    if journal is None:
        return ""
    for tag in ("journal-title", "abbrev-journal-title", "journal-id"):
        named = next(journal.iter(tag), None)
        if named is not None:
            return plain_text(named)
    return ""


def _year(meta: etree._Element) -> int | None:
    """The earliest year of publication; a preprint's or an archive's date only where there is no other."""
    found: dict[bool, list[int]] = {True: [], False: []}
    for date in meta.iterchildren("pub-date"):
        kind = date.get("pub-type") or date.get("date-type") or ""
        written = next(date.iterchildren("year"), None)
        year = _YEAR.search((date.get("iso-8601-date") if written is None else written.text) or "")
        if year and kind not in _ARCHIVED:
            found[kind in _PUBLISHED].append(int(year[0]))
    return min(found[True] or found[False]) if found[True] or found[False] else _other_year(meta)


def _other_year(meta: etree._Element) -> int | None:
    years = (_YEAR.search(element.text or "") for element in meta.iterfind(".//year"))
    return max((int(year[0]) for year in years if year), default=None)


def _license(meta: etree._Element) -> str:
    """A Creative Commons licence as "cc-by-4.0"; any other as the link or the text that the file gives."""
    element = next((found for part in meta.iterchildren("permissions") for found in part.iterchildren("license")), None)
    if element is None:
        return ""
    link = element.get(_HREF) or ""
    match = _CREATIVE_COMMONS.search(link)
    if match is None:
        written = etree.tostring(element, encoding=str, with_tail=False)
        match = _CREATIVE_COMMONS.search(written)
        if match is None:
            return _named_license(written) or link or plain_text(element)
    name, version = match[1].lower().removeprefix("cc-"), match[2]
    name = "cc0" if name == "zero" else f"cc-{name}"
    return f"{name}-{version}" if version else name


def _named_license(written: str) -> str:
    if "Creative Commons Attribution" not in written:
        return ""
    return "cc-by" + "".join(short for word, short in _RESTRICTIONS if word in written.lower())


def data_statement(article: etree._Element) -> etree._Element | None:
    """Where some publishers keep the data availability statement: among the custom metadata of the front."""
    for meta in article.iterfind("front/article-meta/custom-meta-group/custom-meta"):
        if section_kind(meta.findtext("meta-name") or "") == "other":
            return meta.find("meta-value")
    return None
