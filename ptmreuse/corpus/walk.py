"""One pass over the tree of a paper: which elements are paragraphs, of which section and kind, at which place.

Reading may take no more than twice the time of bare parsing, so Python sees only the elements that have a role, once
each and in document order. A place is a path of positions, "/*[1]/*[2]/*[3]": it holds with and without namespaces.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from lxml import etree

from program.paper import Paragraph, SectionKind
from ptmreuse.corpus.inline import LATE, MARKERS, marked_text, plain_text, plain_texts, put_late
from ptmreuse.corpus.sections import kind_within
from ptmreuse.corpus.tree import detach, place_of

# What an element is: "section" and "group" hold blocks; "heading" names the section around it; "block" is a paragraph,
# which blocks inside it leave; "table" and "foot" keep all that is inside; "captioned" is a figure or the like, whose
# "label" and caption make one paragraph; "dropped" is not the paper's own text.
Role = Literal["section", "group", "heading", "block", "table", "foot", "captioned", "label", "dropped"]


_REFERENCES = frozenset({"ref-list", "listBibl"})


class Spot(NamedTuple):
    """Where an element stands. `inside`: nothing, a block that others may leave, or a block that keeps all."""

    place: str
    section: str
    kind: SectionKind
    inside: Literal["", "block", "sealed"] = ""


class Walk:
    """Collects the paragraphs of one paper; its parts (abstract, body, back matter) are walked in turn."""

    def __init__(self, roles: Mapping[str, Role], kinds: Mapping[str, SectionKind] = MappingProxyType({})) -> None:
        self._kinds = kinds
        self._spots: dict[etree._Element, Spot] = {}
        self._found: list[list[etree._Element]] = []
        self._at: list[Spot] = []
        self._captions: dict[etree._Element, list[etree._Element]] = {}
        self._leaving: list[etree._Element] = []
        self._late: list[etree._Element] = []
        self._roles = roles

    def parts(self, parts: Iterable[tuple[etree._Element, str, SectionKind]]) -> None:
        """Walk parts of the paper; the section and kind given with each hold until a heading says otherwise."""
        visit = self._visits().get
        for part, section, kind in parts:
            self._spots[part] = Spot(place_of(part), section, kind)
            for child in part:
                # References are often half of a file: not looking through them is what makes reading fast.
                if child.tag not in _REFERENCES:
                    for element in child.iter():
                        found = visit(element.tag)
                        if found is not None:
                            found(element)

    def _visits(self) -> dict[str, Callable[[etree._Element], None]]:
        """What to do at each tag. Never kept in `self`: bound methods would tie it and the tree into a cycle."""
        visits: dict[Role, Callable[[etree._Element], None]] = {
            "section": self._section,
            "group": self._group,
            "heading": self._heading,
            "block": self._block,
            "table": self._table,
            "foot": self._foot,
            "captioned": self._captioned,
            "label": self._label,
            "dropped": self._dropped,
        }
        found = {tag: visits[role] for tag, role in self._roles.items()} | MARKERS
        return found | dict.fromkeys(LATE, self._late.append)

    def whole(self, element: etree._Element, section: str, kind: SectionKind) -> None:
        """Take one element as a paragraph."""
        self._add([element], Spot(place_of(element), section, kind))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All that was found, in document order, without what has no text."""
        put_late(self._late)
        for element in self._leaving:
            detach(element)
        texts = plain_texts([" ".join(map(marked_text, elements)) for elements in self._found])
        return tuple(
            Paragraph(text, kind, section, place)
            for text, (place, section, kind, _) in zip(texts, self._at, strict=True)
            if text
        )

    def _above(self, element: etree._Element) -> tuple[Spot, str]:
        """The spot of the nearest element with one, and the place of `element`."""
        parent = element.getparent()
        if parent is None:
            raise AssertionError("an element without parent is a part and has its spot")
        spot = self._spots.get(parent)
        if spot is None:
            above, place = self._above(parent)
            spot = self._spots[parent] = Spot(place, *above[1:])
        return spot, f"{spot.place}/*[{parent.index(element) + 1}]"

    def _add(self, elements: list[etree._Element], spot: Spot) -> None:
        self._found.append(elements)
        self._at.append(spot)

    def _enter(self, element: etree._Element) -> Spot | None:
        """The spot of an element that stands for itself; None where the block around it keeps all."""
        above, place = self._above(element)
        if above.inside == "sealed":
            _part(element)
            return None
        if above.inside:
            self._leaving.append(element)
        spot = self._spots[element] = Spot(place, above.section, above.kind)
        return spot

    def _dropped(self, element: etree._Element) -> None:
        spot = self._enter(element)
        if spot is not None:
            self._spots[element] = Spot(spot.place, spot.section, spot.kind, "sealed")

    def _group(self, element: etree._Element) -> None:
        self._enter(element)

    def _section(self, element: etree._Element) -> None:
        spot = self._enter(element)
        if spot is not None:
            kind = self._kinds.get(element.tag) or kind_within(spot.kind, "", _type(element))
            self._spots[element] = Spot(spot.place, spot.section, kind)

    def _heading(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent in self._captions:
            self._label(element)
            return
        above, _ = self._above(element)
        if above.inside or parent is None:
            _part(element)
            return
        if len(element):
            put_late(list(element.iter(*LATE)))
        title = plain_text(element)
        path = f"{above.section} > {title}" if above.section and title else above.section or title
        self._spots[parent] = Spot(above.place, path, kind_within(above.kind, title))

    def _block(self, element: etree._Element) -> None:
        above, place = self._above(element)
        if above.inside:
            _part(element)
            return
        spot = Spot(place, above.section, above.kind, "block")
        if len(element):
            self._spots[element] = spot
        self._found.append([element])
        self._at.append(spot)

    def _table(self, element: etree._Element) -> None:
        self._sealed(element, "table")

    def _foot(self, element: etree._Element) -> None:
        self._sealed(element, "caption")

    def _sealed(self, element: etree._Element, kind: SectionKind) -> None:
        spot = self._enter(element)
        if spot is not None:
            spot = self._spots[element] = Spot(spot.place, spot.section, kind, "sealed")
            self._add([element], spot)

    def _captioned(self, element: etree._Element) -> None:
        spot = self._enter(element)
        if spot is not None:
            self._captions[element] = []
            self._add(self._captions[element], Spot(spot.place, spot.section, "caption"))

    def _label(self, element: etree._Element) -> None:
        parent = element.getparent()
        pieces = self._captions.get(parent) if parent is not None else None
        above, place = self._above(element)
        if pieces is not None:
            pieces.append(element)
            self._spots[element] = Spot(place, above.section, above.kind, "sealed")
        elif above.inside:
            _part(element)


def _type(element: etree._Element) -> str:
    return element.get("sec-type") or element.get("type") or element.get("notes-type") or ""


def _part(element: etree._Element) -> None:
    """Keep the words before, in and after an inner block apart."""
    element.text = " " + (element.text or "")
    element.tail = " " + (element.tail or "")
