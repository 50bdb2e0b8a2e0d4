"""The five stages with their gates: what is asked, what is not, and what comes of a failure."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import dspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Reply as Scripted
from scripted import scripted, shown
from stages import ALSO, BAD, GOOD, MODELS, PAPER, told

from program import gate
from program.answers import STAGES, Answer, PaperLabels, no, unresolved
from program.paper import Paper
from program.pipeline import Failure, Pipeline, Question, Reply, ask, needs, surveyed, unanswered
from signatures.labels import ModelPattern, ModelStep, PTMMention

REPLIES: dict[str, Mapping[str, object]] = {
    "uses_deep_learning": {"uses_deep_learning": "True", "evidence": GOOD},
    "reuses_ptm": {"reuses_ptm": "True", "evidence": ALSO},
    "names_ptms": {"ptms": [{"mention": "U-Net", "evidence": GOOD}, {"mention": "ResNet50", "evidence": ALSO}]},
    "reuse_pattern": {
        "patterns": [
            {"model": "U-Net", "pattern": "conceptual", "evidence": GOOD},
            {"model": "ResNet-50", "pattern": "adaptation", "evidence": ALSO},
        ]
    },
    "science_step": {
        "steps": [
            {"model": "U-Net", "step": "test", "evidence": GOOD},
            {"model": "ResNet-50", "step": "analysis", "evidence": ALSO},
        ]
    },
}
NO: dict[str, Mapping[str, object]] = {
    stage: {stage: "False", "evidence": "none"} for stage in ("uses_deep_learning", "reuses_ptm")
}


def good(question: Question) -> dspy.Prediction:
    """A prediction as a stage's signature types it, with quotes that are in the paper."""
    kinds = {"names_ptms": PTMMention, "reuse_pattern": ModelPattern, "science_step": ModelStep}
    reply = REPLIES[question.stage]
    if question.stage not in kinds:
        return dspy.Prediction(**{question.stage: True, "evidence": reply["evidence"]})
    ((field, items),) = reply.items()
    return dspy.Prediction(**{field: [kinds[question.stage](**item) for item in items]})  # type: ignore[attr-defined]


def carry(
    answering: Callable[[Question], Reply],
    stages: Sequence[str] = STAGES,
    known: Mapping[str, Answer] | None = None,
) -> tuple[list[Question], tuple[Answer, ...], list[Answer]]:
    """What `ask` asked, returned and recorded."""
    questions: list[Question] = []
    recorded: list[Answer] = []
    asking = ask(PAPER, stages, known, recorded.append)
    try:
        question = next(asking)
        while True:
            questions.append(question)
            question = asking.send(answering(question))
    except StopIteration as done:
        return questions, done.value, recorded


def program(*replies: Scripted) -> tuple[PaperLabels, list[str]]:
    """The whole program on the paper, and its prompts."""
    lm, engine = scripted(*replies)
    with dspy.context(lm=lm):
        labels = Pipeline()(PAPER)
    assert engine.replies == []
    return labels, [shown(prompt) for prompt in engine.prompts]


# The whole program.


def test_a_paper_with_five_answers() -> None:
    labels, prompts = program(*REPLIES.values())
    assert [(answer.stage, answer.value) for answer in labels.answers] == [(stage, "yes") for stage in STAGES]
    models, patterns, steps = (labels[stage] for stage in STAGES[2:])
    assert models and [finding.model for finding in models.findings] == MODELS
    assert patterns and told(patterns) == [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)]
    assert steps and told(steps) == [("U-Net", "test", GOOD), ("ResNet-50", "analysis", ALSO)]
    assert len(prompts) == 5


@pytest.mark.parametrize(
    ("replies", "values"),
    [
        ([NO["uses_deep_learning"]], ["no"]),
        ([REPLIES["uses_deep_learning"], NO["reuses_ptm"]], ["yes", "no"]),
        ([REPLIES["uses_deep_learning"], REPLIES["reuses_ptm"], {"ptms": []}], ["yes", "yes", "unresolved"]),
        ([{"uses_deep_learning": "True", "evidence": BAD}] * 2, ["unresolved"]),
        ([REPLIES["uses_deep_learning"], *[{"reuses_ptm": "True", "evidence": BAD}] * 2], ["yes", "unresolved"]),
        ([{"uses_deep_learning": "True", "evidence": BAD}, NO["uses_deep_learning"]], ["no"]),
    ],
)
def test_a_no_and_an_unresolved_answer_end_it(replies: list[Scripted], values: list[str]) -> None:
    labels, _ = program(*replies)
    assert [answer.value for answer in labels.answers] == values


def test_an_error_of_the_lm_is_raised() -> None:
    with pytest.raises(dspy.utils.exceptions.AdapterParseError):
        program("not a reply", "nor this")


