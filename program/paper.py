"""A paper as the program sees it: its identifiers and its paragraphs, each with its place.

Readers in `ptmreuse/corpus` make a `Paper` from a file; everything in `program` works on it and never on a file.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

SectionKind = Literal[
    "abstract",
    "introduction",
    "methods",
    "results",
    "discussion",
    "caption",
    "table",
    "appendix",
    "acknowledgement",
    "other",
]

_CITED_YEAR = re.compile(r"(?:, | \()((?:19|20)\d\d)[a-z]?[);,]")


class Paragraph(NamedTuple):
    """One paragraph, caption or table of the body.

    `section` is the path of section titles from the outermost, joined by " > " ("" above the first title).
    `place` finds it again in the file: an XPath in XML, "line 12" in text, "page 3" in a PDF.
    """

    text: str
    kind: SectionKind
    section: str
    place: str


@dataclass(frozen=True)
class Paper:
    """One paper: where it came from, its metadata ("" or None where the file does not say), its body in reading order.

    Reference lists are not part of the body; citations stand in the text as short marks.
    """

    source: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    doi: str = ""
    pmcid: str = ""
    journal: str = ""
    year: int | None = None
    article_type: str = ""
    subjects: tuple[str, ...] = ()
    license: str = ""

    @cached_property
    def text_hash(self) -> str:
        """32 hexadecimal digits that are the same for the same title and body, whatever the file was called."""
        digest = hashlib.blake2b(self.title.encode(), digest_size=16)
        for paragraph in self.paragraphs:
            digest.update(b"\n")
            digest.update(paragraph.text.encode())
        return digest.hexdigest()

    @cached_property
    def latest_cited_year(self) -> int | None:
        """The latest year in an author-year citation: the paper can't be older. None when there is none."""
        years = [int(year) for p in self.paragraphs for year in _CITED_YEAR.findall(p.text)]
        return max(years, default=None)
