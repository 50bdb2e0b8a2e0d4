"""The blocks of a paper while it is read: an element's text with its kind, section and place."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from program.paper import Paragraph, SectionKind
from ptmreuse.corpus.inline import plain_texts


@dataclass(slots=True)
class Blocks:
    """Marked texts in reading order; they become paragraphs together, which is faster than one by one."""

    marked: list[str] = field(default_factory=list)
    heads: list[tuple[SectionKind, str, str]] = field(default_factory=list)

    def add(self, marked: str, kind: SectionKind, section: str, place: str) -> None:
        """Take one block; `marked` is its text with the marks of `mark_inline`."""
        self.marked.append(marked)
        self.heads.append((kind, section, place))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The blocks that have text."""
        texts = plain_texts(self.marked)
        return tuple(Paragraph(text, *head) for text, head in zip(texts, self.heads, strict=True) if text)


def step(element: etree._Element) -> str:
    """One step of a place: the element's position among all elements of its parent, "/*[3]".

    Positions, not names, because they hold with and without namespaces, and counting them costs nothing on the way.
    """
    return f"/*[{1 + sum(1 for _ in element.itersiblings('*', preceding=True))}]"


def place_of(element: etree._Element, root: etree._Element | None = None) -> str:
    """The XPath of an element from the document, or from `root` (exclusive) where given."""
    steps = [step(element)] if element is not root else []
    for parent in element.iterancestors():
        if parent is root:
            break
        steps.append(step(parent))
    return "".join(reversed(steps))


def outermost(element: etree._Element, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """The descendants with one of `tags` that stand in no other such one."""
    last: etree._Element | None = None
    for inner in element.iterdescendants(*tags):
        if last is None or last not in inner.iterancestors():
            last = inner
            yield inner


def detach(element: etree._Element) -> None:
    """Take an element out of its parent; its tail stays, parted by a space."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = " " + (element.tail or "")
    if previous is None:
        parent.text = (parent.text or "") + tail
    else:
        previous.tail = (previous.tail or "") + tail
    parent.remove(element)
