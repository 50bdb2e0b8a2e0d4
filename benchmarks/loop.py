"""Does it pay to choose what to label? An annotator played from the development papers: `python -m benchmarks.loop`.

The program starts from the trainset: the prior of the embedded LM is fitted on its train split alone, so that the
development papers are new to it. Then five rounds of 8 labels, chosen by what speaks against the program's answers (as
`ptmreuse sample` chooses papers to label) or drawn; after each the prompts are compiled with all labels so far
(`labeled`: every label becomes a demo). In turn one third of the papers is kept apart, and accuracy of the five stages
is measured on it, so every paper is measured once, always by a program that never saw it. Intervals are of the paired
bootstrap over papers; drawn labels are the mean over `--seeds`.
"""

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import dspy

from program import reuses_ptm, uses_deep_learning
from program.answers import STAGES
from program.passages import Survey
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.embedded.engine import chance
from ptmreuse.embedded.fit import GOLD, TRAINSET, fit
from ptmreuse.embedded.prior import replaced
from ptmreuse.embedded.prompt import Prompt
from ptmreuse.examples import stage_examples
from ptmreuse.gains import Gain, gains
from ptmreuse.labelled import LabelledPaper, development_set, trainset
from ptmreuse.lm import LMChoice
from ptmreuse.optimizers import labeled
from ptmreuse.reporting.for_training import Knowledge, picked
from ptmreuse.reporting.record import Told
from ptmreuse.reporting.reread import Reread, sketch
from ptmreuse.scoring import scored
from ptmreuse.tasks import Task

ROUNDS, EACH, FOLDS = 5, 8, 3

Modules = Mapping[str, dspy.Module]
Scores = dict[str, dict[str, float]]  # by stage and paper, 0 to 1
Choose = Callable[[Sequence[LabelledPaper], Modules], list[LabelledPaper]]


def main() -> None:
    """Play, print the table, draw the curve."""
    given = _parser().parse_args()
    if not given.labels.is_file() or not given.papers.is_dir():
        print(f"no labelled papers at {given.labels}: nothing measured; give --labels and --papers")
        return
    began = time.monotonic()
    papers = development_set(given.labels, given.papers)
    random.Random(given.split).shuffle(papers)  # noqa: S311 - which paper is in which fold
    asking = dspy.context(lm=LMChoice().build(), adapter=CachingChatAdapter(), disable_history=True)
    with replaced(fit(trainset(TRAINSET))), asking:
        knowledge = Knowledge(reread={each.paper.source: _reread(each) for each in papers})
        chosen = _over_folds(papers, lambda fold: lambda pool, now: _uncertain(pool, now, knowledge, fold))
        drawn = [_over_folds(papers, lambda fold, seed=seed: _drawing(seed, fold)) for seed in range(given.seeds)]
    show(chosen, drawn)
    draw(chosen, drawn, given.out)
    print(f"\n{len(papers)} papers, {given.seeds} seeds, {time.monotonic() - began:.0f} s; the curve: {given.out}")


def _over_folds(papers: Sequence[LabelledPaper], choosing: Callable[[int], Choose]) -> list[Scores]:
    """Scores after each round, the first before any, of every paper in the fold that keeps it apart."""
    rounds: list[Scores] = [defaultdict(dict) for _ in range(ROUNDS + 1)]
    for fold in range(FOLDS):
        apart, pool = papers[fold::FOLDS], [p for n, p in enumerate(papers) if n % FOLDS != fold]
        for total, scores in zip(rounds, played(pool, apart, choosing(fold)), strict=True):
            for stage, each in scores.items():
                total[stage] |= each
    return rounds


def played(pool: Sequence[LabelledPaper], apart: Sequence[LabelledPaper], choose: Choose) -> list[Scores]:
    """Five rounds of labelling papers of a pool: the scores on the papers apart after none and after each."""
    known: list[LabelledPaper] = []
    modules = compiled(known)
    found = [measured(modules, apart)]
    for _ in range(ROUNDS):
        left = [each for each in pool if each not in known]
        known += choose(left, modules)
        modules = compiled(known)
        found.append(measured(modules, apart))
    return found


def compiled(known: Sequence[LabelledPaper]) -> dict[str, dspy.Module]:
    """The stages with every label as a demo."""
    modules = {}
    for stage in STAGES:
        task = Task(stage, stage_examples(stage, known), [], dspy.settings.lm, max(1, len(known)))
        modules[stage] = next(iter(labeled(task))) if task.pool() else task.student()
    return modules


def measured(modules: Modules, papers: Sequence[LabelledPaper]) -> Scores:
    """The score of each paper in each stage that is asked about it when all before it is right."""
    several = {stage: scored(stage, module, stage_examples(stage, papers)) for stage, module in modules.items()}
    return {stage: {each.example.paper_id: each.outcome.score for each in found} for stage, found in several.items()}


def _drawing(seed: int, fold: int) -> Choose:
    lots = random.Random(f"{seed} {fold}")  # noqa: S311 - no secret hangs on it
    return lambda pool, _: lots.sample(list(pool), EACH)


