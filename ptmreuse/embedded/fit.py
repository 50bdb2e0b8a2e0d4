"""Fit the prior of the embedded LM on labelled papers: `python -m ptmreuse.embedded.fit`.

Every head is a ridge-penalised logistic regression on the features that the engine computes from rendered prompts, so
that what is fitted is what is later asked. Papers of a test split must not be given.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from program import names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.catalogue import canonical
from program.evidence import squeeze
from program.passages import Survey
from ptmreuse.embedded import own_use
from ptmreuse.embedded.engine import HEADS
from ptmreuse.embedded.expected import EXPECTED
from ptmreuse.embedded.items import Features, Item
from ptmreuse.embedded.learner import moved
from ptmreuse.embedded.prior import Weights, replaced
from ptmreuse.embedded.reading import Line, read_inputs
from ptmreuse.errors import PtmReuseError, UsageError
from ptmreuse.examples import LabelledModel, LabelledPaper, development_set, trainset

_ROOT = Path(__file__).parents[2]
TRAINSET = _ROOT / "trainsets" / "papers.jsonl"
GOLD = _ROOT.parent / "shared" / "gold"

RIDGE = {
    "own_use": 4.0,
    "uses_deep_learning": 8.0,
    "reuses_ptm": 4.0,
    "names_ptms": 4.0,
    "reuse_pattern": 12.0,
    "science_step": 8.0,
}
_RARE = 4  # a feature that fewer items have is left out

Truth = list[float]
Sample = tuple[Features, Truth]


def fit(papers: Sequence[LabelledPaper]) -> Weights:
    """The weights of all heads. Raises UsageError when the papers have nothing to fit a head on."""
    surveys = [(labelled, Survey(labelled.paper)) for labelled in papers]
    weights: Weights = {"own_use": _fitted("own_use", [s for pair in surveys for s in _sentences(*pair)])}
    with replaced(weights | {head: [{}] for head in HEADS}):
        for head in HEADS:
            weights[head] = _fitted(head, [s for pair in surveys for s in _samples(head, *pair)])
    return weights


def _fitted(head: str, samples: list[Sample]) -> list[dict[str, float]]:
    if not samples:
        raise UsageError(
            f"no labelled item to fit {head} on; give papers of every answer, with deep learning and models"
        )
    counts = Counter(name for features, _ in samples for name, value in features.items() if value)
    expected = EXPECTED.get(head, [{}] * len(samples[0][1]))
    common = {name for name, count in counts.items() if count >= _RARE}
    names = sorted(common.union(*expected))
    features = np.array([[sample.get(name, 0.0) for name in names] for sample, _ in samples])
    truths = np.array([truth for _, truth in samples])
    centre = np.array([[each.get(name, 0.0) for name in names] for each in expected])
    solved = moved(centre, features, truths, RIDGE[head])
    return [{name: round(float(w), 4) for name, w in zip(names, row, strict=True)} for row in solved]


def _sentences(labelled: LabelledPaper, survey: Survey) -> Iterable[Sample]:
    """Sentences about deep learning: labelled evidence against those of papers without, and against related work.

    A sentence in the methods of a paper that uses deep learning may be evidence though nobody labelled it: left out.
    """
    quotes = [squeeze(quote) for quote in labelled.all_quotes if quote]
    for line in read_inputs(uses_deep_learning.inputs(labelled.paper, survey.passages())).lines:
        evidence = _overlaps(line, quotes)
        unlabelled = labelled.uses_deep_learning and line.kind not in ("introduction", "discussion")
        if own_use.is_about_deep(line) and (evidence or not unlabelled):
            yield own_use.features(line), [float(evidence)]


def _overlaps(line: Line, quotes: list[str]) -> bool:
    text = squeeze(line.text)
    return any(quote in text or text in quote or quote[:60] in text for quote in quotes)


def _samples(head: str, labelled: LabelledPaper, survey: Survey) -> Iterable[Sample]:
    for item, truth in _labelled_items(head, labelled, survey):
        yield item.features, truth


def _labelled_items(head: str, labelled: LabelledPaper, survey: Survey) -> Iterable[tuple[Item, Truth]]:
    paper, models = labelled.paper, labelled.models
    if head == "uses_deep_learning":
        items = HEADS[head].items(uses_deep_learning.inputs(paper, survey.passages()))
        return [(item, [float(labelled.uses_deep_learning)]) for item in items]
    if head == "reuses_ptm":
        items = HEADS[head].items(reuses_ptm.inputs(paper, survey.passages())) if labelled.uses_deep_learning else []
        return [(item, [float(labelled.reuses_ptm)]) for item in items]
    if head == "names_ptms":
        items = HEADS[head].items(names_ptms.inputs(paper, survey.passages())) if labelled.reuses_ptm else []
        truths = [(item, _named(item.name, models)) for item in items]
        return [(item, [truth]) for item, truth in truths if truth is not None]
    if not models:
        return []
    by_name = {canonical(model.name).name: model for model in models}
    module = {"reuse_pattern": reuse_pattern, "science_step": science_step}[head]
    asked = module.inputs(paper, survey.passages(list(by_name)), list(by_name))
    items = HEADS[head].items(asked | {"models": json.dumps(asked["models"])})  # as DSPy renders the list
    return [(item, _classes(head, by_name[item.name])) for item in items]


def _named(name: str, models: Iterable[LabelledModel]) -> float | None:
    """1 for a labelled model, None for an optional one, 0 for another."""
    for model in models:
        if name in names_of(model):
            return None if model.optional else 1.0
    return 0.0


def names_of(model: LabelledModel) -> set[str]:
    """Every name by which a labelled model may be listed."""
    return {canonical(name).name for name in (model.name, model.mention, *model.also)}


def _classes(head: str, model: LabelledModel) -> Truth:
    given: Any = model.patterns if head == "reuse_pattern" else (model.step,)
    return [float(name in given) for name in HEADS[head].CLASSES]


def main() -> None:
    """Fit on the given papers and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainset", type=Path, default=TRAINSET, help="its train split is used")
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder of dev.jsonl and papers/")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("prior.json"))
    given = parser.parse_args()
    try:
        weights = fit(trainset(given.trainset) + development_set(given.gold / "dev.jsonl", given.gold / "papers"))
    except PtmReuseError as error:
        sys.exit(f"error: {error}")
    given.out.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
