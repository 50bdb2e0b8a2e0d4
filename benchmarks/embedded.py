"""How right is the embedded LM without demos? The five stages end to end on labelled papers, against counting words.

    python -m benchmarks.embedded [--labels FILE] [--papers FOLDER] [--trainset FILE] [--folds N] [--seeds N]

"in sample": the shipped prior, which was fitted on these very papers. "out of sample": the papers in folds, each
answered by a prior that was fitted on the other folds and the trainset's training split. A model is named when its
canonical name is the labelled one, another accepted one, or that of the labelled mention; optional models are neither
required nor an error. Pattern (the whole set) and step count on rightly named models; "clear" leaves out those of which
the labels say that they are debatable.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import dspy

from program import catalogue
from program.answers import STAGES, Finding, PaperLabels
from program.cues import cues
from program.paper import Paper
from program.pipeline import Pipeline, ask
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.embedded.fit import GOLD, TRAINSET, fit, names_of
from ptmreuse.embedded.prior import Weights, prior, replaced
from ptmreuse.labelled import LabelledModel, LabelledPaper, development_set, trainset
from ptmreuse.lm import LMChoice

GOALS = dict(zip(STAGES, (0.95, 0.87, 0.80, 0.80, 0.70), strict=True))
F1 = STAGES[:3]
CLEAR = {"reuse_pattern": "pattern, clear", "science_step": "step, clear"}
MEASURES = (*STAGES, *CLEAR.values())


@dataclass
class Tally:
    """Counts: for the first three stages right, wrong and missed; for the other two right and wrong."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, measure: str, labelled: bool, given: bool) -> None:
        """Count one answer that is a yes or a no."""
        self.right[measure] += labelled and given
        self.wrong[measure] += given and not labelled
        self.missed[measure] += labelled and not given

    def score(self, measure: str) -> float:
        """F1, or accuracy in the last two stages, where nothing is missed."""
        right, wrong, missed = self.right[measure], self.wrong[measure], self.missed[measure]
        share = 2 * right / (2 * right + wrong + missed) if measure in F1 and right else right / max(1, right + wrong)
        return float(share)

    def shown(self, measure: str) -> str:
        """The score with its counts."""
        right, wrong, missed = self.right[measure], self.wrong[measure], self.missed[measure]
        if not right + wrong + missed:
            return "-"
        counts = f"{right}+ {wrong}- {missed}?" if measure in F1 else f"{right}/{right + wrong}"
        return f"{self.score(measure):.3f} {counts}"


