"""Inline mark-up to plain text: citations, superscripts, formulas and table cells, for JATS and TEI alike.

libxml2 writes the text of a paragraph in one C call, but forgets what a tag meant. So `mark_inline` first leaves
marks in the tree where the meaning matters, and `plain_texts` then turns the marks of all paragraphs into text at once:
"ResNet<sup>17</sup>" becomes "ResNet [17]", never "ResNet17"; cells are joined by " | " and rows by a newline.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from ptmreuse.corpus.formula import mark_mathml, mark_tex
from ptmreuse.corpus.tree import empty

# Unicode noncharacters: reserved for use inside a program, they have no business in a paper, and lxml takes them.
# Both kinds of citation mark start with the same character: a search for one literal is many times faster.
_START, _CITED, _RAISED, _END, CELL, ROW, _BETWEEN = (chr(0xFDD0 + n) for n in range(7))

# Every white space that `str.split` knows, except the plain space itself; " " is the last step of squeezing.
_ODD_SPACES = "\t\n\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_MARKS = (_START, _CITED, _RAISED, _END)
_CITING_TYPES = frozenset({"bibr", "ref", "fn", "table-fn", "foot"})

_DASHES = "–—‐‑−-"
_NUMBER = r"\d{1,3}[a-z]?(?!\w)"
_ITEM = rf"{_START}(?:{_CITED}{_NUMBER}|(?:{_CITED}{_START})?{_RAISED}[^{_END}]*{_END})"
_RUN = re.compile(rf"{_ITEM}(?:(?:\s*[,;{_DASHES}]\s*)?{_ITEM})*")
_FIRST_NUMBERS = re.compile(r"\d{1,3}(?!\d)")
_CITED_WITHIN = re.compile(rf"[\[(][\d\s,;{_DASHES}]+[\])]$")
_NUMBERS = re.compile(rf"\d{{1,3}}(?:\s*[,{_DASHES}]\s*\d{{1,3}})*")


def marked_text(element: etree._Element) -> str:
    """The text of an element with the marks in it; one without children costs no serialisation."""
    if len(element) == 0:
        return element.text or ""
    return etree.tostring(element, method="text", encoding=str, with_tail=False)


def plain_text(element: etree._Element) -> str:
    """The readable text of one marked element on one line."""
    text = marked_text(element)
    return plain_texts([text])[0] if _START in text else " ".join(text.split())


def plain_texts(marked: Sequence[str]) -> list[str]:
    """The readable text of each marked text, white space collapsed, in the same order."""
    joined = _BETWEEN.join(_RUN.sub(_citation, text) if _START in text else text for text in marked)
    for mark in _MARKS:
        if mark in joined:
            joined = joined.replace(mark, "")
    return [_on_one_line(text) for text in _plainly_spaced(joined).split(_BETWEEN)]


def put_late(elements: Iterable[etree._Element]) -> None:
    """Bring formulas to one line and take out what is not read, once no walk is under way."""
    for element in elements:
        LATE[element.tag](element)


def _mark_citation(element: etree._Element) -> None:
    text = element.text
    if text is None:
        if len(element) and _cites(element):
            element.text = _START + _CITED
    elif text.isdigit():
        # What ends with a bracket stands in brackets already.
        if (element.tail or "")[:1] not in ("]", ")") and _cites(element):
            element.text = f"{_START}{_CITED}{text}"
    elif _FIRST_NUMBERS.match(text) and _cites(element):
        element.text = _FIRST_NUMBERS.sub(rf"{_START}{_CITED}\g<0>", text)


def _cites(element: etree._Element) -> bool:
    return (element.get("ref-type") or element.get("type")) in _CITING_TYPES


def _mark_raised(element: etree._Element) -> None:
    if element.tag == "hi" and not (element.get("rend") or "").startswith("sup"):
        return
    element.text = f"{_START}{_RAISED}{element.text or ''}"
    element.tail = _END + (element.tail or "")


def _mark_cell(element: etree._Element) -> None:
    element.text = CELL + (element.text or "")


def _mark_row(element: etree._Element) -> None:
    element.text = ROW + (element.text or "")


def _mark_break(element: etree._Element) -> None:
    element.tail = " " + (element.tail or "")


# By tag: what leaves marks during a walk, and what changes the tree below it and so must wait for the end of it.
MARKERS: dict[str, Callable[[etree._Element], None]] = {
    **dict.fromkeys(("xref", "ref"), _mark_citation),
    **dict.fromkeys(("sup", "hi"), _mark_raised),
    **dict.fromkeys(("td", "th", "cell", "entry"), _mark_cell),
    **dict.fromkeys(("tr", "row"), _mark_row),
    **dict.fromkeys(("break", "lb"), _mark_break),
}
LATE: dict[str, Callable[[etree._Element], None]] = {
    **dict.fromkeys(("alt-text", "long-desc", "object-id"), empty),
    "tex-math": mark_tex,
    "{http://www.w3.org/1998/Math/MathML}math": mark_mathml,
}


def _citation(match: re.Match[str]) -> str:
    """A run of citation marks or a superscript as text."""
    run, text, start = match[0], match.string, match.start()
    before = text[start - 1 : start]
    raised, cited = _RAISED in run, _CITED in run
    for mark in _MARKS:
        run = run.replace(mark, "")
    if before in ("[", "(") and not raised:
        return run
    inner = " ".join(run.split())
    if not any(map(str.isdigit, inner)):
        return _letter(inner, text, start, match.end())
    if inner[0] in "[(" and (cited or _CITED_WITHIN.match(inner)):
        return inner if before.isspace() else " " + inner
    if not cited and not _looks_cited(text, start, inner):
        return "^" + inner if before.isdigit() and inner[0] in f"{_DASHES}0123456789" else inner
    if not raised and not before.isalpha() and _in_brackets(text, start):
        return inner
    gap = "" if before.isspace() or before in ("", "[", "(", _BETWEEN) else " "
    return f"{gap}[{inner}]"


def _letter(inner: str, text: str, start: int, end: int) -> str:
    """A superscript without digits; a note's letter must not become part of the word before or after it."""
    if text[end : end + 1].isalpha() and not text[start - 1 : start].isalnum():
        return inner + " "
    return "^" + inner if len(inner) == 1 and inner.isalpha() and text[max(0, start - 4) : start].isalpha() else inner


def _looks_cited(text: str, start: int, inner: str) -> bool:
    """A bare superscript number after a word of four letters or more is a note, not a unit or a power."""
    return text[max(0, start - 4) : start].rstrip(".,;").isalpha() and start >= 4 and bool(_NUMBERS.fullmatch(inner))


def _in_brackets(text: str, start: int) -> bool:
    low = max(0, start - 200)
    opened = max(text.rfind("[", low, start), text.rfind("(", low, start))
    return opened > max(text.rfind("]", low, start), text.rfind(")", low, start))


def _plainly_spaced(text: str) -> str:
    """Every white space as a plain one; looking for each in the whole text is cheaper than splitting it into words."""
    for space in _ODD_SPACES:
        if space in text:
            text = text.replace(space, " ")
    return text


def _on_one_line(text: str) -> str:
    """White space collapsed; a table keeps a line per row."""
    while "  " in text:
        text = text.replace("  ", " ")
    return _rows(text) if CELL in text else text.strip()


def _rows(text: str) -> str:
    """The text of a table, whose cells and rows start with their marks."""
    text = text.replace(ROW + " ", ROW).replace(ROW + CELL, ROW).replace(ROW, "\n").replace(CELL, " | ")
    return "\n".join(map(str.strip, text.replace("  ", " ").split("\n"))).strip()
