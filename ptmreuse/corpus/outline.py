"""From headings and paragraphs in reading order to the body of a `Paper`; text, Markdown and PDF share it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from program.paper import Paragraph, SectionKind
from ptmreuse.corpus.sections import section_kind
from ptmreuse.errors import EmptyPaper

LEAST_BODY = 200  # characters; less is a title page or a stub
GUESSED = 9  # level of a heading that only looks like one: below every heading whose level is known

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\)?\s+(?=[^\W\d_])")
_LETTERED = re.compile(r"(?:appendix|annex|supplement)\w*\b|(?-i:[A-Z](?:\.\d{1,2})*\.?\s+(?=[A-Z]))", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?:\d+\.?\s+)?(?:references?(?: and notes| cited)?|bibliography|(?:literature|works) cited|literature)\s*:?",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:(?:extended data|supplementary|supplemental)\s+)?(?:fig(?:ure)?s?\.?|table|tab\.|scheme|chart|plate|video|box)"
    r"\s*(?-i:[A-Z]{0,2}\.?\d+(?:\.\d+)*[a-zA-Z]?|[IVX]+)"
    r"(?:\s*[—–-]\s*(?:figure|table|video|source)\s+\w+(?:\s+\d+)?)?(?:\s*[.:|]|(?-i:\s+[A-Z][^\W\d_]))",
    re.IGNORECASE,
)
_RUN_IN = re.compile(
    r"(?:(abstract|summary)\s*[:.—–-]+"
    r"|(acknowledge?ments?|funding|author contributions|competing interests|conflicts? of interest|keywords"
    r"|(?:data|code) availability(?: statement)?)(?:\s*[:.—–-]+|(?=\s+(?-i:[A-Z]))))\s*(?=\S)",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\[?\d{1,3}(?:\]|\.|\))?\s+[^\W\d_]")
_ENTRY_YEAR = re.compile(r"[ ,;(.](?:19|20)\d\d[a-z]?[).;,:]")
_DOI = re.compile(r"(?:doi\s*:?\s*|doi\.org/)(10\.\d{4,9}/[^\s\"<>{}]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`level` 0) or a heading (`level` 1 is the outermost) with its place in the file."""

    text: str
    place: str
    level: int = 0
    kind: SectionKind | None = None


def numbered_level(line: str) -> int:
    """The depth of a numbered heading: 2 for "2.1 Data"; 0 for a line without such a number."""
    number = _NUMBERED.match(line)
    return number[1].count(".") + 1 if number else 0


def is_known_heading(line: str) -> bool:
    """Whether a line by itself is a usual section title: at most eight words, no full stop."""
    if len(line) > 80 or len(line.split()) > 8 or line.endswith((".", ",", ";")):
        return False
    return section_kind(line) is not None or _REFERENCES.fullmatch(line) is not None


def is_caption(text: str) -> bool:
    """Whether a paragraph opens as a caption: "Figure 2:", "Fig. 1 |", "Table 3. "."""
    return _CAPTION.match(text) is not None


def find_doi(lines: Iterable[str]) -> str:
    """The first DOI that is marked as one, in lower case; "" where there is none."""
    found = next((match[1] for line in lines if (match := _DOI.search(line))), "")
    return found.rstrip(".,;:)]'’”").lower()


def body(blocks: Iterable[Block], source: str) -> tuple[Paragraph, ...]:
    """The paragraphs with section path and kind, without reference lists. Raises EmptyPaper."""
    paragraphs = tuple(_without_entries(_paragraphs(blocks)))
    found = sum(len(paragraph.text) for paragraph in paragraphs)
    if found < LEAST_BODY:
        raise EmptyPaper(f"{source}: {found} characters of body text, at least {LEAST_BODY} needed; give the full text")
    return paragraphs


def _paragraphs(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    path: list[tuple[int, str]] = []
    references = 0  # level of the reference list that is being skipped
    for block in blocks:
        if block.level:
            references = _references_after(block, references)
            path = _descend(path, block)
        elif not references and block.text:
            yield _paragraph(block, [title for _, title in path if title])


def _references_after(heading: Block, references: int) -> int:
    if _REFERENCES.fullmatch(heading.text):
        return heading.level
    if not references or section_kind(heading.text) or _LETTERED.match(heading.text):
        return 0
    # entries look like numbered or guessed headings, so only an outer or equal one without number ends the list
    return 0 if heading.level <= references and not numbered_level(heading.text) else references


def _descend(path: list[tuple[int, str]], heading: Block) -> list[tuple[int, str]]:
    kept = [(level, title) for level, title in path if level < heading.level]
    if kept and heading.level == GUESSED and section_kind(kept[0][1]) == "abstract":
        kept = []  # nothing marks the end of an abstract; a heading that is not a usual one starts the body
    return [*kept, (heading.level, heading.text)]


def _paragraph(block: Block, titles: list[str]) -> Paragraph:
    run_in = _RUN_IN.match(block.text)
    if run_in and block.kind is None:
        own = run_in[1] or run_in[2]
        path = [own] if run_in[1] else [*titles, own]
        return Paragraph(block.text[run_in.end() :], section_kind(own) or "other", " > ".join(path), block.place)
    kind = block.kind or ("caption" if is_caption(block.text) else _kind(titles))
    return Paragraph(block.text, kind, " > ".join(titles), block.place)


def _kind(titles: list[str]) -> SectionKind:
    """The innermost title that tells, but for an abstract or an appendix, whose parts belong to it."""
    kinds = [kind for kind in map(section_kind, titles) if kind]
    if kinds and kinds[0] in ("abstract", "appendix"):
        return kinds[0]
    return kinds[-1] if kinds else "other"


def _without_entries(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Without runs of three or more numbered references: some journals print no title above the list."""
    run: list[Paragraph] = []
    for paragraph in paragraphs:
        if len(paragraph.text) < 800 and _ENTRY.match(paragraph.text) and _ENTRY_YEAR.search(paragraph.text):
            run.append(paragraph)
            continue
        yield from run if len(run) < 3 else ()
        run = []
        yield paragraph
    yield from run if len(run) < 3 else ()