def test_the_stages_can_be_awaited() -> None:
    lm, _ = scripted(*REPLIES.values())

    async def awaited() -> PaperLabels:
        pipeline, asking = Pipeline(), ask(PAPER)
        question = next(asking)
        try:
            while True:
                question = asking.send(await getattr(pipeline, question.stage).acall(**question.inputs))
        except StopIteration as done:
            return PaperLabels(done.value)

    with dspy.context(lm=lm):
        assert asyncio.run(awaited()) == program(*REPLIES.values())[0]


# Which questions are asked.


def test_every_stage_is_asked_once_in_order() -> None:
    questions, answers, recorded = carry(good)
    assert [(question.stage, question.again) for question in questions] == [(stage, False) for stage in STAGES]
    assert list(answers) == recorded


def test_the_last_two_stages_see_the_passages_on_the_models_of_the_third() -> None:
    questions, _, _ = carry(good)
    assert [question.inputs.get("models") for question in questions] == [None, None, None, MODELS, MODELS]
    assert questions[3].inputs["passages"] == questions[4].inputs["passages"]


@pytest.mark.parametrize(
    ("stages", "asked"),
    [
        (("uses_deep_learning",), STAGES[:1]),
        (("reuses_ptm",), STAGES[:2]),
        (("names_ptms",), STAGES[:3]),
        (("reuse_pattern",), STAGES[:4]),
        (("science_step",), (*STAGES[:3], "science_step")),
        (("uses_deep_learning", "science_step"), (*STAGES[:3], "science_step")),
        (STAGES, STAGES),
    ],
)
def test_a_subset_of_stages_with_those_that_it_needs(stages: tuple[str, ...], asked: tuple[str, ...]) -> None:
    questions, answers, _ = carry(good, stages)
    assert tuple(question.stage for question in questions) == tuple(answer.stage for answer in answers) == asked
    assert needs(stages) == frozenset(asked)


ANSWERS = {answer.stage: answer for answer in carry(good)[1]}
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        stage: st.sampled_from([ANSWERS[stage], unresolved(stage, "too_long"), *([no(stage)] if stage in NO else [])])
        for stage in STAGES
    },
)
SUBSETS = st.lists(st.sampled_from(STAGES), min_size=1, unique=True)


@settings(deadline=None)
@given(KNOWN, SUBSETS)
def test_known_answers_are_not_asked_again_and_unanswered_says_what_is(
    known: dict[str, Answer], stages: list[str]
) -> None:
    questions, answers, recorded = carry(good, stages, known)
    asked = [question.stage for question in questions]
    assert not set(asked) & set(known)
    assert [answer.stage for answer in recorded] == asked
    assert all(answer is known[answer.stage] for answer in answers if answer.stage in known)
    assert [answer.stage for answer in answers] == sorted((a.stage for a in answers), key=STAGES.index)
    following = unanswered(known, stages)
    assert asked[: len(following)] == list(following)
    assert bool(asked) is bool(following)


@settings(deadline=None)
@given(KNOWN, SUBSETS)
def test_one_answer_after_the_other_unanswered_agrees_with_what_is_asked(
    known: dict[str, Answer], stages: list[str]
) -> None:
    """A run that is stopped after any answer and resumed asks the same questions as one that is not."""
    at_once = [question.stage for question in carry(good, stages, known)[0]]
    answered, one_by_one = dict(known), []
    while following := unanswered(answered, stages):
        _, _, recorded = carry(good, stages, answered)
        answered[following[0]] = recorded[0]
        one_by_one.append(following[0])
    assert one_by_one == at_once


@settings(deadline=None)
@given(SUBSETS)
def test_a_finished_paper_is_asked_nothing(stages: list[str]) -> None:
    assert unanswered(ANSWERS, stages) == ()
    assert carry(good, stages, ANSWERS)[0] == []


# Failures.


@pytest.mark.parametrize("failing", range(5))
def test_a_failure_leaves_its_stage_unresolved_with_the_reason_and_is_never_a_no(failing: int) -> None:
    stage = STAGES[failing]
    questions, answers, recorded = carry(lambda q: Failure("provider_refused") if q.stage == stage else good(q))
    failed = [answer for answer in answers if answer.stage == stage]
    assert failed == [unresolved(stage, "provider_refused")]
    assert [answer.value for answer in answers if answer.stage != stage] == ["yes"] * (len(answers) - 1)
    assert len(questions) == (failing + 1 if failing < 3 else 5)
    assert list(answers) == recorded


def bad_then(second: Reply) -> Callable[[Question], Reply]:
    """First a quote that is not in the paper, then this."""
    return lambda question: second if question.again else dspy.Prediction(uses_deep_learning=True, evidence=BAD)


