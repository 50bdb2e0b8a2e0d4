"""What `benchmarks.scale` computes from, measured on labelled papers of three kinds: tokens, seconds, bytes each."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import dspy

from benchmarks.prefix import BLOCK, LEAST, Asked, written
from program.answers import STAGES
from program.cues import cues
from program.passages import CHARACTERS_PER_TOKEN, paper_tokens
from program.pipeline import Pipeline
from program.sentences import split
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.corpus.read import documents
from ptmreuse.digests import content_digest, reader_digest
from ptmreuse.examples import LabelledPaper, stage_examples
from ptmreuse.ledger import DocumentRow, Key, Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.workers import read_paper

KINDS = ("no deep learning", "deep learning", "reuse")


@dataclass(frozen=True)
class Question:
    """A stage's question about papers of a kind: tokens of prompt, of its head (the same in all), and of the answer."""

    prompt: float
    head: float
    answer: float

    @property
    def cached(self) -> float:
        """Tokens that a provider of OpenAI's rule has in its cache: whole blocks, from 1,024 on."""
        blocks = self.head // BLOCK * BLOCK
        return blocks if blocks >= LEAST else 0.0


@dataclass(frozen=True)
class Kind:
    """Means over the labelled papers of a kind; seconds are of one core, bytes of the file and of its ledger rows."""

    papers: int
    whole: float
    read: float
    embedded: float
    file: float
    ledger: float


def questions(papers: Sequence[LabelledPaper], demos: int) -> dict[tuple[str, str], Question]:
    """By stage and kind of paper, what is asked when every answer is right."""
    found: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for stage in STAGES:
        signature = getattr(Pipeline(), stage).predict.signature
        for example in stage_examples(stage, papers):
            prompt = written(Asked(example.paper_id, stage, dict(example.inputs())), demos)
            told = CachingChatAdapter().format_assistant_message_content(signature, dict(example))
            tokens = len(prompt.text) / CHARACTERS_PER_TOKEN, prompt.head / CHARACTERS_PER_TOKEN
            found[stage, kind(example.labelled)].append(Question(*tokens, len(told) / CHARACTERS_PER_TOKEN))
    return {at: _mean_question(each) for at, each in found.items()}


def _mean_question(each: list[Question]) -> Question:
    return Question(mean(q.prompt for q in each), mean(q.head for q in each), mean(q.answer for q in each))


def kind(labelled: LabelledPaper) -> str:
    """Which of the three a paper is."""
    return KINDS[labelled.uses_deep_learning + labelled.reuses_ptm]


def kinds(papers: Sequence[LabelledPaper], folder: Path) -> dict[str, Kind]:
    """The three kinds by name. `folder` is where the papers' files are."""
    found = {name: [labelled for labelled in papers if kind(labelled) == name] for name in KINDS}
    return {name: _kind(each, folder) for name, each in found.items()}


def _kind(papers: list[LabelledPaper], folder: Path) -> Kind:
    files = [folder / labelled.paper.source for labelled in papers]
    sources = list(documents(files))
    quiet: dict[str, Any] = {"adapter": CachingChatAdapter(), "disable_history": True, "trace": None}
    program = Pipeline()

    def answer(labelled: LabelledPaper) -> None:
        with dspy.context(lm=LMChoice().build(), **quiet):
            answer_paper(program, labelled.paper)

    return Kind(
        len(papers),
        mean(paper_tokens(labelled.paper) for labelled in papers),
        _seconds(sources, read_paper),
        _seconds(papers, answer),
        mean(len(source.data) for source in sources if isinstance(source.data, bytes)),
        _ledger_bytes(papers, quiet),
    )


def _seconds(each: Sequence[Any], work: Callable[[Any], Any]) -> float:
    """CPU seconds of the work on one of them, nothing remembered from before; the first round is not counted."""
    for n, one in enumerate((*each[:3], *each)):
        if n == min(3, len(each)):
            began = time.process_time()
        split.cache_clear()
        cues.cache_clear()
        work(one)
    return (time.process_time() - began) / len(each)


def _ledger_bytes(papers: list[LabelledPaper], quiet: dict[str, Any]) -> float:
    """What the rows of a paper take in a ledger, without an empty ledger's own bytes."""
    key = Key("program", "lm")
    with tempfile.TemporaryDirectory() as folder:
        with Ledger(Path(folder) / "empty.sqlite"), Ledger(Path(folder) / "full.sqlite") as full:
            for labelled in papers:
                with dspy.context(lm=LMChoice().build(), **quiet):
                    rows = answer_paper(Pipeline(), labelled.paper)
                document = DocumentRow(labelled.paper.source, content_digest(b""), "read", paper=labelled.paper)
                full.document(document, reader_digest())
                full.record(labelled.paper.text_hash, key, rows)
        empty, written_bytes = ((Path(folder) / f"{name}.sqlite").stat().st_size for name in ("empty", "full"))
    return (written_bytes - empty) / len(papers)
