"""PDF with a text layer: `read_pdf`. A place is "page 3", counted from 1 in the file."""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pypdfium2 as pdfium

from program.paper import Paper
from ptmreuse.corpus.joining import tidy, vocabulary
from ptmreuse.corpus.outline import LEAST_BODY, body, find_doi
from ptmreuse.corpus.pdf_blocks import Look, heading_and_paragraph_blocks, printed_title
from ptmreuse.corpus.pdf_lines import Line, page_lines, without_running_heads
from ptmreuse.errors import EmptyPaper, MalformedPaper, OversizedPaper

MOST_PAGES = 1000
MOST_CHARACTERS = 5_000_000
_TAIL = 16 * 1024  # bytes; some writers leave rubbish behind the end mark
_NOT_A_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|tex|pdf|indd|dvi|qxd)\b|^doi:|^\S*$", re.IGNORECASE)

# pdfium keeps global state and is not thread-safe; a server may read two papers at once
_ONE_AT_A_TIME = threading.Lock()


def read_pdf(data: bytes, source: str) -> Paper:
    """A paper from a PDF's text layer. Raises MalformedPaper, OversizedPaper or EmptyPaper."""
    if b"%PDF-" not in data[:1024]:
        raise MalformedPaper(f"{source}: no %PDF mark in the first 1024 bytes; give a PDF file")
    if b"%%EOF" not in data[-_TAIL:]:
        raise MalformedPaper(f"{source}: the end mark %%EOF is missing, so the PDF is truncated; fetch it again")
    with _ONE_AT_A_TIME:
        pages, metadata = _pages(data, source)
    lines = list(without_running_heads(pages))
    if sum(len(line.text) for line in lines) < LEAST_BODY:
        raise EmptyPaper(f"{source}: {len(pages)} pages without a text layer; run OCR on it (ocrmypdf) and read again")
    return _paper(lines, metadata, source)


def _pages(data: bytes, source: str) -> tuple[list[list[Line]], dict[str, str]]:
    try:
        with pdfium.PdfDocument(data) as document:
            return _read_pages(document, source), document.get_metadata_dict()
    except pdfium.PdfiumError as error:
        raise MalformedPaper(f"{source}: {error}; give a complete PDF without a password") from error


def _read_pages(document: pdfium.PdfDocument, source: str) -> list[list[Line]]:
    if len(document) > MOST_PAGES:
        raise OversizedPaper(f"{source}: {len(document)} pages, at most {MOST_PAGES}; split it into its papers")
    pages: list[list[Line]] = []
    characters = 0
    for index in range(len(document)):
        pages.append(page_lines(document[index], index + 1))
        characters += sum(len(line.text) for line in pages[-1])
        if characters > MOST_CHARACTERS:
            raise OversizedPaper(f"{source}: over {MOST_CHARACTERS} characters at page {index + 1}; split it")
    return pages


def _paper(lines: Sequence[Line], metadata: dict[str, str], source: str) -> Paper:
    look = _look(lines)
    title = _metadata_title(metadata) or printed_title(lines, look)
    blocks = heading_and_paragraph_blocks(lines, look, title, vocabulary(line.text for line in lines))
    first_page = [line.text for line in lines if line.page == 1]
    doi = find_doi([metadata.get("Subject", "")[:200], *first_page])
    return Paper(source=source, title=title, paragraphs=body(blocks, source), doi=doi)


def _metadata_title(metadata: dict[str, str]) -> str:
    title = tidy(metadata.get("Title", ""))
    return "" if _NOT_A_TITLE.search(title) or len(title.split()) < 3 else title


def _look(lines: Sequence[Line]) -> Look:
    """The font size, the weight and the line distance in which most characters of the document are set."""
    sizes: Counter[float] = Counter()
    weights: Counter[int] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
        weights[line.weight] += len(line.text)
    size = sizes.most_common(1)[0][0]
    steps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        step = round(above.baseline - below.baseline, 1)
        if above.size == below.size == size and 0.8 * size < step < 3 * size:
            steps[step] += 1
    return Look(size, weights.most_common(1)[0][0], steps.most_common(1)[0][0] if steps else 1.2 * size)
