"""One set of rows out of several annotators': what is agreed and what was ruled; the rest is listed, not guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ptmreuse.labelling.disagreements import BOTH, Disagreement, disagreements
from ptmreuse.labelling.units import DEEP, NAMES, PATTERN, REUSE, STEP, models, papers, patterns
from ptmreuse.rows import ModelRow, PaperRow, YesNo, checked

Rulings: TypeAlias = Mapping[tuple[str, str, str], str]
"""What was decided, by paper's key, stage and model, in the words of a `Disagreement`'s answers."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows that are settled, the disagreements that keep others from it, and what is wrong with rulings."""

    rows: tuple[PaperRow, ...]
    open: tuple[Disagreement, ...]
    faults: tuple[str, ...]


def merged(by_annotator: Mapping[str, Sequence[PaperRow]], rulings: Rulings | None = None) -> Merged:
    """One row per settled paper, in order of appearance; a paper that one annotator labelled is settled.

    A ruling counts for more than what annotators say. A quote comes from the first annotator who gave the answer.
    """
    ruled = dict(rulings or {})
    open_ = [each for each in disagreements(by_annotator) if not _settled(each, ruled)]
    left = {each.key for each in open_}
    rows: list[PaperRow] = []
    faults: list[str] = []
    for key, theirs in papers(by_annotator).items():
        if key not in left:
            row, problems = _one(key, list(theirs.values()), ruled)
            rows += [row] if row else []
            faults += [f"{key}: {problem}" for problem in problems]
    return Merged(tuple(rows), tuple(open_), tuple(faults))


def _settled(each: Disagreement, ruled: Rulings) -> bool:
    """Whether a ruling decides it, or a no to a question before it leaves nothing to decide."""
    before = [(DEEP, ""), (REUSE, ""), (NAMES, each.model)]
    asked = [stage for stage, _ in before]
    earlier = before[: asked.index(each.stage)] if each.stage in asked else before
    return (each.key, each.stage, each.model) in ruled or any(ruled.get((each.key, *one)) == "no" for one in earlier)


def _one(key: str, rows: Sequence[PaperRow], ruled: Rulings) -> tuple[PaperRow | None, list[str]]:
    if len(rows) == 1 and not any(key == about for about, *_ in ruled):
        return rows[0], []
    for stage in (DEEP, REUSE):
        if (told := ruled.get((key, stage, ""), "yes")) not in ("yes", "no"):
            return None, [f"{stage} is ruled {told!r}; rule yes or no"]
    deep = _answer(rows, DEEP, ruled.get((key, DEEP, "")))
    reuse = _answer(rows, REUSE, ruled.get((key, REUSE, ""))) if deep["answer"] else {"answer": False}
    base = next((row for row in rows if row.passages), rows[0])
    made: dict[str, Any] = base.model_dump(exclude_defaults=True) | {DEEP: deep, REUSE: reuse}
    made["models"] = _models(key, rows, ruled) if reuse["answer"] else []
    made["note"] = "; ".join(dict.fromkeys(row.note for row in rows if row.note))
    return checked(made)


def _answer(rows: Sequence[PaperRow], stage: str, ruling: str | None) -> dict[str, Any]:
    given: list[YesNo] = [getattr(row, stage) for row in rows]
    answer = given[0].answer if ruling is None else ruling == "yes"
    quote = next((each.quote for each in given if each.answer == answer and each.quote), "")
    return YesNo(answer=answer, quote=quote).model_dump()


def _models(key: str, rows: Sequence[PaperRow], ruled: Rulings) -> list[dict[str, Any]]:
    named = [models(row) for row in rows if row.reuses_ptm.answer]
    names = dict.fromkeys(name for each in named for name in each)
    return [
        _model([each[name] for each in named if name in each], (key, name), ruled)
        for name in names
        if ruled.get((key, NAMES, name)) != "no"
    ]


def _model(given: Sequence[ModelRow], about: tuple[str, str], ruled: Rulings) -> dict[str, Any]:
    key, name = about
    told = ruled.get((key, PATTERN, name))
    chosen = told.split(BOTH) if told else [each.pattern for each in given[0].patterns]
    step = ruled.get((key, STEP, name), given[0].step)
    base = next((m for m in given if patterns(m) == frozenset(chosen) and m.step == step), given[0])
    quotes = {each.pattern: each.quote for model in reversed(given) for each in model.patterns if each.quote}
    step_quote = next((model.step_quote for model in given if model.step == step and model.step_quote), "")
    made = base.model_dump(exclude_defaults=True)
    made["patterns"] = [{"pattern": each} | ({"quote": quotes[each]} if each in quotes else {}) for each in chosen]
    made |= {"step": step, "optional": any(model.optional for model in given)}
    return made | {"quote": next((model.quote for model in given if model.quote), ""), "step_quote": step_quote}
