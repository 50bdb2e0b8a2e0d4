"""What the papers' own files tell once more: the embedded LM's chance of yes, and of which papers the text is near."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path

from program import reuses_ptm, uses_deep_learning
from program.paper import Paper
from program.passages import Passages, Survey
from ptmreuse.corpus.read import documents, read
from ptmreuse.embedded.engine import chance
from ptmreuse.embedded.prompt import Prompt
from ptmreuse.errors import UnreadablePaper
from ptmreuse.reporting.record import Told

RUN = 8  # words, as in trainsets
SKETCH = 200  # runs that stand for a text
NEAR = 0.1  # share of the runs from which two texts are near-duplicates, as in trainsets

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reread:
    """`chance` is the embedded LM's of yes, 0 to 1, in the yes/no stage in which it is nearer to one half.

    `sketch` has the smallest digests of the runs of words in the passages that the stages see.
    """

    chance: float
    sketch: frozenset[int]


def reread(papers: Iterable[Told]) -> Iterator[tuple[str, Reread]]:
    """Each paper that lies where the run found it, with the same text, by its source; without demos."""
    wanted = {told.source: told for told in papers}
    roots = dict.fromkeys(Path(source.split("!")[0]) for source in wanted)
    for document in documents([path for path in roots if path.is_file()]):
        told = wanted.get(document.source)
        try:
            paper = read(document) if told else None
        except UnreadablePaper:
            continue
        if told and paper and paper.text_hash == told.text_hash:
            yield told.source, _reread(paper)


def _reread(paper: Paper) -> Reread:
    passages = Survey(paper).passages()
    return Reread(nearest_chance(paper, passages), sketch(passages.text))


def nearest_chance(paper: Paper, passages: Passages) -> float:
    """The embedded LM's chance of yes, 0 to 1, in the yes/no stage in which it is nearer to one half."""
    first = chance(Prompt(uses_deep_learning.STAGE, (), uses_deep_learning.inputs(paper, passages), False))
    second = chance(Prompt(reuses_ptm.STAGE, (), reuses_ptm.inputs(paper, passages), False)) if first >= 0.5 else first
    return min(first, second, key=lambda each: abs(each - 0.5))


def sketch(text: str) -> frozenset[int]:
    """The `SKETCH` smallest digests of the runs of words in a text (Broder 1997, Compression and Complexity)."""
    words = _WORDS.findall(text.lower())
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return frozenset(nsmallest(SKETCH, (_number(run) for run in runs)))


def shared(one: frozenset[int], other: frozenset[int]) -> float:
    """The share, 0 to 1, of the runs of two texts that both have, from their sketches."""
    smallest = nsmallest(SKETCH, one | other)
    return sum(number in one and number in other for number in smallest) / len(smallest) if smallest else 0.0


def _number(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest())
