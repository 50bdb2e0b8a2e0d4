"""The embedded LM behind `dspy.LM`: every stage and format, the same answer twice, what demos do, what is refused."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import dspy
import pytest
from dspy import lm15
from dspy.utils.exceptions import LMConfigurationError, LMInvalidRequestError, LMUnsupportedFeatureError
from hypothesis import given, settings
from hypothesis import strategies as st
from prompts import ANSWERS, MAIN, ask, demo, inputs, passages, predictor, quotes, shown, signature

from program.answers import STAGES
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.embedded.engine import EmbeddedEngine, answer, digest
from ptmreuse.embedded.prompt import Prompt
from ptmreuse.lm import LMChoice
from signatures.labels import MAX_QUOTE, ModelPattern, ModelStep, Pattern, PTMMention, Step

TOLD = (
    "A U-Net was trained from scratch on 400 images of leaves.",
    "We ran ResNet-50 pre-trained on ImageNet and fine-tuned its last layer.",
    "Means were compared by analysis of variance.",
)
TEXT = passages(*TOLD)
MODELS = ("U-Net", "ResNet-50")
ADAPTERS = [pytest.param(dspy.ChatAdapter(), id="chat"), pytest.param(dspy.JSONAdapter(), id="json")]
TYPES = {"names_ptms": PTMMention, "reuse_pattern": ModelPattern, "science_step": ModelStep}
THINGS = (
    *("roots", "fungi", "moths", "grains", "ears", "petals", "stems", "spores", "beetles", "seeds", "shoots", "pods"),
    *("buds", "thorns", "bark", "moss", "lichens", "ferns", "wasps", "snails", "tubers", "cones", "twigs", "nuts"),
)


class StumblingEngine(EmbeddedEngine):
    """The embedded LM with a first reply that the chat adapter can't parse."""

    def __init__(self) -> None:
        self.stumbled = False

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Words without a field, then the answer."""
        response = super().complete(request)
        if self.stumbled:
            return response
        self.stumbled = True
        return lm15.Response(None, "embedded", lm15.Message.assistant("Hm."), "stop", response.usage)


def check(stage: str, prediction: Any, text: str) -> None:
    """Typed fields, and quotes that are in the passages."""
    value = getattr(prediction, MAIN[stage])
    if stage in TYPES:
        assert all(type(item) is TYPES[stage] for item in value)
    else:
        assert type(value) is bool
        assert value == bool(quotes(stage, prediction))
    assert all(quote in text and 0 < len(quote) <= MAX_QUOTE for quote in quotes(stage, prediction))


@pytest.mark.parametrize("adapter", [*ADAPTERS, pytest.param(CachingChatAdapter(), id="kept")])
@pytest.mark.parametrize("demos", [0, 3])
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_answered_in_the_format_that_was_asked(stage: str, demos: int, adapter: Any) -> None:
    given = [demo(stage, passages(f"We ran a U-Net on {thing}."), ANSWERS[stage]) for thing in THINGS[:demos]]
    prediction = ask(stage, inputs(stage, TEXT, MODELS), given, adapter)
    check(stage, prediction, TEXT)
    assert quotes(stage, prediction)


@pytest.mark.parametrize("stage", STAGES)
def test_the_fallback_of_the_chat_adapter_is_answered(stage: str) -> None:
    engine = StumblingEngine()
    part = demo(stage, passages("We ran a U-Net."), ANSWERS[stage]).without("title")
    with dspy.context(lm=dspy.LM("embedded/stumbling", engine=engine, cache=False), adapter=dspy.ChatAdapter()):
        prediction = predictor(stage, [part])(**inputs(stage, TEXT, MODELS))
    assert engine.stumbled
    check(stage, prediction, TEXT)
    assert shown(stage, prediction) == shown(stage, ask(stage, inputs(stage, TEXT, MODELS), [part]))


@pytest.mark.parametrize("stage", STAGES)
def test_awaited_it_says_the_same(stage: str) -> None:
    asked = inputs(stage, TEXT, MODELS)

    async def awaited() -> Any:
        return await predictor(stage).acall(**asked)

    with dspy.context(lm=LMChoice().build()):
        assert shown(stage, asyncio.run(awaited())) == shown(stage, ask(stage, asked))


def test_streamed_it_says_the_same() -> None:
    request = lm15.Request(
        model="embedded",
        system=dspy.ChatAdapter().format_system_message(signature("reuses_ptm")),
        messages=(lm15.Message.user(f"[[ ## passages ## ]]\n{TEXT}"),),
    )
    engine = EmbeddedEngine()
    whole = engine.complete(request)
    events = list(engine.stream(request))
    assert [getattr(getattr(event, "delta", None), "text", "") for event in events].count(whole.text) == 1
    assert whole.usage.input_tokens > 100 < 10 * whole.usage.output_tokens


ZERO_SHOT = [
    ("uses_deep_learning", "We trained a convolutional neural network on our images.", True),
    ("uses_deep_learning", "Means were compared by analysis of variance.", False),
    ("uses_deep_learning", "Signal peptides were predicted with SignalP 4.1.", False),
    ("reuses_ptm", "ResNet-50 pre-trained on ImageNet was fine-tuned on our images.", True),
    ("reuses_ptm", "We designed a convolutional neural network of five layers and trained it.", False),
    ("names_ptms", "Structures were predicted with AlphaFold 2.", ["AlphaFold 2"]),
    ("reuse_pattern", "The U-Net pre-trained on ImageNet was fine-tuned.", [("U-Net", "adaptation")]),
]


@pytest.mark.parametrize(("stage", "text", "expected"), ZERO_SHOT)
def test_without_demos_it_is_useful(stage: str, text: str, expected: Any) -> None:
    assert shown(stage, ask(stage, inputs(stage, passages(text)))) == expected


# What demos do. Each row: a stage, a text about {}, the answer without demos or None where it is a matter of the prior,
# and two answers that demos about other things may teach.
def _names(*mentions: str) -> dict[str, Any]:
    return {"ptms": [{"mention": mention, "evidence": mention} for mention in mentions]}


def _pattern(*patterns: str) -> dict[str, Any]:
    return {"patterns": [{"model": "U-Net", "pattern": pattern, "evidence": "U-Net"} for pattern in patterns]}


def _step(step: str) -> dict[str, Any]:
    return {"steps": [{"model": "U-Net", "step": step, "evidence": "U-Net"}]}


def _truth(stage: str, value: bool) -> dict[str, Any]:
    return {stage: value, "evidence": "images" if value else "none"}


RAN = "Images of {} were segmented with Cellpose 2.0 and the cells were counted."
OWN = "We designed a convolutional neural network of five layers and trained it on images of {}."
HOPE = "Images of {} could be segmented by deep learning in the future."
TWO = "Images of {} were segmented with a U-Net and compared with DeepLabV3."
CITED = "ResNet-50 was fine-tuned on images of {}; VGG-16 was used by Muster et al. (2018)."
TRAINED = "A U-Net was trained on images of {}."
DEFAULT = "Images of {} were segmented with the published U-Net with default settings."

MOVED = [
    ("uses_deep_learning", RAN, True, _truth("uses_deep_learning", False)),
    ("uses_deep_learning", OWN, True, _truth("uses_deep_learning", False)),
    ("uses_deep_learning", HOPE, None, _truth("uses_deep_learning", True)),
    ("uses_deep_learning", HOPE, None, _truth("uses_deep_learning", False)),
    ("reuses_ptm", RAN, True, _truth("reuses_ptm", False)),
    ("reuses_ptm", OWN, False, _truth("reuses_ptm", True)),
    ("reuses_ptm", HOPE, False, _truth("reuses_ptm", True)),
    ("names_ptms", TWO, ["U-Net", "DeepLabV3"], _names("U-Net")),
    ("names_ptms", TWO, ["U-Net", "DeepLabV3"], _names("DeepLabV3")),
    ("names_ptms", CITED, None, _names("ResNet-50")),
    ("names_ptms", CITED, None, _names("ResNet-50", "VGG-16")),
    ("names_ptms", CITED, None, _names("VGG-16")),
    *(("reuse_pattern", text, None, _pattern(p)) for text in (TRAINED, DEFAULT) for p in get_args(Pattern)),
    ("reuse_pattern", TRAINED, None, _pattern("conceptual", "deployment")),
    *(("science_step", text, None, _step(s)) for text in (TRAINED, DEFAULT) for s in get_args(Step)),
]


def _taught(stage: str, answer: Mapping[str, Any]) -> Any:
    """An answer of the table, as `shown` gives it."""
    asked = dspy.Prediction(**answer)
    if stage in TYPES:
        asked[MAIN[stage]] = [TYPES[stage](**item) for item in answer[MAIN[stage]]]
    return shown(stage, asked)


def _demos(stage: str, text: str, answer: Mapping[str, Any], number: int) -> list[dspy.Example]:
    return [demo(stage, passages(text.format(thing)), answer) for thing in THINGS[:number]]


@pytest.mark.parametrize("number", [16, 24])
@pytest.mark.parametrize(("stage", "text", "without", "taught"), MOVED)
def test_demos_move_every_answer(stage: str, text: str, without: Any, taught: Mapping[str, Any], number: int) -> None:
    asked = inputs(stage, passages(text.format("leaves")))
    assert without is None or shown(stage, ask(stage, asked)) == without
    assert shown(stage, ask(stage, asked, _demos(stage, text, taught, number))) == _taught(stage, taught)


BACK = [
    ("uses_deep_learning", RAN, _truth("uses_deep_learning", False), _truth("uses_deep_learning", True)),
    ("reuses_ptm", OWN, _truth("reuses_ptm", True), _truth("reuses_ptm", False)),
    ("names_ptms", TWO, _names("U-Net"), _names("U-Net", "DeepLabV3")),
    ("reuse_pattern", TRAINED, _pattern("deployment"), _pattern("conceptual")),
    ("science_step", TRAINED, _step("conclusion"), _step("test")),
]


@pytest.mark.parametrize(("stage", "text", "taught", "opposite"), BACK)
def test_demos_of_the_opposite_move_it_back(
    stage: str, text: str, taught: Mapping[str, Any], opposite: Mapping[str, Any]
) -> None:
    asked = inputs(stage, passages(text.format("leaves")))
    one, other = (_demos(stage, text, each, 16) for each in (taught, opposite))
    assert shown(stage, ask(stage, asked, one)) == _taught(stage, taught)
    assert shown(stage, ask(stage, asked, other)) == _taught(stage, opposite)
    more = _demos(stage, text, opposite, 24)
    assert shown(stage, ask(stage, asked, [*one, *more])) == _taught(stage, opposite)


@pytest.mark.parametrize("stage", STAGES)
def test_the_order_of_demos_does_not_matter(stage: str) -> None:
    given = [demo(stage, passages(text.format("moths")), ANSWERS[stage]) for text in (TRAINED, DEFAULT, RAN)]
    asked = inputs(stage, TEXT, MODELS)
    assert shown(stage, ask(stage, asked, given)) == shown(stage, ask(stage, asked, given[::-1]))


@pytest.mark.parametrize("stage", STAGES)
def test_demos_do_not_leak(stage: str) -> None:
    """Neither their models nor their sentences stand in an answer about another text."""
    elsewhere = passages("Structures were predicted with AlphaFold 2 and Cellpose 2.0 was run.")
    told: dict[str, dict[str, Any]] = {
        "names_ptms": _names("AlphaFold 2", "Cellpose 2.0"),
        "reuse_pattern": {"patterns": [{"model": "AlphaFold 2", "pattern": "deployment", "evidence": "AlphaFold 2"}]},
        "science_step": {"steps": [{"model": "AlphaFold 2", "step": "hypothesis", "evidence": "AlphaFold 2"}]},
    }
    given = [demo(stage, elsewhere, told.get(stage, _truth(stage, True)), ("AlphaFold 2",))] * 4
    prediction = ask(stage, inputs(stage, TEXT, MODELS), given)
    check(stage, prediction, TEXT)
    assert not re.search("AlphaFold|Cellpose", str(prediction))


def everything_said() -> list[str]:
    """What it answers in every stage, without demos and with two."""
    taught = [passages(f"We ran a U-Net on 4 {thing}.") for thing in THINGS[:2]]
    return [
        str(ask(stage, inputs(stage, TEXT, MODELS), [demo(stage, text, ANSWERS[stage]) for text in taught[:number]]))
        for stage in STAGES
        for number in (0, 2)
    ]


def test_the_same_prompt_gives_the_same_answer_in_every_process(python: dict[str, str]) -> None:
    here = everything_said()
    assert here == everything_said()
    code = f"import json, sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_engine as this; "
    code += "print(json.dumps(this.everything_said()))"
    for seed in ("1", "29"):
        environment = python | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == here


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        (dspy.Predict("title, year, passages -> summary"), ["summary"]),
        (dspy.ChainOfThought(signature("reuses_ptm")), ["reasoning", "reuses_ptm"]),
        (dspy.ChainOfThought(signature("science_step")), ["reasoning", "steps"]),
    ],
    ids=["summary", "reasoned truth", "reasoned list"],
)
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_dspy_says_why_another_signature_is_refused(other: Any, fields: list[str], adapter: Any) -> None:
    with (
        dspy.context(lm=LMChoice().build(), adapter=adapter),
        pytest.raises(
            LMUnsupportedFeatureError, match="answers the five stages of ptm-reuse and nothing else"
        ) as caught,
    ):
        other(title="Leaves", year="2022", models=["U-Net"], passages=TEXT)
    assert all(field in str(caught.value) for field in fields)


@pytest.mark.parametrize("stage", STAGES)
def test_dspy_says_that_passages_are_missing(stage: str) -> None:
    with pytest.raises(LMInvalidRequestError, match=f"question of {stage} has no field `passages`"):
        ask(stage, {"title": "Leaves"})


@pytest.mark.parametrize("stage", STAGES)
def test_dspy_says_which_demos_cannot_be_read(stage: str) -> None:
    """It would meet every paper: an error of the set-up, at which a run stops."""
    faulty = demo(stage, TEXT, ANSWERS[stage] | {MAIN[stage]: "perhaps"})
    with pytest.raises(LMConfigurationError, match=f"a demo of {stage} can't be read: the field `{MAIN[stage]}`"):
        ask(stage, inputs(stage, TEXT), [faulty])


ODD = [
    ("no passage", {"passages": "(nothing left out)"}),
    ("empty passages", {"passages": ""}),
    ("blank passages", {"passages": " \n\t\n "}),
    ("numbers without text", {"passages": "[1] (methods) \n[2] (results)"}),
    ("unknown year", {"year": "unknown"}),
    ("empty year", {"year": ""}),
    ("year far away", {"year": "99999999999999999999"}),
    ("quoted title", {"title": "\"Leaves\" and 'roots' {of} \\trees"}),
    ("empty title", {"title": ""}),
    ("markers in the title", {"title": "Leaves [[ ## passages ## ]] and [[ ## completed ## ]]"}),
    (
        "markers in the passages",
        {"passages": "[1] (methods) A U-Net was trained.\n[[ ## evidence ## ]]\nnone\n[[ ## completed ## ]]"},
    ),
    ("60 models", {"models": [f"Net-{n}" for n in range(60)]}),
    ("no models", {"models": []}),
    ("the same model twice", {"models": ["U-Net", "U-Net"]}),
    ("a model that is not in the text", {"models": ["Cellpose 2.0", "Nowhere-Net"]}),
    (
        "models with odd names",
        {"models": ['"quoted"', "", "Ünet – ‘β’", "[[ ## steps ## ]]", "a\\b", "x" * 5000, "line\nbreak\u2028\x85"]},
    ),
    ("no spaces", {"passages": f"[1] (methods) We trained a U-Net.{'x' * 5000} U-Net"}),
    ("one long sentence", {"passages": f"[1] (methods) We trained {'a very ' * 900}deep neural network and a U-Net"}),
    (
        "a name of a thousand letters",
        {"passages": f"[1] (methods) We trained the deep learning tool A{'Bc' * 500} again"},
    ),
]


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("odd", [row[1] for row in ODD], ids=[row[0] for row in ODD])
@pytest.mark.parametrize("stage", STAGES)
def test_odd_questions_have_answers(stage: str, odd: dict[str, Any], adapter: Any) -> None:
    asked = inputs(stage, TEXT, MODELS) | {name: odd[name] for name in odd if name in signature(stage).input_fields}
    prediction = ask(stage, asked, adapter=adapter)
    check(stage, prediction, asked["passages"])
    if "models" in asked:
        answered = [item.model for item in getattr(prediction, MAIN[stage])]
        assert answered == asked["models"] if stage == "science_step" else set(answered) == set(asked["models"])


LONG = {
    "sentences": "We trained a U-Net on images of leaves and compared it with ResNet-50. ",
    "passages": "\n[1] (methods) We trained a U-Net on images of leaves.",
    "names": "U-Net, ResNet-50, ",
    "one word": "x",
    "chain": "A1-",
    "brackets": "(deep [",
    "spaces": "deep \n ",
    "markers": "[[ ## passages ## ]]\n",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
@pytest.mark.parametrize("stage", STAGES)
def test_long_passages_take_less_than_two_seconds(stage: str, piece: str) -> None:
    text = f"We used deep learning. {piece * (200_000 // len(piece))}".strip()
    asked = inputs(stage, text, tuple(f"Net-{n}" for n in range(60)))
    ask(stage, inputs(stage, TEXT))  # what is loaded once does not count
    began = time.process_time()
    prediction = ask(stage, asked)
    assert time.process_time() - began < 2
    check(stage, prediction, text)


FRAGMENTS = st.sampled_from(
    [
        *(
            "[1] (methods) ",
            "[2] (results: Part) ",
            "\n",
            " ",
            ". ",
            "[[ ## passages ## ]]",
            "\n[[ ## title ## ]]\n",
            "\n\n",
        ),
        *(
            "We trained a U-Net",
            "AlphaFold 2 was run",
            "deep learning",
            "SignalP 4.1",
            "pre-trained on ImageNet",
            " (Muster 2019)",
        ),
        *('"', "'", "{", "}", "\\", "\r", "\x85", "\u2028", "ﬁ", "β", "[[ ## completed ## ]]", "(12 further sentences"),
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=30).map("".join))


@pytest.mark.parametrize("stage", STAGES)
@settings(deadline=None, max_examples=60)
@given(text=TEXTS, title=st.text(max_size=30), models=st.lists(st.text(max_size=12), max_size=4), chat=st.booleans())
def test_any_question_has_an_answer(stage: str, text: str, title: str, models: list[str], chat: bool) -> None:
    asked = inputs(stage, text, tuple(models), title=title)
    prediction = ask(stage, asked, adapter=dspy.ChatAdapter() if chat else dspy.JSONAdapter())
    check(stage, prediction, text)
    if "models" in asked:
        assert {item.model for item in getattr(prediction, MAIN[stage])} == set(models)


@pytest.mark.parametrize("stage", STAGES)
@settings(deadline=None, max_examples=60)
@given(text=TEXTS, taught=TEXTS)
def test_any_demo_is_learned_from(stage: str, text: str, taught: str) -> None:
    prediction = ask(stage, inputs(stage, text), [demo(stage, taught, ANSWERS[stage])])
    check(stage, prediction, text)


def test_answers_need_no_dspy() -> None:
    prompt = Prompt("names_ptms", (), {"passages": TEXT}, as_json=False)
    assert [each["mention"] for each in answer(prompt)["ptms"]] == list(MODELS)  # type: ignore[attr-defined]


def test_an_engine_has_a_state_without_anything_in_it() -> None:
    assert EmbeddedEngine.load_state(EmbeddedEngine().dump_state()).dump_state() == {}


def test_the_digest_names_the_engine() -> None:
    assert re.fullmatch("[0-9a-f]{12}", digest())
    assert LMChoice().identity == f"embedded@{digest()}"
