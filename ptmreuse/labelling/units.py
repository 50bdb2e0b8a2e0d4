"""What each annotator answered, question by question: a paper, or one model of it.

An annotator's rows and another's are about the same paper when they share id, DOI or file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from program.answers import STAGES
from program.catalogue import canonical
from ptmreuse.rows import ModelRow, PaperRow

Value: TypeAlias = frozenset[str]
DEEP, REUSE, NAMES, PATTERN, STEP = STAGES


@dataclass(frozen=True, slots=True)
class Unit:
    """One question that two or more annotators answered: {"yes"} or {"no"}, canonical names, patterns, or one step.

    `model` is "" in the first three stages.
    """

    key: str
    stage: str
    model: str
    answers: Mapping[str, Value]

    @property
    def agreed(self) -> bool:
        """Whether all gave one and the same answer."""
        return len(set(self.answers.values())) == 1


def papers(by_annotator: Mapping[str, Sequence[PaperRow]]) -> dict[str, dict[str, PaperRow]]:
    """Each paper's rows by annotator, in order of appearance; of two rows of one annotator the later one counts."""
    keys: dict[tuple[str, str], str] = {}
    found: dict[str, dict[str, PaperRow]] = {}
    for annotator, rows in by_annotator.items():
        for row in rows:
            names = [(field, name) for field in ("id", "doi", "file") if (name := getattr(row, field))]
            key = next((keys[name] for name in names if name in keys), row.key)
            for name in names:
                keys.setdefault(name, key)
            found.setdefault(key, {})[annotator] = row
    return found


def units(by_annotator: Mapping[str, Sequence[PaperRow]]) -> dict[str, list[Unit]]:
    """The questions of each stage that at least two annotators answered.

    Names are asked where two say that there is reuse, patterns and steps of a model that two of them name. A model that
    is optional to one of them is not asked about.
    """
    found: dict[str, list[Unit]] = {stage: [] for stage in STAGES}
    for key, rows in papers(by_annotator).items():
        for unit in _of_paper(key, rows):
            if len(unit.answers) > 1:
                found[unit.stage].append(unit)
    return found


def _of_paper(key: str, rows: Mapping[str, PaperRow]) -> Iterator[Unit]:
    yield Unit(key, DEEP, "", {who: _yes_no(row.uses_deep_learning.answer) for who, row in rows.items()})
    yield Unit(key, REUSE, "", {who: _yes_no(row.reuses_ptm.answer) for who, row in rows.items()})
    optional = {name for row in rows.values() for name, model in models(row).items() if model.optional}
    reuse = {who: models(row) for who, row in rows.items() if row.reuses_ptm.answer}
    yield Unit(key, NAMES, "", {who: frozenset(named.keys() - optional) for who, named in reuse.items()})
    for model in dict.fromkeys(name for named in reuse.values() for name in named if name not in optional):
        theirs = {who: named[model] for who, named in reuse.items() if model in named}
        yield Unit(key, PATTERN, model, {who: patterns(each) for who, each in theirs.items()})
        yield Unit(key, STEP, model, {who: frozenset({each.step}) for who, each in theirs.items()})


def models(row: PaperRow) -> dict[str, ModelRow]:
    """A row's models by canonical name."""
    return {canonical(model.name).name: model for model in row.models}


def patterns(model: ModelRow) -> Value:
    """A model's patterns."""
    return frozenset(each.pattern for each in model.patterns)


def _yes_no(answer: bool) -> Value:
    return frozenset({"yes" if answer else "no"})
