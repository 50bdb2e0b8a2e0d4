"""Stage 1 for the embedded LM: one item, the paper."""

from ptmreuse.embedded import own_use
from ptmreuse.embedded.candidates import candidates
from ptmreuse.embedded.items import Item, quote
from ptmreuse.embedded.learner import Array
from ptmreuse.embedded.paper_features import paper_features
from ptmreuse.embedded.prompt import Fields, truth_of
from ptmreuse.embedded.reading import read_inputs

CLASSES = ("yes",)


def items(inputs: Fields) -> list[Item]:
    """The paper with the features of its passages."""
    reading = read_inputs(inputs)
    return [Item("paper", paper_features(inputs, reading, candidates(reading)))]


def truths(found: list[Item], outputs: Fields) -> list[list[float]]:
    """What a demo says about each item."""
    return [[float(truth_of(outputs, "uses_deep_learning"))] for _ in found]


def reply(inputs: Fields, _: list[Item], chances: Array) -> dict[str, object]:
    """The output fields."""
    best = own_use.ranked(read_inputs(inputs))
    yes = bool(chances[0, 0] >= 0.5 and best)
    return {"uses_deep_learning": yes, "evidence": quote(best[0][1]) if yes else "none"}