def _uncertain(pool: Sequence[LabelledPaper], now: Modules, known: Knowledge, seed: int) -> list[LabelledPaper]:
    """Those of which the program, as compiled now, is least sure; near-duplicates apart, and of many kinds."""
    program = Pipeline()
    for stage, module in now.items():
        getattr(program, stage).predict.demos = module.predict.demos
    found = picked([_told(program, each) for each in pool], EACH, seed, known)
    by_source = {each.paper.source: each for each in pool}
    return [by_source[drawn.told.source] for drawn in found.papers]


def _told(program: Pipeline, labelled: LabelledPaper) -> Told:
    """What a run's ledger would tell of a paper."""
    paper = labelled.paper
    rows = {row.answer.stage: row for row in answer_paper(program, paper, STAGES, {}, None)}
    answers = {stage: row.answer for stage, row in rows.items()}
    calls = {stage: row.attempts for stage, row in rows.items()}
    about = (paper.source, paper.doi, paper.title, paper.journal, paper.year, paper.text_hash)
    return Told(*about, "read", answers, calls)


def _reread(labelled: LabelledPaper) -> Reread:
    """The LM's chance of yes without demos, where it is nearer to one half, as `ptmreuse sample` has it."""
    paper, passages = labelled.paper, Survey(labelled.paper).passages()
    stages = (uses_deep_learning, reuses_ptm)
    first, second = (chance(Prompt(s.STAGE, (), s.inputs(paper, passages), False)) for s in stages)
    nearer = min(first, second if first >= 0.5 else first, key=lambda each: abs(each - 0.5))
    return Reread(nearer, sketch(passages.text))


def mean_of(several: Sequence[Scores]) -> Scores:
    """The mean score of each paper."""
    return {s: {p: fmean(each[s][p] for each in several) for p in several[0][s]} for s in several[0]}


def accuracy(scores: Scores) -> float:
    """The mean over the stages of the mean over papers."""
    return fmean(fmean(each.values()) for each in scores.values())


def show(chosen: Sequence[Scores], drawn: Sequence[Sequence[Scores]]) -> None:
    """Print the mean over the stages round by round, then each stage after the last one."""
    row = "{:<10}{:>10}{:>28}{:>10}{:>28}{:>32}".format
    print(row("labels", "chosen", "gain on none (95 %)", "drawn", "gain on none (95 %)", "chosen - drawn (95 %)"))
    for number in range(ROUNDS + 1):
        one, other = chosen[number], mean_of([each[number] for each in drawn])
        told = [_words(gains(a, b)["mean"]) for a, b in ((chosen[0], one), (chosen[0], other), (other, one))]
        print(row(number * EACH, f"{accuracy(one):.3f}", told[0], f"{accuracy(other):.3f}", *told[1:]))
    last, other = chosen[-1], mean_of([each[-1] for each in drawn])
    apart, gained = gains(other, last), gains(chosen[0], last)
    print(f"\nafter {ROUNDS * EACH} labels")
    for stage in STAGES:
        told = [f"{fmean(s[stage].values()):.3f}" for s in (chosen[0], last, other)]
        papers = len(last[stage])
        print(
            f"{stage:<20} papers {papers:<3} none {told[0]}  chosen {told[1]}  drawn {told[2]}  "
            f"gain of chosen {_words(gained[stage])}  chosen - drawn {_words(apart[stage])}"
        )


def _words(gain: Gain) -> str:
    return f"{gain.mean:+.3f} ({gain.low:+.3f} {gain.high:+.3f})"


def draw(chosen: Sequence[Scores], drawn: Sequence[Sequence[Scores]], path: Path) -> None:
    """The curve: both ways with the interval of their gain on no label, and each seed of the drawn ones."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axis = figure.subplots()
    labels = [number * EACH for number in range(ROUNDS + 1)]
    for number, each in enumerate(drawn):
        told = {"label": "drawn, each seed"} if not number else {}
        axis.plot(labels, [accuracy(scores) for scores in each], color="#9ca3af", linewidth=0.7, alpha=0.7, **told)
    means = [mean_of([each[number] for each in drawn]) for number in range(ROUNDS + 1)]
    _curve(axis, labels, means, "#b45309", "drawn, mean", 0.35)
    _curve(axis, labels, chosen, "#0f766e", "chosen by uncertainty", -0.35)
    axis.set(xlabel="labelled papers", ylabel="accuracy, mean over five stages", xticks=labels)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title("New labels: chosen or drawn (bars: 95 % interval of the gain on none)", fontsize=10)
    axis.legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)


def _curve(axis: object, labels: Sequence[int], several: Sequence[Scores], colour: str, name: str, off: float) -> None:
    values, each = [accuracy(scores) for scores in several], [gains(several[0], s)["mean"] for s in several]
    bars = [[g.mean - g.low for g in each], [g.high - g.mean for g in each]]
    places = [label + off for label in labels]
    axis.errorbar(places, values, yerr=bars, color=colour, marker="o", capsize=3, label=name)  # type: ignore[attr-defined]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--labels", type=Path, default=GOLD / "dev.jsonl")
    add("--papers", type=Path, default=GOLD / "papers")
    add("--seeds", type=int, default=5, help="of the labels that are drawn (default 5)")
    add("--split", type=int, default=0, help="seed of the order in which papers are kept apart (default 0)")
    add("--out", type=Path, default=Path("runs/loop.png"), help="the curve (default runs/loop.png)")
    return parser


if __name__ == "__main__":
    main()