@pytest.mark.parametrize(
    ("second", "value", "reason"),
    [
        (dspy.Prediction(uses_deep_learning=True, evidence=GOOD), "yes", ""),
        (dspy.Prediction(uses_deep_learning=True, evidence=BAD), "unresolved", "evidence_not_found"),
        (dspy.Prediction(uses_deep_learning=False, evidence="none"), "no", ""),
        (Failure("provider_refused"), "unresolved", "evidence_not_found"),
    ],
)
def test_a_bad_quote_is_asked_for_again_once(second: Reply, value: str, reason: str) -> None:
    questions, answers, _ = carry(bad_then(second), ["uses_deep_learning"])
    assert [(answer.value, answer.reason) for answer in answers] == [(value, reason)]
    assert [question.again for question in questions] == [False, True]
    first, again = (question.inputs["passages"] for question in questions)
    assert again.startswith(first)
    assert "quote" in again.removeprefix(first)


def test_a_second_answer_that_is_worse_is_not_taken() -> None:
    both = [ModelPattern(model="U-Net", pattern="conceptual", evidence=GOOD)]
    both += [ModelPattern(model="ResNet-50", pattern="adaptation", evidence=BAD)]
    worse = [ModelPattern(model=model, pattern="deployment", evidence=BAD) for model in MODELS]
    known = {stage: ANSWERS[stage] for stage in STAGES[:3]}
    _, answers, _ = carry(
        lambda question: dspy.Prediction(patterns=worse if question.again else both), ["reuse_pattern"], known
    )
    assert told(answers[-1]) == [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", "evidence_not_found")]


def test_stages_four_and_five_answer_for_exactly_the_models_of_stage_three() -> None:
    other = ModelPattern(model="VGG-16", pattern="conceptual", evidence=GOOD)
    mine = ModelPattern(model="resnet50", pattern="adaptation", evidence=ALSO)
    questions, answers, _ = carry(
        lambda q: dspy.Prediction(patterns=[other, mine]) if q.stage == "reuse_pattern" else good(q)
    )
    by_stage = {answer.stage: answer for answer in answers}
    assert [finding.model for finding in by_stage["science_step"].findings] == MODELS
    expected = [("U-Net", "", gate.NOT_ANSWERED), ("ResNet-50", "adaptation", ALSO)]
    assert told(by_stage["reuse_pattern"]) == expected
    assert not any(question.again for question in questions)


def test_a_model_without_evidence_is_not_asked_about() -> None:
    found = [PTMMention(mention="U-Net", evidence=GOOD), PTMMention(mention="VGG16", evidence=BAD)]
    steps = [ModelStep(model="U-Net", step="test", evidence=GOOD)]
    questions, answers, _ = carry(
        lambda q: (
            dspy.Prediction(ptms=found)
            if q.stage == "names_ptms"
            else dspy.Prediction(steps=steps)
            if q.stage == "science_step"
            else good(q)
        ),
        ["science_step"],
    )
    assert questions[-1].inputs["models"] == ["U-Net"]
    assert told(answers[-1]) == [("U-Net", "test", GOOD)]


# State.


def demo(stage: str) -> dict[str, object]:
    """A demo of one stage."""
    inputs = {"title": "Stems", "year": "2020", "models": MODELS, "passages": f"[1] (methods) {GOOD}"}
    fields = set(getattr(Pipeline(), stage).predict.signature.input_fields)
    reply = {stage: True, "evidence": GOOD} if stage in NO else dict(REPLIES[stage])
    return {**{name: value for name, value in inputs.items() if name in fields}, **reply}


def test_the_state_has_one_key_per_stage() -> None:
    assert list(Pipeline().dump_state()) == [f"{stage}.predict" for stage in STAGES]


def test_a_program_that_is_saved_and_loaded_predicts_the_same(tmp_path: Path) -> None:
    tuned, path = Pipeline(), tmp_path / "program.json"
    for stage in STAGES:
        getattr(tuned, stage).predict.demos = [demo(stage)]
    tuned.save(path)
    loaded = Pipeline()
    loaded.load(path)
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {*(f"{stage}.predict" for stage in STAGES), "metadata"}
    prompts = []
    for pipeline in (tuned, loaded):
        lm, engine = scripted(*REPLIES.values())
        with dspy.context(lm=lm):
            labels = pipeline(PAPER)
        prompts.append([shown(prompt) for prompt in engine.prompts])
        assert [answer.value for answer in labels.answers] == ["yes"] * 5
    assert prompts[0] == prompts[1]
    assert all("Stems" in prompt for prompt in prompts[0])


def test_a_paper_without_text_is_asked_about_all_the_same() -> None:
    asking = ask(Paper("a", "t", ()))
    assert next(asking).stage == "uses_deep_learning"


def test_questions_that_come_one_by_one_share_a_survey() -> None:
    surveyed.cache_clear()
    for stages in (STAGES[:1], STAGES[:2]):
        carry(good, stages)
    asking = ask(PAPER, STAGES[:1], budget=600)
    next(asking)
    assert surveyed.cache_info()[:2] == (1, 2)  # hits, misses: one per budget
    assert surveyed.cache_info().maxsize is not None
