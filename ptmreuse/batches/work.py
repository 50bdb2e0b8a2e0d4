"""What is to be done in batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ptmreuse.corpus.read import Document
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Key
from ptmreuse.workers import Surveyed


@dataclass(frozen=True)
class Work:
    """The stages to ask about documents, which `documents` gives anew for each wave and `survey` reads."""

    ledger: Path
    key: Key
    stages: tuple[str, ...]
    documents: Callable[[], Iterator[Document]]
    survey: Callable[[Document], Surveyed | UnreadablePaper]
