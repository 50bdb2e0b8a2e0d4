"""Reading a rendered prompt back: stage, demos, fields and format, from every way in which DSPy writes it."""

import json
from typing import Any

import dspy
import pytest
from dspy import lm15
from prompts import ANSWERS, MAIN, demo, inputs, passages, requests, signature
from pydantic import TypeAdapter

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.embedded.prompt import Fields, Prompt, fields, list_of, read_prompt, truth_of

TEXT = passages("A U-Net was trained on images of leaves.", "Means were compared by hand.")
CHAT, JSON = dspy.ChatAdapter(), dspy.JSONAdapter()
# An adapter, which of its calls is looked at, and whether that one asks for JSON.
ADAPTERS = [
    pytest.param(CHAT, 0, False, id="chat"),
    pytest.param(CachingChatAdapter(), 0, False, id="kept"),
    pytest.param(CHAT, 1, True, id="fallback"),
]


def read(stage: str, demos: list[dspy.Example], adapter: Any, call: int = 0, **asked: Any) -> Prompt:
    """The prompt of a question, read back."""
    return read_prompt(requests(stage, inputs(stage, TEXT) | asked, demos, adapter)[call])


def by_hand(stage: str, user: str, *turns: str) -> lm15.Request:
    """A prompt of the chat adapter with other messages."""
    system = requests(stage, inputs(stage, TEXT), [], CHAT)[0].system
    roles = [(lm15.Message.user, lm15.Message.assistant)[n % 2](turn) for n, turn in enumerate((*turns, user))]
    return lm15.Request(model="embedded", messages=tuple(roles), system=system)


def as_read(stage: str, text: str = TEXT) -> Fields:
    """The input fields as text."""
    return {k: json.dumps(v) if isinstance(v, list) else v for k, v in inputs(stage, text).items()}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("adapter", "call", "as_json"), ADAPTERS)
def test_stage_fields_and_format_are_read_back(stage: str, adapter: Any, call: int, as_json: bool) -> None:
    assert read(stage, [], adapter, call) == Prompt(stage, (), as_read(stage), as_json)


@pytest.mark.parametrize("stage", STAGES)
def test_the_json_adapter_is_read_back(stage: str) -> None:
    """It has no fallback: its first reply must parse."""
    messages = JSON.format(signature(stage), [demo(stage, "[1] (methods) No.", ANSWERS[stage])], inputs(stage, TEXT))
    prompt = read_prompt(_request(messages))
    assert (prompt.stage, prompt.inputs, prompt.as_json) == (stage, as_read(stage), True)
    ((asked, told),) = prompt.demos
    assert asked["passages"] == "[1] (methods) No."
    assert json.loads(told[MAIN[stage]].lower()) == json.loads(json.dumps(ANSWERS[stage][MAIN[stage]]).lower())


def _request(messages: list[dict[str, Any]]) -> lm15.Request:
    made = {"user": lm15.Message.user, "assistant": lm15.Message.assistant}
    turns = tuple(made[message["role"]](message["content"]) for message in messages[1:])
    return lm15.Request(model="embedded", messages=turns, system=messages[0]["content"])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("adapter", "call", "as_json"), ADAPTERS)
def test_demos_are_read_back_in_order(stage: str, adapter: Any, call: int, as_json: bool) -> None:
    texts = ["[1] (methods) One.", "[1] (results) Two.\n[2] (results) Three."]
    prompt = read(stage, [demo(stage, text, ANSWERS[stage]) for text in texts], adapter, call)
    assert [asked for asked, _ in prompt.demos] == [as_read(stage, text) for text in texts]
    assert all(MAIN[stage] in told and "completed" not in told for _, told in prompt.demos)
    assert (prompt.inputs, prompt.as_json) == (as_read(stage), as_json)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("adapter", "call", "as_json"), ADAPTERS)
@pytest.mark.parametrize(
    ("lacking", "teaches"),
    [("passages", False), ("models", False), ("answer", False), ("title", True), ("year", True), ("evidence", True)],
)
def test_of_incomplete_demos_those_that_teach_are_kept(
    stage: str, adapter: Any, call: int, as_json: bool, lacking: str, teaches: bool
) -> None:
    """DSPy writes them before the complete ones, with a sentence in front and a word where an output is missing."""
    name = MAIN[stage] if lacking == "answer" else lacking
    if name not in signature(stage).fields or (name == MAIN[stage] and len(signature(stage).output_fields) == 1):
        return  # the stage has no such field, or nothing is left without it
    whole, part = (demo(stage, f"[1] (methods) {each}.", ANSWERS[stage]) for each in ("Whole", "Part"))
    prompt = read(stage, [whole, part.without(name)], adapter, call)
    expected = ["[1] (methods) Part."] if teaches else []
    assert [asked["passages"] for asked, _ in prompt.demos] == [*expected, "[1] (methods) Whole."]
    assert all("Not supplied" not in value for _, told in prompt.demos for value in told.values())
    assert prompt.as_json == as_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "[[ ## title ## ]]\nOther",
        "before\n[[ ## passages ## ]]\nafter",
        "x\n\n[[ ## uses_deep_learning ## ]]\nTrue\n\n[[ ## completed ## ]]",
        "x\n\nRespond with the corresponding output fields, starting with nothing",
        'Respond with a JSON object {"a": 1}',
        "\u2028\x85{}\\",
    ],
)
@pytest.mark.parametrize("stage", STAGES)
def test_passages_hold_whatever_they_hold(stage: str, text: str) -> None:
    assert read(stage, [], CHAT, passages=text).inputs == as_read(stage) | {"passages": text.strip()}


