"""From the lines of a PDF to headings and paragraphs, by indents, line distance, size and weight of the type."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from program.paper import SectionKind
from ptmreuse.corpus.joining import join_lines, tidy
from ptmreuse.corpus.outline import GUESSED, Block, is_caption, is_known_heading, numbered_level
from ptmreuse.corpus.pdf_lines import Line
from ptmreuse.corpus.sections import section_kind

_SENTENCE_END = re.compile(r"(?:[.?!:]|(?<!\d)[.?!]\s?\d{1,3}(?:[,–-]\d{1,3})*)[\"”’)\]]*$")
_ITEM = re.compile(r"[•▪●■◦–]\s|\(?\d{1,3}[.)]\s|\[\d{1,3}\]\s")
_LETTERED = re.compile(r"(?:appendix|annex)\s+[A-Z\d]+\b|([A-Z](?:\.\d{1,2})*)\.?\s+(?=[A-Z][a-z])", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.|\S+@|doi\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_LONGEST_HEADING = 150
_BOLDER = 150  # in font weight
_LONG = 80  # characters; shorter text without a full stop may be a label
_LABEL = 40  # characters; shorter text is hardly a line of a paragraph
_FLOATS = 12  # blocks between the two halves of a paragraph that a page break or a figure parts


@dataclass(frozen=True, slots=True)
class Look:
    """How the running text is set: font size and line distance in points, font weight."""

    size: float
    weight: int
    leading: float

    def is_bold(self, line: Line) -> bool:
        """Whether a whole line is bolder than the running text."""
        return line.weight >= self.weight + _BOLDER


@dataclass(frozen=True, slots=True)
class _Set:
    """Lines that stand together, and their text."""

    lines: tuple[Line, ...]
    text: str
    level: int = 0

    @property
    def size(self) -> float:
        return self.lines[0].size


def printed_title(lines: Sequence[Line], look: Look) -> str:
    """The largest type of the first page; "" when it is no larger than the running text."""
    groups = [group for group in _groups([line for line in lines if line.page == 1], look) if _is_prose(group)]
    largest = max(groups, key=lambda group: group[0].size, default=[])
    if not largest or largest[0].size < 1.1 * look.size:
        return ""
    return join_lines([line.text for line in largest])[:500]


def heading_and_paragraph_blocks(
    lines: Sequence[Line], look: Look, title: str, words: frozenset[str]
) -> Iterator[Block]:
    """The blocks in reading order, without the printed title, scraps of figures and parts of equations."""
    sets = [_read_set(group, look, words) for group in _groups(lines, look)]
    wanted = [each for each in sets if each.level or not _is_scrap(each, look)]
    seen = {(1, _letters(title))}
    for each in _rejoined(wanted, look, words):
        drawn = (each.lines[-1].page, _letters(each.text))
        if drawn in seen:
            continue  # the printed title, or text that the page holds twice, once of it hidden
        if len(each.text) > _LABEL:
            seen.add(drawn)
        kind: SectionKind | None = "table" if not each.level and _is_table(each.text) else None
        yield Block(each.text, f"page {each.lines[0].page}", each.level, kind)


def _groups(lines: Sequence[Line], look: Look) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(group, line, look):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _belongs(group: Sequence[Line], line: Line, look: Look) -> bool:
    """Whether a line goes on with the paragraph above it."""
    above = group[-1]
    if abs(line.size - group[0].size) > 0.08 * group[0].size or _changes_weight(group, line, look):
        return False
    if len(group) == 1 and is_known_heading(above.text):
        return False
    ended = _SENTENCE_END.search(above.text) is not None
    if ended and _ITEM.match(line.text):
        return False
    step = above.baseline - line.baseline
    if line.page != above.page or step < -line.size:
        return _is_next_column(above, line) and _crosses(group, line, look, ended)
    if step > 1.3 * _leading(group, look):
        return False
    return not (ended and _starts_paragraph(group, line))


def _is_next_column(above: Line, line: Line) -> bool:
    return line.page > above.page or (line.baseline > above.baseline and line.left > above.left + 2 * line.size)


def _crosses(group: Sequence[Line], line: Line, look: Look, ended: bool) -> bool:
    """Whether a paragraph goes on in the next column; a caption, in small type, does even after a full stop."""
    if is_caption(group[0].text):
        return line.page == group[-1].page and line.size < 0.95 * look.size
    enough = sum(len(each.text) for each in group) > _LABEL
    return enough and not ended and not look.is_bold(line)


def _changes_weight(group: Sequence[Line], line: Line, look: Look) -> bool:
    return all(map(look.is_bold, group)) != look.is_bold(line)


def _leading(group: Sequence[Line], look: Look) -> float:
    steps = [above.baseline - below.baseline for above, below in pairwise(group)]
    down = [step for step in steps if step > 0.8 * group[0].size]
    return max(min(down, default=0.0), look.leading * group[0].size / look.size)


def _starts_paragraph(group: Sequence[Line], line: Line) -> bool:
    """Whether a line after a full stop starts a paragraph: indented, back from a hanging indent, or after a gap."""
    caption = is_caption(group[0].text)
    em = line.size
    hanging = len(group) > 1 and group[1].left > group[0].left + 0.5 * em
    if hanging:
        return not caption and line.left < group[0].left + 0.3 * em
    indent = line.left - min(each.left for each in group)
    if not caption and 0.5 * em < indent < 5 * em:
        return True
    right = max(each.right for each in group)
    return len(group) > 1 and group[-1].right < right - 8 * em and line.text[:1].isupper()


def _read_set(group: Sequence[Line], look: Look, words: frozenset[str]) -> _Set:
    text = join_lines([line.text for line in group], words)
    return _Set(tuple(group), text, _level(group, text, look))


def _level(group: Sequence[Line], text: str, look: Look) -> int:
    """The heading level of lines that stand together, 0 for a paragraph."""
    first = group[0]
    long = len(text) > _LONGEST_HEADING or len(group) > 3
    if long or not _WORD.search(text) or first.size < 0.95 * look.size or is_caption(text):
        return 0
    strong = look.is_bold(first) or first.size > 1.08 * look.size
    numbered = 0 if text.startswith("0") else numbered_level(text)
    if is_known_heading(text) and len(group) == 1 and (strong or section_kind(text) != "other"):
        return numbered or 1
    if text.endswith((".", ",", ";")) or not (text[0].isupper() or text[0].isdigit()):
        return 0
    if numbered and (strong or numbered > 1):
        return numbered
    if not strong or len(text) > 100 or text.count(",") > 1 or "@" in text:  # a list of authors is often bold
        return 0
    return _lettered_level(text) or GUESSED


def _lettered_level(text: str) -> int:
    """1 for "Appendix A" and "A Proofs", 2 for "A.1 Data"; 0 for a heading without a letter."""
    match = _LETTERED.match(text)
    return 0 if match is None else (match[1] or "").count(".") + 1


def _rejoined(sets: Sequence[_Set], look: Look, words: frozenset[str]) -> list[_Set]:
    """Paragraphs that a float or a page break had parted put together again where the first half began."""
    done: list[_Set] = []
    for each in sets:
        index = _first_half(done, each, look)
        if index is None:
            done.append(each)
        else:
            halves = done[index].lines + each.lines
            done[index] = replace(done[index], lines=halves, text=join_lines([line.text for line in halves], words))
    return done


def _first_half(done: Sequence[_Set], second: _Set, look: Look) -> int | None:
    """The index of the paragraph that `second` goes on with: same type, no full stop, no heading in between."""
    if second.level or _ITEM.match(second.text) or is_caption(second.text) or not _is_body_size(second, look):
        return None
    for index in range(len(done) - 1, max(-1, len(done) - 1 - _FLOATS), -1):
        each = done[index]
        if each.level:
            return None
        if _is_body_size(each, look) and not is_caption(each.text) and not _is_table(each.text):
            if _goes_on(each, second):
                return index
            if len(each.text) > _LONG or _SENTENCE_END.search(each.text):
                return None
    return None


def _goes_on(first: _Set, second: _Set) -> bool:
    """Whether `second` ends the last sentence of `first`: in lower case, or at the top of the next page or column."""
    if _SENTENCE_END.search(first.text) or len(first.text) <= _LABEL or _is_address(first, second):
        return False
    moved = _is_next_column(first.lines[-1], second.lines[0])
    return second.text[:1].islower() or (moved and len(first.text) > _LONG)


def _is_address(*sets: _Set) -> bool:
    return any(_ADDRESS.match(each.text) for each in sets)


def _is_body_size(each: _Set, look: Look) -> bool:
    return abs(each.size - look.size) <= 0.04 * look.size


def _is_scrap(each: _Set, look: Look) -> bool:
    """Whether a paragraph is a label inside a figure or a part of an equation."""
    words = len(_WORD.findall(each.text))
    if is_caption(each.text) or (_is_table(each.text) and words > 1):
        return False
    if words < 3:
        return True
    return each.size < 0.8 * look.size and len(each.text) < 60 and not _SENTENCE_END.search(each.text)


def _is_prose(group: Sequence[Line]) -> bool:
    return len(_WORD.findall(" ".join(line.text for line in group))) >= 3


def _is_table(text: str) -> bool:
    """Whether most words of a paragraph are numbers."""
    words = text.split()
    return len(words) > 8 and sum(any(c.isdigit() for c in word) for word in words) > 0.5 * len(words)


def _letters(text: str) -> str:
    return "".join(c for c in tidy(text).lower() if c.isalnum())
