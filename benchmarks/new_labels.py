"""What demos bring the embedded LM when their labels are new to it: `python -m benchmarks.new_labels [--seeds N]`.

The shipped prior was fitted on our trainset, so that demos from that trainset tell it nothing new. Here the prior is
fitted on the development papers alone, demos are drawn from the train split (`labeled`: nothing is chosen), and scored
on the validation split. Intervals are of the paired bootstrap over papers.
"""

import argparse
from pathlib import Path
from statistics import fmean

import dspy

from program.answers import STAGES
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.embedded.fit import GOLD, TRAINSET, fit
from ptmreuse.embedded.prior import replaced
from ptmreuse.examples import stage_examples
from ptmreuse.gains import gains
from ptmreuse.labelled import development_set, trainset
from ptmreuse.lm import LMChoice
from ptmreuse.optimizers import labeled
from ptmreuse.scoring import scored
from ptmreuse.tasks import Task

COLUMNS = (*STAGES, "mean")


def main() -> None:
    """Measure and print one line per number of demos and seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers")
    parser.add_argument("--demos", nargs="+", type=int, default=(4, 16, 48))
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    if not given.labels.is_file() or not given.papers.is_dir():
        print(f"no labelled papers at {given.labels}: nothing measured; give --labels and --papers")
        return
    train, val = trainset(TRAINSET), trainset(TRAINSET, "val")
    asking = dspy.context(lm=LMChoice().build(), adapter=CachingChatAdapter(), disable_history=True)
    with replaced(fit(development_set(given.labels, given.papers))), asking:
        tasks = {stage: (stage_examples(stage, train), stage_examples(stage, val)) for stage in STAGES}
        students = {stage: Task(stage, *sides, dspy.settings.lm).student() for stage, sides in tasks.items()}
        zero_shot = {stage: scores(stage, student, tasks[stage][1]) for stage, student in students.items()}
        means = [fmean(each.values()) for each in zero_shot.values()]
        line("zero-shot", [f"{value:.3f}" for value in (*means, fmean(means))])
        for demos in given.demos:
            for seed in range(given.seeds):
                drawn = {}
                for stage, sides in tasks.items():
                    (module,) = labeled(Task(stage, *sides, dspy.settings.lm, demos, seed=seed))
                    drawn[stage] = scores(stage, module, sides[1])
                each = gains(zero_shot, drawn)
                shown = [f"{each[name].mean:+.3f} ({each[name].low:+.3f} {each[name].high:+.3f})" for name in COLUMNS]
                line(f"{demos} demos, seed {seed}", shown)


def scores(stage: str, module: dspy.Module, examples: list[dspy.Example]) -> dict[str, float]:
    """The score of each paper."""
    return {answer.example.paper_id: answer.outcome.score for answer in scored(stage, module, examples)}


def line(name: str, shown: list[str]) -> None:
    """Print a row of the table."""
    print(f"{name:<18}" + "".join(f"{each:>26}" for each in shown), flush=True)


if __name__ == "__main__":
    line("", [*COLUMNS])
    main()