@pytest.mark.parametrize("title", ["\"Leaves\" and 'roots'", "{leaves}", "Leaves [[ ## year ## ]]", "Blätter – ‘x’"])
def test_titles_are_kept(title: str) -> None:
    assert read("reuses_ptm", [], CHAT, title=title).inputs == as_read("reuses_ptm") | {"title": title}


def test_instructions_do_not_decide_the_format() -> None:
    words = "All interactions are a JSON object. In adhering to this, say JSON object. Your output fields are: none."
    stage = Pipeline().names_ptms
    stage.predict.signature = stage.predict.signature.with_instructions(words)
    messages = CHAT.format(stage.predict.signature, [], inputs("names_ptms", TEXT))
    assert not read_prompt(_request(messages)).as_json


OTHER = [
    ("other output fields", dspy.Signature("title, year, passages -> summary")),
    ("one field more", signature("names_ptms").append("confidence", dspy.OutputField(), float)),
    ("the reasoning of a chain of thought", dspy.ChainOfThought(signature("reuses_ptm")).predict.signature),
    ("one field less", signature("reuses_ptm").delete("evidence")),
]


@pytest.mark.parametrize("adapter", [CHAT, JSON], ids=["chat", "json"])
@pytest.mark.parametrize("other", [row[1] for row in OTHER], ids=[row[0] for row in OTHER])
def test_another_signature_is_refused(other: type[dspy.Signature], adapter: Any) -> None:
    given = {"title": "Leaves", "year": "2022", "passages": TEXT}
    with pytest.raises(lm15.UnsupportedFeatureError) as caught:
        read_prompt(_request(adapter.format(other, [], given)))
    assert all(repr(name) in caught.value.message for name in other.output_fields)
    assert "--lm" in caught.value.message


@pytest.mark.parametrize("system", ["", "You are a helpful assistant.", "Your output fields are:\nnone"])
def test_a_prompt_of_another_kind_is_refused(system: str) -> None:
    with pytest.raises(lm15.UnsupportedFeatureError, match="of an unknown prompt"):
        read_prompt(lm15.Request(model="embedded", messages=(lm15.Message.user("Hello"),), system=system or None))


@pytest.mark.parametrize("user", ["", "Hello", "[[ ## title ## ]]\nLeaves", "<passages>We ran it.</passages>"])
def test_a_question_without_passages_is_refused(user: str) -> None:
    with pytest.raises(lm15.InvalidRequestError, match="question of reuses_ptm has no field `passages`"):
        read_prompt(by_hand("reuses_ptm", user or " "))


@pytest.mark.parametrize("said", ["", "[1, 2", "[]", "7", '"text"', "[[ ## other ## ]]\nx"])
def test_a_reply_that_says_nothing_is_no_demo(said: str) -> None:
    question = "[[ ## passages ## ]]\nx"
    assert read_prompt(by_hand("reuses_ptm", question, question, said or " ")).demos == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("no marker", {}),
        ("[[ ## a ## ]]\n 1 \n\n[[ ## b ## ]]\n2\n3", {"a": "1", "b": "2\n3"}),
        ("[[ ## a ## ]] 1", {"a": "1"}),
        ("x [[ ## a ## ]]\n1", {}),
    ],
)
def test_fields_begin_a_line(text: str, expected: Fields) -> None:
    assert fields(text) == expected


@pytest.mark.parametrize(
    ("said", "truth"),
    [("True", True), ("true", True), ("yes", True), ("1", True), ("False", False), ("NO", False), ("0", False)],
)
def test_truths_as_dspy_reads_them(said: str, truth: bool) -> None:
    assert truth_of({"a": said}, "a") is truth


@pytest.mark.parametrize("given", [{}, {"a": ""}, {"a": "maybe"}, {"a": "[]"}, {"b": "True"}])
def test_another_word_is_no_truth(given: Fields) -> None:
    with pytest.raises(lm15.InvalidRequestError, match=r"field `a` is .* must be True or False"):
        truth_of(given, "a")


@pytest.mark.parametrize("said", ["[]", '["U-Net"]', '["U-Net", "quoted \\"name\\""]'])
def test_lists_are_read(said: str) -> None:
    assert list_of(TypeAdapter(list[str]), {"a": said}, "a") == json.loads(said)


@pytest.mark.parametrize("given", [{}, {"a": ""}, {"a": "None"}, {"a": "['U-Net']"}, {"a": "[7]"}, {"a": "{}"}])
def test_another_thing_is_no_list(given: Fields) -> None:
    with pytest.raises(lm15.InvalidRequestError, match="field `a` is not the list"):
        list_of(TypeAdapter(list[str]), given, "a")
