"""The list of wrong answers: which are in it, in which order, and what each shows."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from answered import DEEP, NEITHER, REUSE, TWO, UNET, chain, names, stopped, yes
from papers import PREDICTED, TUNED, paper

from program.answers import STAGES, Answer, unresolved
from program.passages import Survey
from ptmreuse.evaluation.failures import Failure, failures
from ptmreuse.evaluation.judged import VIEWS, Cell, Cost, Result, View
from ptmreuse.evaluation.judging import judged
from ptmreuse.labelled import LabelledPaper

DEEPS, REUSES, NAMES, PATTERN, STEP = STAGES
PAPERS = (NEITHER, DEEP, REUSE, TWO)
FREE = Cost(0, 0, 0, 0.0, ())
RIGHT = {
    "neither": stopped(DEEPS),
    "deep": stopped(REUSES),
    "reuse": chain(names("ResNet-50"), yes(PATTERN, ("ResNet-50", "adaptation")), yes(STEP, ("ResNet-50", "test"))),
}


def result(
    answers: Mapping[str, Mapping[str, Answer]],
    view: View = "end-to-end",
    lm: str = "x",
    papers: tuple[LabelledPaper, ...] = PAPERS,
) -> Result:
    items = [item for p in papers if p.paper.source in answers for item in judged(p, answers[p.paper.source], view)]
    return Result(Cell(lm, "zero-shot"), {view: items}, {view: FREE})


def brief(found: list[Failure]) -> list[tuple[str, str, str]]:
    return [(each.stage, each.kind, each.paper) for each in found]


def test_right_answers_are_not_in_it() -> None:
    assert failures([result(RIGHT)], PAPERS) == []


def test_by_stage_and_kind_with_what_is_unresolved_last() -> None:
    answers = {
        "neither": stopped(DEEPS, unresolved(DEEPS, "a_reason")),
        "deep": stopped(DEEPS),
        "reuse": chain(names("ResNet-50"), yes(PATTERN, ("ResNet-50", "deployment")), unresolved(STEP, "too_long")),
        "two": stopped(NAMES, unresolved(NAMES, "a_reason")),
        "other": chain(names("VGG-16")),
    }
    papers = (*PAPERS, replace(TWO, paper=paper(source="other")))
    assert brief(failures([result(answers, papers=papers)], papers)) == [
        (DEEPS, "missed", "deep"),
        (DEEPS, "unresolved: a_reason", "neither"),
        (NAMES, "wrong", "other"),
        (NAMES, "unresolved: a_reason", "two"),
        (PATTERN, "wrong", "reuse"),
        (STEP, "unresolved: too_long", "reuse"),
    ]


def test_cells_and_views_stand_beside_each_other() -> None:
    wrong = {"deep": stopped(DEEPS)}
    several = [result(wrong, view, lm) for lm in ("y", "x") for view in VIEWS]
    found = [each for each in failures(several, PAPERS) if each.stage == DEEPS]
    assert [(each.cell, each.view) for each in found] == [
        (f"zero-shot · {lm}", view) for lm in ("x", "y") for view in VIEWS
    ]


def test_in_the_isolated_view_every_wrong_answer_is_the_stages_own() -> None:
    answers = stopped(DEEPS) | chain(yes(DEEPS)) | {REUSES: yes(REUSES), DEEPS: stopped(DEEPS)[DEEPS]}
    found = failures([result({"deep": answers}, "isolated")], PAPERS)
    assert brief(found) == [(DEEPS, "missed", "deep"), (REUSES, "invented", "deep")]


def test_a_row_shows_the_paper_the_labels_and_the_answer() -> None:
    labelled = replace(REUSE, paper=replace(REUSE.paper, subjects=("Botany", "Ecology")))
    steps = yes(STEP, ("ResNet-50", "analysis"), quote=PREDICTED)
    answers = RIGHT["reuse"] | {STEP: steps}
    (found,) = failures([result({"reuse": answers}, papers=(labelled,))], [labelled])
    assert (found.view, found.cell, found.kind) == ("end-to-end", "zero-shot · x", "wrong")
    assert (found.paper, found.title, found.field, found.year) == ("reuse", "Leaves", "Botany; Ecology", 2022)
    assert (found.model, found.true, found.given) == ("ResNet-50", ("test",), ("analysis",))
    assert [(quote.text, quote.place) for quote in found.quotes] == [
        (PREDICTED, f"Methods · /*[1] · 0-{len(PREDICTED)}")
    ]
    assert found.labelled == (TUNED,)


@pytest.mark.parametrize(
    ("labelled", "answers", "quotes"),
    [
        (DEEP, stopped(DEEPS), DEEP.quotes),
        (NEITHER, stopped(REUSES), ()),
        (REUSE, stopped(REUSES), (TUNED,)),
        (REUSE, chain(names("VGG-16")), (TUNED,)),  # the optional model's is not asked for
        (DEEP, chain(names("VGG-16")), ()),
        (replace(DEEP, quotes=()), stopped(DEEPS), ()),
    ],
)
def test_labelled_quotes_are_those_that_answer_the_question(
    labelled: LabelledPaper, answers: Mapping[str, Answer], quotes: tuple[str, ...]
) -> None:
    found = failures([result({labelled.paper.source: answers}, papers=(labelled,))], [labelled])
    assert found[-1].labelled == quotes


def test_each_question_has_its_own_labelled_quotes() -> None:
    model = replace(TWO.models[1], quotes=("mention", "rebuilt", "tuned", "step"))
    labelled = replace(TWO, models=(model,), quotes=("deep", "reuse"))
    answers = {stage: unresolved(stage, "too_long") for stage in STAGES}
    found = failures([result({"two": answers}, "isolated", papers=(labelled,))], [labelled])
    assert [each.labelled for each in found] == [("deep",), ("reuse",), ("mention",), ("rebuilt", "tuned"), ("step",)]


def test_passages_are_those_that_the_stage_was_shown() -> None:
    ours = "Trees were outlined by a U-Net."
    sentences = [f"{each[:-1]} in plot {n}." for each in (TUNED, PREDICTED, ours) for n in range(60)]
    labelled = replace(TWO, paper=paper(*sentences, source="two"), models=(UNET,))
    survey = Survey(labelled.paper)
    wrong = {"two": chain(names("AlphaFold 2", "U-Net"), unresolved(PATTERN, "too_long"), yes(STEP))}
    isolated, end_to_end = ([result(wrong, view, papers=(labelled,))] for view in VIEWS)
    found = [*failures(isolated, [labelled]), *failures(end_to_end, [labelled])]
    shown = {(each.view, each.stage): each.passages for each in found}
    assert shown["isolated", NAMES] == shown["end-to-end", NAMES] == survey.passages().text
    assert shown["end-to-end", PATTERN] == survey.passages(["AlphaFold 2", "U-Net"]).text
    assert shown["isolated", PATTERN] == survey.passages(["U-Net"]).text
    assert len(set(shown.values())) == 3


def test_cells_that_show_something_else() -> None:
    labelled = replace(REUSE, paper=paper(*(f"{TUNED[:-1]} in plot {n}." for n in range(60)), source="reuse"))
    answers = chain(names("ResNet-50"), unresolved(PATTERN, "too_long"), yes(STEP, ("ResNet-50", "test")))
    several = [result({"reuse": answers}, lm=lm, papers=(labelled,)) for lm in ("usual", "short", "other")]
    shown = {"zero-shot · other": lambda paper, models: f"{paper.title}: {' '.join(models)}"}
    found = failures(several, [labelled], {"zero-shot · short": 100}, shown)
    survey = Survey(labelled.paper)
    assert {each.cell: each.passages for each in found} == {
        "zero-shot · usual": survey.passages(["ResNet-50"]).text,
        "zero-shot · short": survey.passages(["ResNet-50"], 100).text,
        "zero-shot · other": "Leaves: ResNet-50",
    }
    assert len(found[-1].passages) > 2 * len(found[1].passages) > 0
