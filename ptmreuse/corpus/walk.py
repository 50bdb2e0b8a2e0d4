"""One pass over the tree of a paper: which elements are paragraphs, of which section and kind, at which place.

Reading may take no more than twice the time of bare parsing, so Python sees each element once, from its parent, and
counts as it goes. A place is a path of positions, "/*[1]/*[2]/*[3]": it holds with and without namespaces.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from lxml import etree

from program.paper import Paragraph, SectionKind
from ptmreuse.corpus.inline import LATE, MARKERS, marked_text, plain_text, plain_texts, put_late
from ptmreuse.corpus.sections import kind_within
from ptmreuse.corpus.tree import empty, place_of

# What an element is: "section" and "group" hold blocks; "heading" names the section around it; "block" is a paragraph,
# which blocks inside it leave; "table" and "foot" keep all that is inside; "captioned" is a figure or the like, whose
# "label" and caption make one paragraph; "dropped" is not the paper's own text.
Role = Literal["section", "group", "heading", "block", "table", "foot", "captioned", "label", "dropped"]

# What an element stands in: nothing, a block that others may leave, or a block that keeps all.
Inside = Literal["", "block", "sealed"]

# Mark-up inside a text: "mark" is marked at once, "late" changes the tree below it and so must wait for the end.
Inline = Literal["mark", "late"]

_INLINE: dict[str, Inline] = {**dict.fromkeys(MARKERS, "mark"), **dict.fromkeys(LATE, "late")}
_KEEPING: dict[Role, SectionKind] = {"table": "table", "foot": "caption"}


class Walk:
    """Collects the paragraphs of one paper; its parts (abstract, body, back matter) are walked in turn."""

    def __init__(self, roles: Mapping[str, Role], kinds: Mapping[str, SectionKind] = MappingProxyType({})) -> None:
        self._roles: dict[str, Role | Inline] = {**_INLINE, **roles}
        self._kinds = kinds
        self._found: list[list[etree._Element]] = []
        self._at: list[tuple[SectionKind, str, str]] = []
        self._leaving: dict[int, etree._Element] = {}
        self._late: list[etree._Element] = []

    def parts(self, parts: Iterable[tuple[etree._Element, str, SectionKind]]) -> None:
        """Walk parts of the paper; the section and kind given with each hold until a heading says otherwise."""
        for part, section, kind in parts:
            self._walk(part, place_of(part), section, kind)

    def whole(self, element: etree._Element, section: str, kind: SectionKind) -> None:
        """Take one element as a paragraph."""
        self._add([element], kind, section, place_of(element))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All that was found, in document order, without what has no text."""
        put_late(self._late)
        texts = plain_texts(self._marked_texts())
        return tuple(Paragraph(text, *at) for text, at in zip(texts, self._at, strict=True) if text)

    def _marked_texts(self) -> list[str]:
        """The text of each find, read from the last to the first: what leaves a block is read and emptied before it."""
        texts = []
        for number in range(len(self._found) - 1, -1, -1):
            texts.append(" ".join(map(marked_text, self._found[number])))
            if number in self._leaving:
                empty(self._leaving[number])
        return texts[::-1]

    def _add(self, elements: list[etree._Element], kind: SectionKind, section: str, place: str) -> None:
        self._found.append(elements)
        self._at.append((kind, section, place))

    def _walk(
        self,
        parent: etree._Element,
        path: str,
        section: str,
        kind: SectionKind,
        inside: Inside = "",
        pieces: list[etree._Element] | None = None,
    ) -> None:
        """Visit the children of an element at `path`; `pieces` takes the label and caption of a captioned one."""
        roles = self._roles
        for number, child in enumerate(parent, 1):
            role = roles.get(child.tag)
            if role is None or role == "mark":
                if role:
                    MARKERS[child.tag](child)
                if len(child):
                    self._walk(child, f"{path}/*[{number}]", section, kind, inside)
            elif role == "block" and not inside:
                place = f"{path}/*[{number}]"
                self._add([child], kind, section, place)
                if len(child):
                    self._walk(child, place, section, kind, "block")
            elif role == "late":
                self._late.append(child)
            elif role == "heading" and not inside and pieces is None:
                title = _title(child)
                section = f"{section} > {title}" if section and title else section or title
                kind = kind_within(kind, title)
            elif role in ("heading", "label", "block"):
                self._piece(child, f"{path}/*[{number}]", section, kind, inside, pieces if role != "block" else None)
            elif inside == "sealed":
                _part(child)
                self._walk(child, f"{path}/*[{number}]", section, kind, inside)
            else:
                if inside:
                    self._leave(child)
                self._enter(child, role, f"{path}/*[{number}]", section, kind)

    def _leave(self, element: etree._Element) -> None:
        """Take an element out of the block around it once its own blocks, which are found after this, are read."""
        element.tail = " " + (element.tail or "")
        self._leaving[len(self._found)] = element
        self._add([], "other", "", "")

    def _piece(
        self,
        element: etree._Element,
        place: str,
        section: str,
        kind: SectionKind,
        inside: Inside,
        pieces: list[etree._Element] | None,
    ) -> None:
        """A part of what is around it: of a caption, or of a block."""
        if pieces is not None:
            pieces.append(element)
            inside = "sealed"
        elif inside:
            _part(element)
        self._walk(element, place, section, kind, inside)

    def _enter(self, element: etree._Element, role: Role, place: str, section: str, kind: SectionKind) -> None:
        """An element that stands for itself."""
        if role == "section":
            kind = self._kinds.get(element.tag) or kind_within(kind, "", _type(element))
        if role in ("section", "group"):
            self._walk(element, place, section, kind)
        elif role == "captioned":
            pieces: list[etree._Element] = []
            self._add(pieces, "caption", section, place)
            self._walk(element, place, section, kind, "", pieces)
        elif role in _KEEPING:
            self._add([element], _KEEPING[role], section, place)
            self._walk(element, place, section, kind, "sealed")


def _title(element: etree._Element) -> str:
    if len(element):
        put_late(list(element.iter(*LATE)))
    return plain_text(element)


def _type(element: etree._Element) -> str:
    return element.get("sec-type") or element.get("type") or element.get("notes-type") or ""


def _part(element: etree._Element) -> None:
    """Keep the words before, in and after an inner block apart."""
    element.text = " " + (element.text or "")
    element.tail = " " + (element.tail or "")
