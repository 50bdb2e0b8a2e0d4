"""How much of the prompts can a provider take from its cache of prefixes? Prints tokens and shares.

    python -m benchmarks.prefix [--labels FILE] [--papers FOLDER] [--demos N] [--calls]

Asked is what a run asks when every answer is right, of labelled papers. A provider keeps prompts in blocks of 128
tokens and counts as cached the longest run of blocks, from the first on, that some earlier prompt had (OpenAI's rule,
which counts nothing below 1,024 tokens; vLLM has no such bound). Tokens are characters / 4. With --calls the same goes
through the program and a server on loopback that reports what it has cached: the figures are those that a ledger gets.
"""

import argparse
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from program.answers import STAGES
from program.passages import CHARACTERS_PER_TOKEN
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.embedded.fit import GOLD, TRAINSET
from ptmreuse.examples import LabelledPaper, as_demo, can_be_demo, development_set, stage_examples, trainset

DEMOS = 8  # per stage
BLOCK, LEAST = 128, 1024  # tokens
SMALL = 30_000  # tokens of a cache that a busy server may leave to us
ORDERS = ("per paper", "by stage")


@dataclass(frozen=True)
class Asked:
    """One question: of which paper and stage, and its input fields."""

    paper: str
    stage: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A prompt as text, in the order in which an LM reads it; `head` is how much of it comes before the paper."""

    stage: str
    text: str
    head: int

    @property
    def tokens(self) -> int:
        """Its tokens."""
        return len(self.text) // CHARACTERS_PER_TOKEN

    def paper_first(self) -> "Written":
        """The same words with the paper before instructions and demos."""
        return Written(self.stage, self.text[self.head :] + self.text[: self.head], 0)


class PrefixCache:
    """A provider's cache: blocks of tokens by all that stands before them; the least used go when `size` is reached."""

    def __init__(self, least: int = 0, size: int | None = None) -> None:
        self._least, self._most = least, size // BLOCK if size else None
        self._blocks: OrderedDict[int, None] = OrderedDict()

    def take(self, text: str) -> int:
        """The cached tokens of a prompt, which is kept from now on."""
        step = BLOCK * CHARACTERS_PER_TOKEN
        keys = [hash(text[:end]) for end in range(step, len(text) + 1, step)]
        known = next((at for at, key in enumerate(keys) if key not in self._blocks), len(keys)) * BLOCK
        for key in reversed(keys):  # so that a prefix outlives what comes after it
            self._blocks[key] = None
            self._blocks.move_to_end(key)
        while self._most is not None and len(self._blocks) > self._most:
            self._blocks.popitem(last=False)
        return known if known >= self._least else 0


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl", help="labels, one JSON object per paper")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers", help="folder of the labelled papers")
    parser.add_argument("--demos", type=int, default=DEMOS, help="demos per stage, beside none")
    parser.add_argument("--calls", action="store_true", help="also through a server on loopback")
    given = parser.parse_args()
    papers = labelled_papers(given.labels, given.papers)
    asked = questions(papers)
    for demos in (0, given.demos):
        prompts = [written(question, demos) for question in asked]
        print(f"{len(papers)} papers, {len(asked)} calls, {demos} demos per stage")
        stages(prompts)
        layouts(prompts, asked)
        if given.calls:
            from benchmarks.prefix_calls import called

            for order in ORDERS:
                print(f"  on loopback, {order:<10} {called([each.paper for each in papers], demos, order)}")


def labelled_papers(labels: Path = GOLD / "dev.jsonl", papers: Path = GOLD / "papers") -> list[LabelledPaper]:
    """Real papers where they are, else the validation split of the trainset, which is synthetic."""
    real = labels.is_file() and papers.is_dir()
    return development_set(labels, papers) if real else trainset(TRAINSET, "val")


def questions(papers: Sequence[LabelledPaper]) -> list[Asked]:
    """What is asked, paper by paper."""
    found = [
        Asked(example.paper_id, stage, dict(example.inputs()))
        for stage in STAGES
        for example in stage_examples(stage, papers)
    ]
    places = {each.paper.source: at for at, each in enumerate(papers)}
    return sorted(found, key=lambda question: places[question.paper])


@cache
def demos_of(stage: str, number: int) -> list[dict[str, Any]]:
    """The first demos of a stage that the training split has."""
    fit = [as_demo(example) for example in stage_examples(stage, trainset(TRAINSET)) if can_be_demo(example)]
    return [{k: v for k, v in demo.items() if k != "paper_id"} for demo in fit[:number]]


_ADAPTER = CachingChatAdapter()


def written(question: Asked, demos: int) -> Written:
    """A question's prompt."""
    signature = getattr(Pipeline(), question.stage).predict.signature
    messages = _ADAPTER.format(signature, demos_of(question.stage, demos), question.inputs)
    *before, last = (f"{message['role']}\n{message['content']}\n" for message in messages)
    head = "".join(before)
    return Written(question.stage, head + last, len(head))


def stages(prompts: list[Written]) -> None:
    """Print for each stage the tokens of a prompt and how many of them are the same in all papers."""
    print("  stage                calls   tokens  of them before the paper  the same in all papers")
    for stage in STAGES:
        of_stage = [prompt for prompt in prompts if prompt.stage == stage]
        tokens = sum(prompt.tokens for prompt in of_stage) / len(of_stage)
        head = of_stage[0].head // CHARACTERS_PER_TOKEN
        same = len(_common([prompt.text for prompt in of_stage])) // CHARACTERS_PER_TOKEN
        print(f"  {stage:<20} {len(of_stage):>5} {tokens:>8.0f} {head:>25} {same:>9} = {same / tokens:.2f}")


def _common(texts: list[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    return first[: next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def layouts(prompts: list[Written], asked: list[Asked]) -> None:
    """Print the cached share for each layout and order of calls."""
    print("  cached share of all prompt tokens    blocks of 128   from 1,024 on   cache of 30,000 tokens")
    turned = [prompt.paper_first() for prompt in prompts]
    for layout, each in (("instructions and demos first", prompts), ("paper first", turned)):
        for order in ORDERS:
            ordered = each if order == ORDERS[0] else by_stage(each, asked)
            caches = (PrefixCache(), PrefixCache(LEAST), PrefixCache(size=SMALL))
            shares = [cached_share(ordered, kept) for kept in caches]
            print(f"  {layout + ', ' + order:<40} {shares[0]:>9.3f} {shares[1]:>15.3f} {shares[2]:>18.3f}")


def by_stage(prompts: Iterable[Written], asked: Iterable[Asked]) -> list[Written]:
    """All papers of a stage after each other."""
    pairs = sorted(zip(asked, prompts, strict=True), key=lambda pair: STAGES.index(pair[0].stage))
    return [prompt for _, prompt in pairs]


def cached_share(prompts: Sequence[Written], kept: PrefixCache) -> float:
    """The share of the tokens of all prompts, in this order, that comes from the cache."""
    return sum(kept.take(prompt.text) for prompt in prompts) / sum(prompt.tokens for prompt in prompts)


if __name__ == "__main__":
    main()
