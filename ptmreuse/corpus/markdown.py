"""The blocks of a Markdown file: headings, paragraphs, list items, tables and code, without their marks."""

import re
from collections.abc import Iterator, Sequence

from program.paper import SectionKind
from ptmreuse.corpus.joining import join_lines, tidy
from ptmreuse.corpus.outline import Block, is_known_heading

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})\s*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"[\s|:+*_=-]*$")
_INLINE = (
    (re.compile(r"<!--.{0,5000}?-->|\[\^[^\]\s]{1,40}\]:?|</?[a-zA-Z][^<>]{0,200}>"), ""),
    (re.compile(r"!?\[([^\[\]]{0,1000})\](?:\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)|\[[^\[\]]{0,200}\])"), r"\1"),
    (re.compile(r"(\*\*|__|~~)(?=\S)(.{1,2000}?\S|\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]{0,1999}[^*_\s])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<!`)(`{1,3})(?!`)([^`]{1,2000})\1(?!`)"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|])"), r"\1"),
)


def markdown_blocks(lines: Sequence[str], start: int) -> tuple[str, list[Block]]:
    """The title ("" where no first heading can be one) and the blocks; places count the lines of the whole file."""
    blocks = list(_blocks(lines, start))
    if blocks and blocks[0].level and not is_known_heading(blocks[0].text):
        outer = all(block.level != blocks[0].level or is_known_heading(block.text) for block in blocks[1:])
        if outer or blocks[0].level == 1:
            return blocks[0].text, blocks[1:]
    return "", blocks


def plain(text: str) -> str:
    """Markdown text without emphasis, links, code marks, comments, tags and escapes."""
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return tidy(text)


def _blocks(lines: Sequence[str], start: int) -> Iterator[Block]:
    held: list[str] = []
    fence = ""
    for number, line in enumerate([*lines[start:], ""], start + 1):
        place = f"line {number - len(held)}"
        mark = _FENCE.match(line)
        if fence or mark:
            if mark and (not fence or mark[1].startswith(fence)):
                yield from _paragraph(held, place, "other" if fence else None)
                held, fence = [], "" if fence else mark[1]
            else:
                held.append(line)
        elif heading := _HEADING.match(line):
            yield from _paragraph(held, place)
            yield Block(plain(heading[2]), f"line {number}", len(heading[1]))
            held = []
        elif len(held) == 1 and (underline := _UNDERLINE.match(line)):
            yield Block(plain(held[0]), place, 1 if underline[1].startswith("=") else 2)
            held = []
        elif not line.strip() or (held and _ITEM.match(line)):
            yield from _paragraph(held, place)
            held = [line] if line.strip() else []
        else:
            held.append(line)
    yield from _paragraph(held, f"line {len(lines) - len(held) + 1}")


def _paragraph(held: Sequence[str], place: str, kind: SectionKind | None = None) -> Iterator[Block]:
    if held and all("|" in line for line in held) and len(held) > 1:
        yield Block(_table(held), place, kind="table")
    elif held:
        text = plain(join_lines([_ITEM.sub("", held[0], count=1), *(line.lstrip("> ") for line in held[1:])]))
        yield Block(text.lstrip("> ") if kind is None else text, place, kind=kind)


def _table(rows: Sequence[str]) -> str:
    cells = ([plain(cell) for cell in row.strip().strip("|").split("|")] for row in rows if not _RULE.match(row))
    return "\n".join(" | ".join(row) for row in cells)
