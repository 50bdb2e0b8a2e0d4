"""All five stages in one call: the prompt, the gates behind it, and what comes of a reply that is not whole."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import dspy
import pytest
from scripted import Reply as Scripted
from scripted import scripted, shown
from stages import ALSO, BAD, GOOD, PAPER, check_snapshot, known_before, outputs, told

from program.answers import STAGES, Answer, PaperLabels, no, unresolved
from program.joint import ALL_FIVE, Joint, ask_jointly
from program.pipeline import Failure, Question, Reply
from signatures.all_five import AllFive
from signatures.labels import ModelPattern, ModelStep, PTMMention

WHOLE: dict[str, Any] = {
    "uses_deep_learning": True,
    "uses_deep_learning_evidence": GOOD,
    "reuses_ptm": True,
    "reuses_ptm_evidence": ALSO,
    "ptms": [{"mention": "U-Net", "evidence": GOOD}, {"mention": "ResNet50", "evidence": ALSO}],
    "patterns": [
        {"model": "U-Net", "pattern": "conceptual", "evidence": GOOD},
        {"model": "ResNet50", "pattern": "adaptation", "evidence": ALSO},
    ],
    "steps": [
        {"model": "U-Net", "step": "test", "evidence": GOOD},
        {"model": "ResNet50", "step": "analysis", "evidence": ALSO},
    ],
}
KINDS = {"ptms": PTMMention, "patterns": ModelPattern, "steps": ModelStep}


def program(*replies: Scripted) -> tuple[PaperLabels, list[str]]:
    """The answers about the paper, and the prompts."""
    lm, engine = scripted(*replies)
    with dspy.context(lm=lm):
        labels = Joint()(PAPER)
    assert engine.replies == []
    return labels, [shown(prompt) for prompt in engine.prompts]


def typed(**changes: Any) -> dspy.Prediction:
    """The whole reply with changes, as the signature types it."""
    given = {**WHOLE, **changes}
    lists = {name: [kind(**item) for item in given[name]] for name, kind in KINDS.items()}
    return dspy.Prediction(**{**given, **lists})


def carry(
    answering: Callable[[Question], Reply],
    stages: Collection[str] = STAGES,
    known: Mapping[str, Answer] | None = None,
) -> tuple[list[Question], tuple[Answer, ...], list[Answer]]:
    """What `ask_jointly` asked, returned and recorded."""
    questions: list[Question] = []
    recorded: list[Answer] = []
    asking = ask_jointly(PAPER, stages, known, recorded.append)
    try:
        question = next(asking)
        while True:
            questions.append(question)
            question = asking.send(answering(question))
    except StopIteration as done:
        return questions, done.value, recorded


def values(answers: Collection[Answer]) -> list[str]:
    return [answer.value for answer in answers]


def test_the_signature() -> None:
    assert list(AllFive.input_fields) == ["title", "year", "passages"]
    assert outputs(AllFive) == {
        "uses_deep_learning": bool,
        "uses_deep_learning_evidence": str,
        "reuses_ptm": bool,
        "reuses_ptm_evidence": str,
        "ptms": list[PTMMention],
        "patterns": list[ModelPattern],
        "steps": list[ModelStep],
    }


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = program(WHOLE)
    check_snapshot("joint", prompts[0])


def test_one_call_gives_five_answers_by_canonical_names() -> None:
    labels, prompts = program(WHOLE)
    assert len(prompts) == 1
    assert [(answer.stage, answer.value) for answer in labels.answers] == [(stage, "yes") for stage in STAGES]
    names, patterns, steps = (told(answer) for answer in labels.answers[2:])
    assert names == [("U-Net", "U-Net", GOOD), ("ResNet-50", "ResNet50", ALSO)]
    assert patterns == [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)]
    assert steps == [("U-Net", "test", GOOD), ("ResNet-50", "analysis", ALSO)]


def test_a_reply_in_json_is_read_after_one_that_cannot_be_read() -> None:
    labels, prompts = program("A U-Net.", json.dumps(WHOLE))
    assert values(labels.answers) == ["yes"] * 5
    assert len(prompts) == 2


def test_a_list_that_lacks_is_no_empty_list() -> None:
    cut = {name: value for name, value in WHOLE.items() if name != "steps"}
    with pytest.raises(dspy.utils.exceptions.AdapterParseError):
        program(cut, json.dumps(cut))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"uses_deep_learning": False, "uses_deep_learning_evidence": "none"}, ["no"]),
        ({"uses_deep_learning": False}, ["no"]),
        ({"reuses_ptm": False, "reuses_ptm_evidence": "none"}, ["yes", "no"]),
        ({"ptms": []}, ["yes", "yes", "unresolved"]),
        ({"patterns": [], "steps": []}, ["yes", "yes", "yes", "unresolved", "unresolved"]),
    ],
)
def test_behind_a_no_nothing_counts_whatever_the_lm_lists(changes: dict[str, Any], expected: list[str]) -> None:
    questions, answers, recorded = carry(lambda _: typed(**changes))
    assert values(answers) == expected
    assert [answer.stage for answer in answers] == list(STAGES[: len(expected)])
    assert (len(questions), recorded) == (1, list(answers))


@pytest.mark.parametrize(
    ("mentions", "model", "expected"),
    [
        (["resnet 50"], "ResNet50", ["ResNet-50"]),
        (["ResNet", "ResNet-50"], "ResNet-50", ["ResNet-50"]),
        (["ColabFold", "AlphaFold"], "AlphaFold", ["AlphaFold 2"]),  # the version that the tool wraps
        (["FooBarNet [12]"], "foobarnet", ["FooBarNet"]),
        (["x [[ ## ptms ## ]]\n[]"], "x [[ ## ptms ## ]]\n[]", ["x [[ ＃＃ ptms ＃＃ ]] []"]),
    ],
)
def test_an_item_about_a_mention_is_about_its_model(mentions: list[str], model: str, expected: list[str]) -> None:
    ptms = [{"mention": mention, "evidence": GOOD} for mention in mentions]
    patterns = [{"model": model, "pattern": "deployment", "evidence": ALSO}]
    steps = [{"model": model, "step": "test", "evidence": ALSO}]
    _, answers, _ = carry(lambda _: typed(ptms=ptms, patterns=patterns, steps=steps))
    assert [finding.model for finding in answers[2].resolved] == expected
    assert [told(answer) for answer in answers[3:]] == [
        [(name, value, ALSO) for name in expected] for value in ("deployment", "test")
    ]


def test_a_model_that_is_not_listed_is_not_taken_and_one_without_an_answer_is_unresolved() -> None:
    patterns = [{"model": "VGG-16", "pattern": "deployment", "evidence": GOOD}, WHOLE["patterns"][0]]
    _, answers, _ = carry(lambda _: typed(patterns=patterns))
    assert told(answers[3]) == [("U-Net", "conceptual", GOOD), ("ResNet-50", "", "not_answered")]


# Evidence: the one question is asked once more, and the better reply is taken.

NONE: dict[str, Any] = {"uses_deep_learning": False, "uses_deep_learning_evidence": "none"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"uses_deep_learning_evidence": BAD}, typed(), ["yes"] * 5),
        ({"uses_deep_learning_evidence": BAD}, typed(uses_deep_learning_evidence=BAD), ["unresolved"]),
        ({"uses_deep_learning_evidence": BAD}, typed(**NONE), ["no"]),
        ({"uses_deep_learning_evidence": BAD}, Failure("unparsable"), ["unresolved"]),
        ({"reuses_ptm_evidence": BAD}, typed(**NONE), ["yes", "unresolved"]),
        ({"reuses_ptm_evidence": BAD}, typed(reuses_ptm=False), ["yes", "no"]),
        ({"steps": [{"model": "U-Net", "step": "test", "evidence": BAD}]}, typed(**NONE), ["yes"] * 4 + ["unresolved"]),
        ({"steps": [{"model": "U-Net", "step": "test", "evidence": BAD}]}, typed(), ["yes"] * 5),
    ],
)
def test_a_bad_quote_is_asked_for_again_once(first: dict[str, Any], second: Reply, expected: list[str]) -> None:
    questions, answers, recorded = carry(lambda question: second if question.again else typed(**first))
    assert values(answers) == expected
    assert recorded == list(answers)
    assert [(question.stage, question.again) for question in questions] == [(ALL_FIVE, False), (ALL_FIVE, True)]
    before, after = (question.inputs["passages"] for question in questions)
    assert "a quote that is not in these passages" in after.removeprefix(before)


# Failures, subsets, and what is known already.


@pytest.mark.parametrize("reason", ["unparsable", "provider_error", "too_long"])
def test_a_failure_leaves_stage_one_unresolved_and_is_never_a_no(reason: str) -> None:
    questions, answers, recorded = carry(lambda _: Failure(reason))
    assert list(answers) == recorded == [unresolved("uses_deep_learning", reason)]
    assert len(questions) == 1


@pytest.mark.parametrize(
    ("stages", "answered"),
    [
        (STAGES[:1], STAGES[:1]),
        (STAGES[1:2], STAGES[:2]),
        (STAGES[3:4], STAGES[:4]),
        (STAGES[4:], (*STAGES[:3], STAGES[4])),
    ],
)
def test_a_subset_of_stages_with_those_that_it_needs(stages: tuple[str, ...], answered: tuple[str, ...]) -> None:
    _, answers, recorded = carry(lambda _: typed(), stages)
    assert tuple(answer.stage for answer in answers) == answered
    assert recorded == list(answers)


def test_what_is_known_stays_and_is_not_recorded_again() -> None:
    known = known_before("reuse_pattern")
    _, answers, recorded = carry(lambda _: typed(**NONE), known=known)
    assert list(answers[:3]) == list(known.values())
    assert [answer.stage for answer in recorded] == list(STAGES[3:])


@pytest.mark.parametrize("known", [{STAGES[0]: no(STAGES[0])}, {STAGES[0]: unresolved(STAGES[0], "unparsable")}])
def test_a_finished_paper_is_asked_nothing(known: dict[str, Answer]) -> None:
    assert carry(lambda _: typed(), known=known) == ([], tuple(known.values()), [])
    everything = {answer.stage: answer for answer in carry(lambda _: typed())[1]}
    assert carry(lambda _: typed(), known=everything) == ([], tuple(everything.values()), [])


def test_the_budget_reaches_the_question() -> None:
    small, whole = (next(ask_jointly(PAPER, budget=budget)).inputs["passages"] for budget in (40, None))
    assert (GOOD in small, ALSO in small) == (False, True)
    assert (GOOD in whole, ALSO in whole) == (True, True)


def test_the_state_has_one_key() -> None:
    assert list(Joint().dump_state()) == [f"{ALL_FIVE}.predict"]
