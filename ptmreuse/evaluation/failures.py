"""Wrong answers one by one, with what the stage saw, for people to browse."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from program import names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.answers import STAGES
from program.paper import Paper
from program.passages import Survey
from ptmreuse.evaluation.judged import VIEWS, Judged, Quote, Result, View
from ptmreuse.evaluation.origins import UNRESOLVED, asked, kind
from ptmreuse.labelled import NONE, LabelledModel, LabelledPaper

# What a program shows of a paper to a stage, given the models that the stage is asked about, none in stages 1 to 3.
Shown: TypeAlias = Callable[[Paper, Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong answer, or one that never came.

    `kind` is as in `origins`; `given` is empty where it is unresolved. `field` has the paper's subjects, "" where the
    file states none; `model` is "" in stages 1 to 3. `labelled` are the labelled quotes that answer the question, none
    where the label is a no. `passages` is the text that the stage was shown.
    """

    view: View
    cell: str
    stage: str
    kind: str
    paper: str
    title: str
    field: str
    year: int | None
    model: str
    true: tuple[str, ...]
    given: tuple[str, ...]
    quotes: tuple[Quote, ...]
    labelled: tuple[str, ...]
    passages: str


def failures(
    results: Iterable[Result],
    papers: Iterable[LabelledPaper],
    budgets: Mapping[str, int] | None = None,
    shown: Mapping[str, Shown] | None = None,
) -> list[Failure]:
    """Every wrong answer of the results, by stage and kind of error, those without an answer after the others.

    What follows from a no or an unresolved gate is not listed again: the gate is. By the cell's name, `budgets`
    has the tokens of passages where they are not the usual ones, and `shown` what a program of another form shows.
    Raises KeyError for a result on a paper that is not among `papers`.
    """
    library = _Library(papers, budgets or {}, shown or {})
    found = [
        library.failure(view, result.cell.name, item, listed)
        for result in results
        for view in VIEWS
        for item, listed in _wrong(view, list(result.judged.get(view, ())))
    ]
    return sorted(found, key=_order)


def _order(each: Failure) -> tuple[int, bool, str, str, str, str, int]:
    told = (each.kind, each.paper, each.model, each.cell)
    return (STAGES.index(each.stage), each.kind.startswith(UNRESOLVED), *told, VIEWS.index(each.view))


def _wrong(view: View, items: list[Judged]) -> list[tuple[Judged, tuple[str, ...]]]:
    """The wrong items, each with the models that stage 3 had listed."""
    listed = {item.paper: item.listed for item in items if item.stage == names_ptms.STAGE}
    own = asked(items) if view == "end-to-end" else items
    return [(item, listed.get(item.paper, ())) for item in own if not item.right]


class _Library:
    """The labelled papers, with their passages made once and only when they are shown."""

    def __init__(self, papers: Iterable[LabelledPaper], budgets: Mapping[str, int], shown: Mapping[str, Shown]) -> None:
        self._papers = {labelled.paper.source: labelled for labelled in papers}
        self._budgets = budgets
        self._shown = shown
        self._surveys: dict[str, Survey] = {}
        self._usual: dict[tuple[str, tuple[str, ...], int | None], str] = {}

    def failure(self, view: View, cell: str, item: Judged, listed: tuple[str, ...]) -> Failure:
        labelled = self._papers[item.paper]
        paper = labelled.paper
        models = listed if view == "end-to-end" else tuple(model.canonical for model in labelled.distinct)
        return Failure(
            view,
            cell,
            item.stage,
            kind(item),
            item.paper,
            paper.title,
            "; ".join(paper.subjects),
            paper.year,
            item.model,
            tuple(sorted(item.true)),
            tuple(sorted(item.given)),
            item.quotes,
            _labelled(item, labelled),
            self.passages(cell, paper, models if item.model else ()),
        )

    def passages(self, cell: str, paper: Paper, models: tuple[str, ...]) -> str:
        if cell in self._shown:
            return self._shown[cell](paper, models)
        key = (paper.source, models, self._budgets.get(cell))
        if key not in self._usual:
            self._usual[key] = self._survey(paper).passages(*key[1:]).text
        return self._usual[key]

    def _survey(self, paper: Paper) -> Survey:
        if paper.source not in self._surveys:
            self._surveys[paper.source] = Survey(paper)
        return self._surveys[paper.source]


def _labelled(item: Judged, labelled: LabelledPaper) -> tuple[str, ...]:
    """The labelled quotes that answer the question, each once."""
    if item.stage == uses_deep_learning.STAGE:
        quotes = [labelled.deep_quote]
    elif item.stage == reuses_ptm.STAGE:
        quotes = [labelled.reuse_quote]
    else:
        models = [m for m in labelled.models if m.canonical == item.model or (not item.model and not m.optional)]
        quotes = [quote for model in models for quote in _quotes(item.stage, model)]
    return tuple(dict.fromkeys(quote for quote in quotes if quote not in ("", NONE)))


def _quotes(stage: str, model: LabelledModel) -> tuple[str, ...]:
    if stage == reuse_pattern.STAGE:
        return model.pattern_quotes
    return (model.step_quote,) if stage == science_step.STAGE else (model.quote,)
