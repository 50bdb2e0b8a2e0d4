"""Where annotators differ: what a third person, or the two together, have to decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from program.answers import STAGES
from ptmreuse.labelling.units import NAMES, Unit, Value, units
from ptmreuse.rows import PaperRow

BOTH = " + "  # between the patterns of one model, as in a trainset's CSV


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One question about a paper that annotators answer differently; `model` is "" where it is about the paper.

    Answers are "yes" or "no" in the first three stages (of names: whether this model is one), patterns joined by
    `BOTH`, or a step. A ruling is written in the same way.
    """

    key: str
    stage: str
    model: str
    answers: Mapping[str, str]


def disagreements(by_annotator: Mapping[str, Sequence[PaperRow]]) -> list[Disagreement]:
    """Every disagreement, in order of papers, stages and models."""
    asked = units(by_annotator)
    order = {stage: place for place, stage in enumerate(STAGES)}
    places: dict[str, int] = {}
    for unit in asked[STAGES[0]]:
        places.setdefault(unit.key, len(places))
    found = [each for of_stage in asked.values() for unit in of_stage if not unit.agreed for each in _differing(unit)]
    return sorted(found, key=lambda each: (places[each.key], order[each.stage]))


def told(value: Value) -> str:
    """An answer in words."""
    return BOTH.join(sorted(value))


def _differing(unit: Unit) -> Iterator[Disagreement]:
    if unit.stage != NAMES:
        yield Disagreement(unit.key, unit.stage, unit.model, {who: told(value) for who, value in unit.answers.items()})
        return
    named = set[str]().union(*unit.answers.values())
    for model in sorted(named):
        answers = {who: "yes" if model in value else "no" for who, value in unit.answers.items()}
        if "no" in answers.values():
            yield Disagreement(unit.key, NAMES, model, answers)
