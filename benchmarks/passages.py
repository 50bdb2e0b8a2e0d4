"""Do the chosen passages hold what a reader needs, and what do they save? Prints shares, tokens and milliseconds.

    python benchmarks/passages.py [--labels FILE] [--papers FOLDER] [--budgets 500 1000 2000]

The study's way is the whole text in each of the five prompts behind the same gates. A labelled quote counts when it is
in the paper at all; models that are optional in the labels don't count.
"""

import argparse
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from program.cues import cues
from program.evidence import locate, squeeze
from program.paper import Paper
from program.passages import Passages, Survey
from program.sentences import split
from ptmreuse.examples import LabelledPaper, development_set

GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "gold"
GOAL_QUOTES, GOAL_TOKENS = 0.97, 0.15
ROUNDS = 3
UNLIMITED = 10**6  # tokens, more than any paper has


@dataclass(frozen=True)
class Measured:
    """One labelled paper: passages on the paper and on its models, found quotes, seconds of the fastest round."""

    source: str
    general: Passages
    on_models: Passages | None
    calls: int
    deep: tuple[bool, ...]
    models: tuple[bool, ...]
    models_again: tuple[bool, ...]
    lost: tuple[str, ...]
    seconds: float

    @property
    def tokens(self) -> int:
        """Passage tokens of all calls."""
        return self.general.tokens * min(self.calls, 3) + (2 * self.on_models.tokens if self.on_models else 0)


def main() -> None:
    """Measure and print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=GOLD / "dev.jsonl", help="labels, one JSON object per paper")
    parser.add_argument("--papers", type=Path, default=GOLD / "papers", help="folder of the labelled papers")
    parser.add_argument("--budgets", type=int, nargs="+", help="only a table: recall of quotes at so many tokens each")
    parser.add_argument("--lost", action="store_true", help="list the papers whose quotes are left out")
    arguments = parser.parse_args()
    if not arguments.labels.is_file() or not arguments.papers.is_dir():
        print(f"no labelled papers at {arguments.labels}: nothing measured; give --labels and --papers")
        return
    labelled_papers = development_set(arguments.labels, arguments.papers)
    if arguments.budgets:
        table(labelled_papers, arguments.budgets)
        return
    measured = [measure(labelled) for labelled in labelled_papers]
    for suffix in sorted({Path(m.source).suffix for m in measured}):
        report(suffix, [m for m in measured if Path(m.source).suffix == suffix])
    report("all", measured)
    if arguments.lost:
        print(*(f"{m.source}: {quote}" for m in measured for quote in m.lost), sep="\n")


def measure(labelled: LabelledPaper) -> Measured:
    """Choose a paper's passages and look for its labelled quotes in them."""
    wanted = [model for model in labelled.models if not model.optional]
    names = [model.name for model in wanted]
    seconds = min(timed(labelled.paper, names) for _ in range(ROUNDS))
    survey = Survey(labelled.paper)
    general = survey.passages()
    on_models = survey.passages(names) if names else None
    quotes = present((quote for model in wanted for quote in model.quotes), labelled.paper)
    deep = present(labelled.quotes, labelled.paper)
    calls = 1 + labelled.uses_deep_learning + 3 * labelled.reuses_ptm
    lost = [q for q in (*deep, *quotes) if not holds(general, q)]
    lost += [q for q in quotes if on_models and not holds(on_models, q) and q not in lost]
    return Measured(
        labelled.paper.source,
        general,
        on_models,
        calls,
        tuple(holds(general, q) for q in deep),
        tuple(holds(general, q) for q in quotes),
        tuple(holds(on_models, q) for q in quotes if on_models),
        tuple(lost),
        seconds,
    )


