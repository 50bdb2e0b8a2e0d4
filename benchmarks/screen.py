"""What a screen before a paid LM keeps and saves: `python -m benchmarks.screen [--labels FILE] [--papers FOLDER]`.

Chances are those of the embedded LM, "out of sample" ones by a prior that never saw the paper: the shipped prior on the
validation split, and priors fitted in folds (as in `benchmarks.embedded`) on the labelled real papers. Thresholds are
chosen as `ptmreuse run --screen embedded` does. Calls: a paper that reaches the LM takes as many as it has questions by
the embedded LM's own answers; one that is screened out would have taken one. Tokens are those of the questions, at 4
characters each. The simulation draws label sets from the smoothed chances of the labelled papers and asks how often the
threshold's true recall is what was promised.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dspy
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from scipy.stats import norm

from program.paper import Paper
from program.pipeline import Pipeline, ask
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.corpus.read import documents, read
from ptmreuse.embedded.fit import GOLD, TRAINSET, fit
from ptmreuse.embedded.learner import Array
from ptmreuse.embedded.prior import replaced
from ptmreuse.errors import UnreadablePaper
from ptmreuse.labelled import LabelledPaper, development_set, trainset
from ptmreuse.lm import LMChoice
from ptmreuse.screen import Look, look
from ptmreuse.screening import Promise, Threshold, highest, most

RECALLS = (0.90, 0.95, 0.99)
WIDTH = 0.5  # of the smoothing, in log odds
DRAWS = 20_000


@dataclass(frozen=True)
class Labelled:
    """Chances of labelled papers with deep learning and of those without."""

    name: str
    yes: list[float]
    no: list[float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl", help="labels, one JSON object per paper")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers", help="folder of the labelled papers")
    parser.add_argument("--unlabelled", type=Path, default=GOLD.parent / "papers", help="a folder of any papers")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--confidence", type=float, default=0.95)
    given = parser.parse_args()
    val = labelled("validation split, synthetic", trainset(TRAINSET, "val"))
    sets = [val]
    if given.labels.is_file() and given.papers.is_dir():
        real = development_set(given.labels, given.papers)
        held = crossed(real, given.folds)
        both = Labelled("both, out of sample", val.yes + held.yes, val.no + held.no)
        sets += [labelled("real, IN SAMPLE", real), held, both]
    else:
        print(f"no labelled papers at {given.labels}: real ones are not measured; give --labels and --papers")
    corpus = unlabelled(given.unlabelled) if given.unlabelled.is_dir() else []
    promised(sets, corpus, given.confidence)
    simulated(sets[-1], given.confidence)


def labelled(name: str, papers: Sequence[LabelledPaper]) -> Labelled:
    """The chances of labelled papers by the prior that is in place."""
    chances = [(look(each.paper).chance, each.uses_deep_learning) for each in papers]
    return Labelled(name, [c for c, yes in chances if yes], [c for c, yes in chances if not yes])


def crossed(papers: list[LabelledPaper], folds: int, seed: int = 0) -> Labelled:
    """The same by priors that were fitted on the other folds and the train split."""
    rows, found = trainset(TRAINSET), Labelled("real, out of sample", [], [])
    order = random.Random(seed).sample(papers, len(papers))  # noqa: S311 - which paper is in which fold
    for fold in range(folds):
        held = order[fold::folds]
        with replaced(fit([*rows, *(each for each in order if each not in held)])):
            part = labelled("", held)
        found.yes.extend(part.yes)
        found.no.extend(part.no)
    return found


@dataclass(frozen=True)
class Asked:
    """A paper's chance and question, and how many calls it takes when it reaches the LM."""

    look: Look
    calls: int


def unlabelled(folder: Path) -> list[Asked]:
    """Every paper of a folder, with the calls that the embedded LM's own answers lead to."""
    found = []
    for document in documents([folder]):
        try:
            paper = read(document)
        except UnreadablePaper:
            continue
        found.append(Asked(look(paper), calls(paper)))
    return found


def calls(paper: Paper) -> int:
    """How many questions the embedded LM is asked about a paper."""
    pipeline, asking, number = Pipeline(), ask(paper), 0
    quiet: dict[str, Any] = {"adapter": CachingChatAdapter(), "disable_history": True, "trace": None}
    with dspy.context(lm=LMChoice().build(), **quiet):
        try:
            question = next(asking)
            while True:
                number += 1
                question = asking.send(pipeline.reply(question))
        except StopIteration:
            return number


def promised(sets: Sequence[Labelled], corpus: Sequence[Asked], confidence: float) -> None:
    """Print the thresholds of each set of labels, and what they let through of the papers without labels."""
    table = Table(box=SIMPLE_HEAD, title=f"Confidence {confidence:g}; {len(corpus)} papers without labels")
    for column in (
        "labels",
        "recall",
        "needed",
        "threshold",
        "kept",
        "bound",
        "others out",
        "to the LM",
        "calls",
        "tokens",
    ):
        table.add_column(column, justify="left" if column == "labels" else "right")
    for each in sets:
        for recall in sorted({*RECALLS, most(len(each.yes), Promise(0.5, confidence)).recall}):
            promise = Promise(recall, confidence)
            found = highest(each.yes, promise)
            shown = _row(each, found, corpus) if found else ["too few"]
            table.add_row(each.name, f"{recall:.3f}", str(promise.needed), *shown)
        table.add_section()
    Console(width=140, highlight=False).print(table)


def _row(labels: Labelled, found: Threshold, corpus: Sequence[Asked]) -> list[str]:
    out = sum(chance < found.value for chance in labels.no)
    told = [f"{found.value:g}", f"{found.above}/{found.yes}", f"{found.bound:.3f}", f"{out}/{len(labels.no)}"]
    if not corpus:
        return told
    screened = [each for each in corpus if each.look.chance < found.value]
    share = 1 - len(screened) / len(corpus)
    saved = len(screened) / sum(each.calls for each in corpus)
    tokens = sum(each.look.tokens for each in screened)
    of = sum(each.look.tokens for each in corpus)
    return [*told, f"{share:.1%}", f"-{len(screened)}, -{saved:.0%}", f"-{tokens:,}, -{tokens / of:.0%}"]


def simulated(labels: Labelled, confidence: float) -> None:
    """Print how often the promise is kept when label sets are drawn anew from such chances."""
    centres = np.array([np.log(chance / (1 - chance)) for chance in labels.yes])
    rng = np.random.default_rng(0)
    print(f"{DRAWS:,} label sets drawn from {labels.name}, smoothed: how often the promise is kept")
    for recall in RECALLS:
        promise = Promise(recall, confidence)
        for cases in sorted({promise.needed, max(len(centres), promise.needed), 4 * promise.needed}):
            kept, mean = _kept(centres, promise, cases, rng)
            told = f"kept in {kept:.4f} (promised {confidence:g}), mean recall {mean:.3f}"
            print(f"  recall {recall:g} with {cases:4} papers: {told}")


def _kept(centres: Array, promise: Promise, cases: int, rng: np.random.Generator) -> tuple[float, float]:
    """How often, and the mean true recall."""
    misses = promise.misses(cases)
    thresholds = [
        np.sort(rng.choice(centres, cases) + WIDTH * rng.standard_normal(cases))[misses] for _ in range(DRAWS)
    ]
    recalls = norm.sf((np.array(thresholds)[:, None] - centres) / WIDTH).mean(axis=1)
    return float((recalls >= promise.recall).mean()), float(recalls.mean())


if __name__ == "__main__":
    main()
