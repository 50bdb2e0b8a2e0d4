"""Answers beside their labels, in both views; the numbers that the optimizer's scores have in common with them."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import dspy
import pytest
from answered import ALPHAFOLD, DEEP, NEITHER, NET, RESNET, REUSE, TWO, UNET, chain, names, stopped, yes
from papers import FIELD, paper

from program.answers import STAGES, Answer, no, unresolved
from program.gate import NOT_ANSWERED, NOT_FOUND
from program.pipeline import Pipeline
from ptmreuse.evaluation.judged import Judged, View
from ptmreuse.evaluation.judging import NOT_ASKED, judged
from ptmreuse.examples import stage_examples, trainset
from ptmreuse.labelled import LabelledModel, LabelledPaper
from ptmreuse.lm import LMChoice
from ptmreuse.metrics import answered, f1_of, outcome, score, summary

LABELLED = Path(__file__).parent.parent / "trainsets" / "papers.jsonl"
DEEPS, REUSES, NAMES, PATTERN, STEP = STAGES
MODEL_STAGES = (PATTERN, STEP)


def told(items: list[Judged], stage: str) -> Any:
    """What is given for a stage, by model; the reason where it is unresolved, "not named" where it was not asked."""
    given = {
        item.model: item.reason or (" ".join(sorted(item.given)) if item.named else "not named")
        for item in items
        if item.stage == stage
    }
    return given.get("", given)


@pytest.mark.parametrize(
    ("answers", "first", "second"),
    [
        (stopped(DEEPS), "no", "no"),
        (stopped(DEEPS, unresolved(DEEPS, "unparsable")), "unparsable", "unparsable"),
        (stopped(REUSES), "yes", "no"),
        (stopped(REUSES, unresolved(REUSES, "too_long")), "yes", "too_long"),
        (chain(), "yes", "yes"),
        ({}, NOT_ASKED, NOT_ASKED),
        (chain(no(DEEPS)), "no", "no"),  # a program that went on behind a no
    ],
)
@pytest.mark.parametrize("labelled", [NEITHER, DEEP, REUSE])
def test_end_to_end_every_paper_is_judged_at_both_gates(
    labelled: LabelledPaper, answers: dict[str, Answer], first: str, second: str
) -> None:
    items = judged(labelled, answers, "end-to-end")
    assert (told(items, DEEPS), told(items, REUSES)) == (first, second)
    truth = {DEEPS: labelled.uses_deep_learning, REUSES: labelled.reuses_ptm}
    for item in items[:2]:
        assert item.true == {"yes" if truth[item.stage] else "no"}
        assert item.right is (item.given == item.true)
        assert bool(item.reason) is not bool(item.given)


@pytest.mark.parametrize(
    ("labelled", "answers", "expected"),
    [
        (REUSE, chain(names("ResNet-50")), "ResNet-50"),
        (REUSE, chain(names("ResNet-50", "AlphaFold 2")), "ResNet-50"),  # optional: no error
        (REUSE, chain(names("AlphaFold 2")), ""),
        (REUSE, chain(names("VGG-16")), "VGG-16"),
        (REUSE, chain(names("VGG-16", lost=["ResNet-50"])), "VGG-16"),
        (REUSE, chain(names(lost=["ResNet-50"])), NOT_FOUND),
        (REUSE, stopped(REUSES), ""),  # it answered: none
        (REUSE, stopped(REUSES, unresolved(REUSES, "too_long")), "too_long"),
        (REUSE, stopped(NAMES, unresolved(NAMES, "no_model_named")), "no_model_named"),
        (TWO, chain(names("UNet++", "U-Net")), "U-Net"),
        (TWO, chain(names("UNet++", "ResNet-50")), "ResNet-50 U-Net"),
        (DEEP, chain(names("ResNet-50")), "ResNet-50"),  # invented
        (DEEP, stopped(REUSES), {}),  # nothing to name and nothing named
        (DEEP, stopped(NAMES, unresolved(NAMES, "no_model_named")), {}),
    ],
)
def test_end_to_end_names(labelled: LabelledPaper, answers: dict[str, Answer], expected: object) -> None:
    items = judged(labelled, answers, "end-to-end")
    assert told(items, NAMES) == expected
    for item in items:
        if item.stage == NAMES:
            assert item.true == {model.canonical for model in labelled.required}


def test_the_names_as_listed_are_kept() -> None:
    (item,) = judged(TWO, chain(names("UNet++", "AlphaFold 2", lost=["ResNet-50"])), "end-to-end", [NAMES])
    assert item.listed == ("UNet++", "AlphaFold 2")
    assert item.given == {"U-Net", "AlphaFold 2"}
    assert [quote.verbatim for quote in item.quotes] == [True, True, False]


def test_a_name_that_is_a_required_models_own_is_not_another_ones_second_name() -> None:
    plus = LabelledModel("UNet++", "UNet++", ("conceptual",), "test", ())
    labelled = replace(TWO, models=(UNET, plus))
    (item,) = judged(labelled, chain(names("U-Net", "UNet++")), "end-to-end", [NAMES])
    assert item.right


def test_a_second_name_that_two_models_share_is_the_firsts() -> None:
    labelled = replace(TWO, models=(UNET, replace(RESNET, also=UNET.also)))
    (item,) = judged(labelled, chain(names("UNet++")), "end-to-end", [NAMES])
    assert item.given == {"U-Net"}


BOTH = (("ResNet-50", "adaptation"), ("UNet++", "conceptual"), ("UNet++", "adaptation"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (chain(names("ResNet-50", "UNet++"), yes(PATTERN, *BOTH)), ("adaptation", "adaptation conceptual")),
        (chain(names("ResNet-50"), yes(PATTERN, BOTH[0])), ("adaptation", "not named")),
        (chain(names("ResNet-50", lost=["U-Net"]), yes(PATTERN, BOTH[0])), ("adaptation", NOT_FOUND)),
        (chain(names("ResNet-50", "U-Net"), yes(PATTERN, BOTH[0])), ("adaptation", NOT_ANSWERED)),
        (chain(names("ResNet-50", "U-Net"), unresolved(PATTERN, "too_long")), ("too_long", "too_long")),
        (chain(names("ResNet-50", "U-Net")), (NOT_ASKED, NOT_ASKED)),
        (
            chain(names("ResNet-50", "UNet++", "U-Net"), yes(PATTERN, *BOTH[1:], ("U-Net", "deployment"))),
            (NOT_ANSWERED, "deployment"),  # of two names its own one counts
        ),
        (
            chain(names("ResNet-50", "UNet++"), yes(PATTERN, *BOTH[:2], ("UNet++", "adaptation", NOT_FOUND))),
            ("adaptation", "conceptual"),
        ),
        (
            chain(names("ResNet-50", "U-Net"), yes(PATTERN, BOTH[0], ("U-Net", "conceptual", NOT_FOUND))),
            ("adaptation", NOT_FOUND),
        ),
        (stopped(DEEPS), ("not named", "not named")),
        (stopped(REUSES, unresolved(REUSES, "too_long")), ("too_long", "too_long")),
        (chain(names(lost=["VGG-16"])), (NOT_FOUND, NOT_FOUND)),
    ],
)
def test_end_to_end_patterns(answers: dict[str, Answer], expected: tuple[str, str]) -> None:
    items = [item for item in judged(TWO, answers, "end-to-end") if item.stage == PATTERN]
    assert told(items, PATTERN) == dict(zip(("ResNet-50", "U-Net"), expected, strict=True))
    assert [item.true for item in items] == [{"adaptation"}, {"conceptual", "adaptation"}]
    named = {f.model for f in answers[NAMES].resolved} if NAMES in answers else set()
    assert [item.named for item in items] == ["ResNet-50" in named, bool({"U-Net", "UNet++"} & named)]


def test_optional_models_are_judged_where_every_cell_is_asked_about_them() -> None:
    answers = chain(
        names("ResNet-50", "AlphaFold 2"),
        *(
            yes(s, ("ResNet-50", v), ("AlphaFold 2", v))
            for s, v in zip(MODEL_STAGES, ("adaptation", "test"), strict=True)
        ),
    )
    views: tuple[View, ...] = ("isolated", "end-to-end")
    isolated, end_to_end = (judged(REUSE, answers, view, MODEL_STAGES) for view in views)
    assert [(item.stage, item.model, item.right) for item in isolated] == [
        (PATTERN, "ResNet-50", True),
        (PATTERN, "AlphaFold 2", False),
        (STEP, "ResNet-50", True),
        (STEP, "AlphaFold 2", False),
    ]
    assert [(item.stage, item.model) for item in end_to_end] == [(stage, "ResNet-50") for stage in MODEL_STAGES]


@pytest.mark.parametrize("view", ["isolated", "end-to-end"])
def test_models_of_one_name_are_one_with_the_patterns_of_both_and_the_required_ones_step(view: View) -> None:
    twin = replace(ALPHAFOLD, name="ResNet-50")
    labelled = replace(REUSE, models=(twin, RESNET))
    pattern = yes(PATTERN, ("ResNet-50", "adaptation"), ("ResNet-50", "deployment"))
    items = judged(labelled, chain(names("ResNet-50"), pattern, yes(STEP, ("ResNet-50", "test"))), view)
    assert [item.stage for item in items] == list(STAGES)
    assert all(item.right for item in items)


def test_a_paper_with_optional_models_only_need_not_name_them() -> None:
    labelled = replace(REUSE, models=(ALPHAFOLD,))
    assert told(judged(labelled, chain(names("AlphaFold 2")), "end-to-end"), NAMES) == {}
    assert told(judged(labelled, chain(names("VGG-16")), "end-to-end"), NAMES) == "VGG-16"
    assert [item.stage for item in judged(labelled, {}, "isolated")] == [DEEPS, REUSES, PATTERN, STEP]


def test_an_answer_of_one_view_or_stage_does_not_hang_on_another() -> None:
    answers = {DEEPS: no(DEEPS), REUSES: yes(REUSES), NAMES: names("ResNet-50")}
    items = judged(REUSE, answers, "isolated", STAGES[:3])
    assert [told(items, stage) for stage in STAGES[:3]] == ["no", "yes", "ResNet-50"]
    assert [item.stage for item in judged(REUSE, answers, "isolated", [REUSES])] == [REUSES]


def test_quotes_are_those_of_the_answer_that_is_judged() -> None:
    answers = chain(
        yes(DEEPS, quote=FIELD), names("ResNet-50", "U-Net"), yes(PATTERN, *BOTH[:1], ("U-Net", "conceptual"))
    )
    items = judged(TWO, answers, "end-to-end")
    assert [len(item.quotes) for item in items] == [1, 1, 2, 1, 1, 0, 0]
    assert [item.quotes[0].labelled for item in items[:2]] == [False, True]
    net = LabelledPaper(paper(NET), True, False, (), ())
    assert judged(net, chain(), "isolated")[0].quotes[0].labelled is None


@pytest.fixture(scope="module")
def val() -> list[LabelledPaper]:
    return trainset(LABELLED, "val")


@pytest.mark.parametrize("stage", STAGES)
def test_isolated_numbers_are_those_of_the_optimizers_metrics(stage: str, val: list[LabelledPaper]) -> None:
    module = getattr(Pipeline(), stage)
    items: list[Judged] = []
    outcomes = []
    with dspy.context(lm=LMChoice().build()):
        for example in stage_examples(stage, val):
            prediction = module(**example.inputs())
            outcomes.append(outcome(stage, example, prediction))
            answers = {stage: answered(stage, example, prediction)}
            items += judged(example.labelled, answers, "isolated", [stage])
    numbers = summary(stage, outcomes)
    by_paper = defaultdict(list)
    for item in items:
        by_paper[item.paper].append(item.right)
    assert len(by_paper) == numbers["n"]
    shares = [sum(rights) / len(rights) for rights in by_paper.values()]
    exact = [float(each.score == 1.0) for each in outcomes] if stage == NAMES else [each.score for each in outcomes]
    assert shares == pytest.approx(exact)
    assert 0 < sum(shares) < len(shares)  # neither all right nor all wrong, which anything would agree with
    if stage != STEP:
        assert micro_f1(items) == pytest.approx(numbers["f1"])


def micro_f1(items: list[Judged]) -> float:
    """F1 pooled over all that is true and given, but for the answer no."""
    counts: Counter[str] = Counter()
    for item in items:
        true, given = item.true - {"no"}, item.given - {"no"}
        counts.update(true=len(true), given=len(given), both=len(true & given))
    return f1_of(counts["true"], counts["given"], counts["both"])


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_judged_on_the_papers_that_it_is_asked_about(stage: str, val: list[LabelledPaper]) -> None:
    papers = [NEITHER, DEEP, REUSE, TWO, replace(REUSE, models=(ALPHAFOLD,)), *val[:20]]
    asked = [example.paper_id for example in stage_examples(stage, papers)]
    found = [item.paper for labelled in papers for item in judged(labelled, {}, "isolated", [stage])]
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(asked))


def test_the_labels_themselves_are_wholly_right_in_both_views(val: list[LabelledPaper]) -> None:
    for labelled in val[:30]:
        answers: dict[str, Answer] = {}
        for stage in STAGES:
            for example in stage_examples(stage, [labelled]):
                truth = dspy.Prediction(**example.labels())
                assert score(stage, example, truth) == 1.0
                answers[stage] = answered(stage, example, truth)
        for view in ("isolated", "end-to-end"):
            items = judged(labelled, answers, view)
            assert all(item.right for item in items)
            assert all(quote.labelled for item in items for quote in item.quotes)