def table(papers: list[LabelledPaper], budgets: list[int]) -> None:
    """Print recall of the labelled quotes and mean tokens per budget; the last rows are as now and without a limit."""
    print("labelled quotes in the passages on the paper (deep learning, models), on its models, for all; their tokens")
    for budget in (*budgets, None, UNLIMITED):
        each = [at_budget(labelled, budget) for labelled in papers]
        found = [share(q for paper in each for q in paper[kind]) for kind in range(4)]
        tokens = [sum(chosen) / len(chosen) for n in range(3) if (chosen := [p[4][n] for p in each if p[4][n]])]
        name = {None: "as now", UNLIMITED: "all"}.get(budget, str(budget))
        print(f"{name:8} {'  '.join(f'{each:>18}' for each in found)}   {', '.join(f'{t:.0f}' for t in tokens)}")


Recall = tuple[list[bool], list[bool], list[bool], list[bool], tuple[int, int, int]]


def at_budget(labelled: LabelledPaper, budget: int | None) -> Recall:
    """Which quotes the passages hold: on the paper (deep learning, models), on its models, for all stages at once."""
    wanted = [model for model in labelled.models if not model.optional]
    survey = Survey(labelled.paper, budget)
    general, joint = survey.passages(), survey.passages_for_all()
    on_models = survey.passages([model.name for model in wanted]) if wanted else None
    quotes = present((quote for model in wanted for quote in model.quotes), labelled.paper)
    deep = present(labelled.quotes, labelled.paper)
    return (
        [holds(general, q) for q in deep],
        [holds(general, q) for q in quotes],
        [holds(on_models, q) for q in quotes if on_models],
        [holds(joint, q) for q in (*deep, *quotes)],
        (general.tokens, on_models.tokens if on_models else 0, joint.tokens),
    )


def timed(paper: Paper, names: list[str]) -> float:
    """CPU seconds of all that a paper's passages need, with nothing remembered of the paper."""
    split.cache_clear()
    cues.cache_clear()
    start = time.process_time()
    survey = Survey(paper)
    survey.passages()
    if names:
        survey.passages(names)
    return time.process_time() - start


def present(quotes: Iterable[str], paper: Paper) -> list[str]:
    """The quotes that are in the paper, in the paper's own spelling."""
    return [found.quote for quote in quotes if (found := locate(quote, paper))]


def holds(passages: Passages, quote: str) -> bool:
    """Whether a quote can be copied from the passages."""
    return squeeze(quote) in squeeze(passages.text)


def report(name: str, measured: list[Measured]) -> None:
    """Print the figures of some papers."""
    papers, whole = len(measured), sum(m.general.paper_tokens for m in measured)
    goal = f"(goal: at least {GOAL_QUOTES})"
    print(f"{name}: {papers} papers, {whole / papers:.0f} tokens each")
    print(f"  deep-learning quotes in the paper passages  {share(q for m in measured for q in m.deep)} {goal}")
    print(f"  models' quotes in the paper passages        {share(q for m in measured for q in m.models)} {goal}")
    print(f"  models' quotes in those on the models       {share(q for m in measured for q in m.models_again)} {goal}")
    shown, again = sum(m.general.tokens for m in measured), [m for m in measured if m.on_models]
    print(f"  share of the paper shown                    {shown / whole:.3f} (goal: at most {GOAL_TOKENS})")
    if again:
        part = sum(m.on_models.tokens for m in again if m.on_models) / sum(m.general.paper_tokens for m in again)
        print(f"  the same, passages on the models            {part:.3f}")
    calls, tokens = sum(m.calls for m in measured), sum(m.tokens for m in measured)
    study = sum(m.calls * m.general.paper_tokens for m in measured)
    print(f"  calls per paper                             {calls / papers:.2f} (the study's way: the same)")
    print(f"  passage tokens per paper                    {tokens / papers:.0f}", end=" ")
    print(f"(the study's way: {study / papers:.0f}, {study / tokens:.1f} times as many)")
    print(f"  milliseconds per paper and core             {1e3 * sum(m.seconds for m in measured) / papers:.1f}")


def share(found: Iterable[bool]) -> str:
    """How many of the quotes were found."""
    each = list(found)
    return f"{sum(each) / len(each):.3f} of {len(each)}" if each else "no quotes"


if __name__ == "__main__":
    main()
