"""The lines of a PDF's text layer with their place on the page, without running heads and page numbers.

Lengths are in points (1/72 inch); y grows upwards, as PDF counts it.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_HYPHEN_CUT = (0x02, 0xFFFE)  # what pdfium gives for a hyphen at the end of a line; it then goes on without a break
_BREAKS = (0x0A, 0x0D)
_SPACES = (0x20, 0xA0, 0x09)
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[#ivx]{1,5}(?:\s*(?:of|/)\s*#+)?", re.IGNORECASE)
_EDGE_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: text, page (from 1), left and right edge, baseline, font size, font weight (400 is normal)."""

    text: str
    page: int
    left: float
    right: float
    baseline: float
    size: float
    weight: int


def page_lines(page: pdfium.PdfPage, number: int) -> list[Line]:
    """The horizontal lines of a page in the order in which the file draws them; that order follows columns."""
    textpage = page.get_textpage()
    codes = [int(raw.FPDFText_GetUnicode(textpage, index)) for index in range(textpage.count_chars())]
    lines = [_line(textpage, codes, start, end, number) for start, end in _spans(codes)]
    return list(_on_one_baseline([line for line in lines if line]))


def without_running_heads(pages: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """The lines of all pages but for those that come back at the top or the bottom of page after page."""
    edges = [_edge_lines(lines) for lines in pages]
    counts = Counter(key for page in edges for key in {_pattern(line) for line in page})
    often = max(2, len(pages) // 5)
    for lines, edge in zip(pages, edges, strict=True):
        for line in lines:
            key = _pattern(line)
            repeated = counts[key] >= often or _PAGE_NUMBER.fullmatch(key)
            if not (repeated and line in edge):
                yield line


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.baseline)
    return ordered[:_EDGE_LINES] + ordered[-_EDGE_LINES:]


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).strip()


def _spans(codes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and end of each line; a line that pdfium joined at a hyphen is parted there again, for its indents."""
    start = 0
    for index, code in enumerate(codes):
        if code in _BREAKS:
            yield start, index
            start = index + 1
        elif code in _HYPHEN_CUT:
            yield start, index + 1
            start = index + 1
    yield start, len(codes)


def _line(textpage: Any, codes: Sequence[int], start: int, end: int, page: int) -> Line | None:
    inked = [index for index in range(start, end) if codes[index] not in (*_SPACES, *_BREAKS, *_HYPHEN_CUT)]
    if not inked or _is_rotated(raw.FPDFText_GetCharAngle(textpage, inked[0])):
        return None
    samples = [inked[0], inked[len(inked) // 2], inked[-1]]
    sizes = [_font_size(textpage, index) for index in samples]
    largest = samples[sizes.index(max(sizes))]
    return Line(
        text=_text(codes[start:end]),
        page=page,
        left=_box(textpage, inked[0])[0],
        right=_box(textpage, inked[-1])[2],
        baseline=_baseline(textpage, largest),
        size=round(max(sizes), 1),
        weight=min(int(raw.FPDFText_GetFontWeight(textpage, index)) for index in samples),
    )


def _text(codes: Sequence[int]) -> str:
    characters = "".join("-" if code in _HYPHEN_CUT else chr(code) for code in codes)
    return characters.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()


def _is_rotated(angle: float) -> bool:
    return min(abs(angle), abs(angle - 2 * math.pi)) > 0.2  # radians; -1 stands for "not known"


def _box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    left, bottom, right, top = textpage.get_charbox(index, loose=True)
    return left, bottom, right, top


def _baseline(textpage: Any, index: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    return y.value


def _font_size(textpage: Any, index: int) -> float:
    """Font size as printed: files may set size 1 and scale the text by its matrix."""
    matrix = raw.FS_MATRIX()
    scaled = raw.FPDFText_GetMatrix(textpage, index, matrix)
    scale = math.hypot(matrix.b, matrix.d) if scaled else 1.0
    return float(raw.FPDFText_GetFontSize(textpage, index)) * scale


def _on_one_baseline(lines: Sequence[Line]) -> Iterator[Line]:
    """pdfium breaks a line after a superscript; what stands right behind it at about the same height is one line."""
    held: Line | None = None
    for line in lines:
        if held is not None and _continues(held, line):
            held = _joined(held, line)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _continues(line: Line, following: Line) -> bool:
    size = max(line.size, following.size)
    level = abs(line.baseline - following.baseline) < 0.6 * size
    return level and -0.5 * size < following.left - line.right < size


def _joined(line: Line, following: Line) -> Line:
    larger = max(line, following, key=lambda part: part.size)
    gap = " " if following.left - line.right > 0.15 * larger.size else ""
    return replace(
        larger,
        text=line.text + gap + following.text,
        left=line.left,
        right=following.right,
        weight=min(line.weight, following.weight),
    )
