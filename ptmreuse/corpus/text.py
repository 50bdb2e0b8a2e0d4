"""Plain text and Markdown: `read_text`. A place is "line 12", counted from 1."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from program.paper import Paper
from ptmreuse.corpus.decode import decode
from ptmreuse.corpus.joining import join_lines, tidy, vocabulary
from ptmreuse.corpus.markdown import markdown_blocks
from ptmreuse.corpus.outline import GUESSED, Block, body, find_doi, is_caption, is_known_heading, numbered_level

_NEWLINE = re.compile(r"\r\n|\r|\n")
_FIELD = re.compile(r"\s*([A-Za-z_-]+)\s*:\s*(.*?)\s*$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TITLE = re.compile(r"title\s*:?", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+\S")
_WRAPPED = 130  # characters; a file whose lines are shorter has its paragraphs broken into lines
_LONGEST_HEADING = 150


@dataclass(frozen=True, slots=True)
class _Unit:
    """What may be a heading or a paragraph: its text, its first line, and the blank lines above it."""

    text: str
    line: int
    blanks: int

    @property
    def place(self) -> str:
        return f"line {self.line}"

    @property
    def is_short(self) -> bool:
        ends = self.text.endswith((".", ",", ";", ":"))
        return len(self.text) <= _LONGEST_HEADING and not ends and not is_caption(self.text)


def read_text(data: bytes, source: str) -> Paper:
    """A paper from plain text or Markdown. Raises NotAPaper, MalformedPaper or EmptyPaper."""
    lines = _NEWLINE.split(decode(data, source))
    fields, start = _front_matter(lines)
    if _is_markdown(lines[start:], source):
        title, blocks = markdown_blocks(lines, start)
    else:
        title, blocks = _plain_blocks(_units(lines, start))
    return Paper(
        source=source,
        title=fields.get("title") or title,
        paragraphs=body(blocks, source),
        doi=find_doi([f"doi:{fields.get('doi', '')}", *_head(lines)]),
        pmcid=fields.get("pmcid", ""),
        journal=fields.get("journal", ""),
        year=_year(fields),
        license=fields.get("license", ""),
    )


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The fields between two `---` lines at the very top, and the index of the first line after them."""
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    end = next((n for n, line in enumerate(lines[1:60], 1) if line.rstrip() in ("---", "...")), 0)
    found = filter(None, map(_FIELD.match, lines[1:end]))
    return {field[1].lower(): tidy(field[2].strip("\"'")) for field in found}, end + 1 if end else 0


def _year(fields: dict[str, str]) -> int | None:
    found = _YEAR.search(fields.get("year") or fields.get("date", ""))
    return int(found[0]) if found else None


def _head(lines: Sequence[str]) -> list[str]:
    """The lines in which a file may say its own DOI; long ones are prose, which cites the DOIs of others."""
    return [line for line in lines[:40] if len(line) < 300]


def _is_markdown(lines: Sequence[str], source: str) -> bool:
    if PurePath(source).suffix.lower() in (".md", ".markdown"):
        return True
    return sum(bool(re.match(r"#{1,6} \S", line)) for line in lines) >= 2


def _units(lines: Sequence[str], start: int) -> list[_Unit]:
    filled = [line for line in lines[start:] if line.strip()]
    in_short = sum(len(line) for line in filled if len(line) <= _WRAPPED)
    if in_short >= 0.8 * sum(map(len, filled)):
        return list(_wrapped_units(lines, start))
    return list(_line_units(lines, start))


def _line_units(lines: Sequence[str], start: int) -> Iterator[_Unit]:
    blanks = 0
    for number, line in enumerate(lines[start:], start + 1):
        if text := tidy(line):
            yield _Unit(text, number, blanks)
            blanks = 0
        else:
            blanks += 1


def _wrapped_units(lines: Sequence[str], start: int) -> Iterator[_Unit]:
    """Blank lines, list items and headings part the paragraphs of a file with hard-wrapped lines."""
    words = vocabulary(lines)
    held: list[str] = []
    first = blanks = gap = 0
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if held and (not line.strip() or _ITEM.match(line) or (len(held) == 1 and _stands_alone(held[0]))):
            yield _Unit(join_lines(held, words), first, gap)
            held = []
        if not line.strip():
            blanks += 1
            continue
        if not held:
            first, gap, blanks = number, blanks, 0
        held.append(line)


def _stands_alone(line: str) -> bool:
    """Whether a line directly above a paragraph is its heading although the file wraps its lines."""
    text = tidy(line)
    return is_known_heading(text) or (numbered_level(text) > 0 and len(text) < 60 and not text.endswith("."))


def _plain_blocks(units: Sequence[_Unit]) -> tuple[str, list[Block]]:
    title, rest = _title(units)
    capitals = sum(unit.text.isupper() and is_known_heading(unit.text) for unit in rest) >= 2
    blocks: list[Block] = []
    depth = 0
    for index, unit in enumerate(rest):
        level = _level(rest, index, depth, capitals)
        depth = level if 0 < level < GUESSED else depth
        blocks.append(Block(unit.text, unit.place, level))
    return title, blocks


def _title(units: Sequence[_Unit]) -> tuple[str, Sequence[_Unit]]:
    if len(units) > 1 and _TITLE.fullmatch(units[0].text):
        return units[1].text, units[2:]
    if not units or is_known_heading(units[0].text) or len(units[0].text) > 300 or units[0].text.endswith("."):
        return "", units
    return _TITLE.sub("", units[0].text, count=1).strip() if ":" in units[0].text[:7] else units[0].text, units[1:]


def _level(units: Sequence[_Unit], index: int, depth: int, capitals: bool) -> int:
    """The heading level of a unit, 0 for a paragraph; `depth` is the level above it.

    A blank line after a section closes it, so each one above a heading closes one section; none leaves all open.
    """
    unit = units[index]
    if not unit.is_short:
        return 0
    if is_known_heading(unit.text) and (unit.text.isupper() or not capitals):
        return numbered_level(unit.text) or 1
    if not _is_above_text(units, index):
        return 0
    if numbered := numbered_level(unit.text):
        return numbered
    return max(2, depth + 1 - unit.blanks) if capitals else GUESSED


def _is_above_text(units: Sequence[_Unit], index: int) -> bool:
    """Whether a short unit stands above a paragraph and not in a list of short ones."""
    unit, following = units[index], units[index + 1 : index + 4]
    if not following or not (unit.text[0].isupper() or unit.text[0].isdigit()):
        return False
    if following[0].blanks:
        return len(following[0].text) > max(len(unit.text), 120)
    return not all(after.is_short and not after.blanks for after in following) or len(following) < 3