def main() -> None:
    """Measure and print one line per prior."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl", help="labels, one JSON object per paper")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers", help="folder of the labelled papers")
    parser.add_argument("--trainset", type=Path, default=TRAINSET, help="its training and validation splits are used")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=3, help="how often the folds are drawn")
    given = parser.parse_args()
    if not given.labels.is_file() or not given.papers.is_dir():
        print(f"no labelled papers at {given.labels}: nothing measured; give --labels and --papers")
        return
    papers, rows = development_set(given.labels, given.papers), trainset(given.trainset)
    print("F1 with right+ wrong- missed? answers; pattern and step: accuracy on rightly named models (right/named)")
    line("", lambda measure: measure)
    line("goal", lambda measure: f"{GOALS[measure]:.2f}" if measure in GOALS else "")
    print(f"{len(papers)} real papers (cues and catalogue were written with them in view: only weights are held out)")
    baselines(papers)
    spent: dict[str, list[float]] = defaultdict(list)
    line("shipped prior, IN SAMPLE", answered(papers, prior(), spent).shown)
    line("cross-validated", out_of_sample(papers, rows, given.folds, given.seeds))
    validation = trainset(given.trainset, "val")
    print(f"{len(validation)} synthetic papers of the validation split, which no prior is fitted on")
    baselines(validation)
    line("shipped prior, out of sample", answered(validation, prior(), spent).shown)
    now = fit([*rows, *papers]) == prior()
    print(f"the shipped prior is {'' if now else 'NOT '}what fitting gives now")
    print("CPU milliseconds per answer, DSPy included:", end=" ")
    print(", ".join(f"{stage} {1e3 * mean(spent[stage]):.1f}" for stage in STAGES))


def baselines(papers: list[LabelledPaper]) -> None:
    """Print what needs no LM at all."""
    line("any word of deep learning", by_words(papers).shown)
    line("any word or catalogue name", by_names(papers).shown)


def line(name: str, shown: Callable[[str], str]) -> None:
    """Print a row of the table."""
    print(f"{name:<30}" + "".join(f"{shown(measure):>20}" for measure in MEASURES), flush=True)


def out_of_sample(
    papers: list[LabelledPaper], rows: list[LabelledPaper], folds: int, seeds: int
) -> Callable[[str], str]:
    """Mean and standard deviation of the scores over the seeds, each of all papers by priors that never saw them."""
    tallies = []
    for seed in range(seeds):
        order = random.Random(seed).sample(papers, len(papers))  # noqa: S311 - which paper is in which fold
        tally = Tally()
        for fold in range(folds):
            held = order[fold::folds]
            weights = fit([*rows, *(each for each in order if each not in held)])
            answered(held, weights, defaultdict(list), tally)
        tallies.append(tally)
        line(f"  seed {seed}, OUT OF SAMPLE", tally.shown)

    def shown(measure: str) -> str:
        scores = [tally.score(measure) for tally in tallies]
        return f"{mean(scores):.3f} ± {stdev(scores) if len(scores) > 1 else 0.0:.3f}"

    return shown


def answered(
    papers: Sequence[LabelledPaper], weights: Weights, spent: dict[str, list[float]], tally: Tally | None = None
) -> Tally:
    """Answer the papers with a prior and count; seconds per answer are added to `spent`."""
    pipeline, tally = Pipeline(), tally or Tally()
    quiet: dict[str, Any] = {"adapter": CachingChatAdapter(), "disable_history": True, "trace": None}
    with replaced(weights), dspy.context(lm=LMChoice().build(), **quiet):
        for labelled in papers:
            count(tally, labelled, labels(pipeline, labelled.paper, spent))
    return tally


def labels(pipeline: Pipeline, paper: Paper, spent: dict[str, list[float]]) -> PaperLabels:
    """The answers about a paper, each call timed."""
    asking = ask(paper)
    try:
        question = next(asking)
        while True:
            began = time.process_time()
            reply = pipeline.reply(question)
            spent[question.stage].append(time.process_time() - began)
            question = asking.send(reply)
    except StopIteration as done:
        return PaperLabels(done.value)


def count(tally: Tally, labelled: LabelledPaper, answers: PaperLabels) -> None:
    """Compare a paper's answers with its labels; what was not asked or not resolved is a no."""
    for stage, truth in (("uses_deep_learning", labelled.uses_deep_learning), ("reuses_ptm", labelled.reuses_ptm)):
        answer = answers[stage]
        tally.add(stage, truth, answer is not None and answer.value == "yes")
    left = sorted(labelled.models, key=lambda model: model.optional)
    for finding in resolved(answers, "names_ptms"):
        model = next((each for each in left if finding.model in names_of(each)), None)
        if model:
            left.remove(model)
        if not model or not model.optional:
            tally.add("names_ptms", labelled=model is not None, given=True)
        if model and not model.optional:
            count_model(tally, model, finding.model, answers)
    for model in left:
        tally.missed["names_ptms"] += not model.optional


def count_model(tally: Tally, model: LabelledModel, name: str, answers: PaperLabels) -> None:
    """Compare the patterns and the step of a model that is named rightly."""
    for stage, truth, debatable in (
        ("reuse_pattern", set(model.patterns), model.pattern_debatable),
        ("science_step", {model.step}, model.step_debatable),
    ):
        same = {finding.value for finding in resolved(answers, stage) if finding.model == name} == truth
        for measure in (stage,) if debatable else (stage, CLEAR[stage]):
            (tally.right if same else tally.wrong)[measure] += 1


def resolved(answers: PaperLabels, stage: str) -> Iterable[Finding]:
    """The findings of a stage that have their evidence."""
    answer = answers[stage]
    return answer.resolved if answer else ()


def by_words(papers: Iterable[LabelledPaper]) -> Tally:
    """A baseline: whoever writes any word of deep learning uses it, and reuses a model."""
    tally = Tally()
    for labelled in papers:
        said = any("deep" in cues(paragraph.text) for paragraph in labelled.paper.paragraphs)
        tally.add("uses_deep_learning", labelled.uses_deep_learning, said)
        tally.add("reuses_ptm", labelled.reuses_ptm, said)
    return tally


def by_names(papers: Iterable[LabelledPaper]) -> Tally:
    """A better one: the name of a deep model of the catalogue counts like a word, and whoever names one reuses it."""
    tally = Tally()
    for labelled in papers:
        texts = [paragraph.text for paragraph in labelled.paper.paragraphs]
        year = labelled.paper.year or labelled.paper.latest_cited_year
        named = any(mention.entry.is_deep(year) for text in texts for mention in catalogue.find(text))
        said = named or any("deep" in cues(text) for text in texts)
        tally.add("uses_deep_learning", labelled.uses_deep_learning, said)
        tally.add("reuses_ptm", labelled.reuses_ptm, named)
    return tally


if __name__ == "__main__":
    main()
