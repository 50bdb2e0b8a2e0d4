"""What a run will take, told before its first call: calls, tokens, US dollars, from a sample of the papers.

The embedded LM answers about the sample in the place of the LMs, so that the questions are those that will be asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import dspy

from program.answers import STAGES
from program.paper import Paper
from program.pipeline import Failure, Pipeline, Question, ask, needs, unanswered
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.corpus.read import Document
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.meter import CHARACTERS_PER_TOKEN, Price, price_of
from ptmreuse.workers import read_paper

SAMPLE = 20  # readable papers
_TRIED = 40  # documents, some of which may be unreadable
_ANSWER = (50, 150, 400)  # tokens of an answer: few, expected, many


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of each figure a low, an expected and a high one; `usd` is None where a price is not known."""

    papers: int
    calls: tuple[int, int, int]
    tokens: tuple[int, int, int]
    usd: tuple[float, float, float] | None

    def __str__(self) -> str:
        calls, tokens = (f"about {each[1]:,} ({each[0]:,} to {each[2]:,})" for each in (self.calls, self.tokens))
        usd = f"about ${self.usd[1]:,.2f} (${self.usd[0]:,.2f} to ${self.usd[2]:,.2f})" if self.usd else "not known"
        return f"{self.papers:,} papers to ask about · calls {calls} · tokens {tokens} · price {usd}"


def forecast(
    program: Pipeline,
    documents: Iterable[Document],
    left: int,
    choices: Mapping[str, LMChoice],
    stages: Collection[str],
) -> Forecast | None:
    """What `left` papers take when they are like the first ones; None when none of these can be read.

    Low: every paper is a no at stage 1. Expected: as the embedded LM answers. High: every stage is asked.
    """
    read = (read_paper(document) for document in islice(documents, _TRIED))
    sample = [*islice((_sizes(program, paper, stages) for paper in read if isinstance(paper, Paper)), SAMPLE)]
    if not sample:
        return None
    asked = [stage for stage in STAGES if stage in needs(stages)]
    ways = (
        [{asked[0]: sizes[asked[0]]} for sizes in sample],
        sample,
        [{stage: sizes.get(stage, sizes[asked[0]]) for stage in asked} for sizes in sample],
    )
    each = left / len(sample)
    prices = {stage: price_of(choice) for stage, choice in choices.items()}
    calls, tokens, usd = zip(*(_sum(way, n, prices, each) for way, n in zip(ways, _ANSWER, strict=True)), strict=True)
    return Forecast(left, calls, tokens, None if None in usd else usd)


def _sum(
    way: Iterable[Mapping[str, int]], answer: int, prices: Mapping[str, Price | None], each: float
) -> tuple[int, int, float | None]:
    """Calls, tokens and US dollars."""
    found = [(stage, size) for sizes in way for stage, size in sizes.items()]
    usd = [price.usd(size, answer) if (price := prices[stage]) else None for stage, size in found]
    known = [one for one in usd if one is not None]
    tokens = sum(size + answer for _, size in found)
    return round(len(found) * each), round(tokens * each), sum(known) * each if len(known) == len(usd) else None


def _sizes(program: Pipeline, paper: Paper, stages: Collection[str]) -> dict[str, int]:
    """The tokens of each stage's prompt that a paper leads to."""
    return {question.stage: _size(program, question) for question in _questions(paper, stages)}


def _questions(paper: Paper, stages: Collection[str]) -> Iterator[Question]:
    stand_in = Pipeline()
    asking = ask(paper, stages)
    with dspy.context(lm=LMChoice().build(), adapter=CachingChatAdapter(), disable_history=True, trace=None):
        try:
            question = next(asking)
            while True:
                yield question
                question = asking.send(_reply(stand_in, question))
        except StopIteration:
            return


def _reply(program: Pipeline, question: Question) -> Any:
    try:
        return program.reply(question)
    except Exception:  # noqa: BLE001 - a forecast may be wrong about a paper, and must not end a run
        return Failure("program_fault")


def _size(program: Pipeline, question: Question) -> int:
    predict = getattr(program, question.stage).predict
    messages = CachingChatAdapter().format(predict.signature, predict.demos, question.inputs)
    return sum(len(str(message["content"])) for message in messages) // CHARACTERS_PER_TOKEN


def finished(ledger: Ledger, key: Key, stages: Collection[str]) -> int:
    """How many documents need nothing more."""
    answers = ledger.all_answers(key)
    rows = ledger.all_documents()
    return sum(row["status"] != "read" or not unanswered(answers.get(row["text_hash"], {}), stages) for row in rows)
