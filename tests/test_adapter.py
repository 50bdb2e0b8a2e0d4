"""The caching adapters: the same prompts as DSPy's own, byte for byte; the structured one sends a schema."""

import json
import threading
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError, LMInvalidRequestError
from prompts import ANSWERS, inputs, predictor
from provider import Answer, completion, provider, refused

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.adapter import _KEPT, CachingChatAdapter, StructuredAdapter
from ptmreuse.lm import LMChoice
from signatures.labels import ModelPattern, ModelStep, PTMMention

ASKED = {
    "title": "Leaves ‘of’ trees",
    "year": "2022",
    "models": ["U-Net", "ESM-2"],
    "passages": "[1] (methods) We ran it.\n",
}
TOLD: dict[str, dict[str, Any]] = {
    "uses_deep_learning": {"uses_deep_learning": True, "evidence": "We ran it."},
    "reuses_ptm": {"reuses_ptm": False, "evidence": "none"},
    "names_ptms": {"ptms": [PTMMention(mention="U-Net", evidence="We ran it.")]},
    "reuse_pattern": {"patterns": [ModelPattern(model="U-Net", pattern="deployment", evidence="We ran it.")]},
    "science_step": {"steps": [ModelStep(model="U-Net", step="test", evidence="We “ran” it.")]},
}


def signature_of(stage: str) -> type[dspy.Signature]:
    signature: type[dspy.Signature] = getattr(Pipeline(), stage).predict.signature
    return signature


def demos_of(stage: str, kind: str) -> list[dict[str, Any]]:
    asked = {name: ASKED[name] for name in signature_of(stage).input_fields}
    whole = asked | TOLD[stage]
    as_json = asked | {n: [i.model_dump() for i in v] if isinstance(v, list) else v for n, v in TOLD[stage].items()}
    incomplete = {"passages": "[1] (results) Nothing."} | TOLD[stage]
    return {
        "none": [],
        "one": [whole],
        "many": [whole, asked | TOLD[stage] | {"title": "Other"}, whole],
        "from JSON": [as_json],
        "incomplete": [whole, incomplete],
        "examples": [dspy.Example(**whole).with_inputs(*asked)],
    }[kind]


@pytest.mark.parametrize("kind", ["none", "one", "many", "from JSON", "incomplete", "examples"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("ours", "theirs"), [(CachingChatAdapter, dspy.ChatAdapter), (StructuredAdapter, dspy.JSONAdapter)]
)
def test_the_prompt_is_that_of_dspy(ours: Any, theirs: Any, stage: str, kind: str) -> None:
    signature = signature_of(stage)
    asked = {name: ASKED[name] for name in signature.input_fields}
    adapter = ours()
    expected = theirs().format(signature, demos_of(stage, kind), asked)
    for _ in ("rendered", "kept"):
        assert adapter.format(signature, demos_of(stage, kind), asked) == expected


def test_other_demos_instructions_and_signatures_are_not_confused() -> None:
    ours, theirs = CachingChatAdapter(), dspy.ChatAdapter()
    signature = signature_of("reuses_ptm")
    changed = signature.with_instructions("Say no.")
    asked = {name: ASKED[name] for name in signature.input_fields}
    for each in (signature, changed, signature_of("uses_deep_learning"), signature):
        for kind in ("one", "none", "many"):
            demos = demos_of("reuses_ptm" if "reuses_ptm" in each.fields else "uses_deep_learning", kind)
            assert ours.format(each, demos, asked) == theirs.format(each, demos, asked)


def test_what_is_kept_can_be_changed_without_harm() -> None:
    ours = CachingChatAdapter()
    signature, demos = signature_of("names_ptms"), demos_of("names_ptms", "one")
    first = ours.format_demos(signature, demos)
    first[0]["content"] = "spoilt"
    assert ours.format_demos(signature, demos)[0]["content"] != "spoilt"


def test_it_keeps_a_bounded_number_of_parts_and_threads_do_not_meet_a_gap() -> None:
    ours = CachingChatAdapter()
    failures: list[BaseException] = []

    def ask(start: int) -> None:
        try:
            for n in range(start, start + 3 * _KEPT):
                assert ours._once(n % (2 * _KEPT), lambda n=n: str(n % (2 * _KEPT))) == str(n % (2 * _KEPT))
        except (KeyError, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(ours._kept) <= _KEPT + len(threads)


def strict(schema: dict[str, Any]) -> bool:
    """Whether every object in a schema names all its fields as required and allows no other, as OpenAI asks."""
    parts = [schema, *schema.get("$defs", {}).values()]
    objects = [part for part in parts if part.get("type") == "object"]
    return all(
        part["required"] == list(part["properties"]) and part["additionalProperties"] is False for part in objects
    )


def structured(stage: str, text: str) -> tuple[Any, list[dict[str, Any]]]:
    """What a stage makes of a reply to a question with a schema, and the bodies sent."""

    def respond(_: int, body: dict[str, Any]) -> Answer:
        told = body.get("response_format", {})
        if told.get("type") != "json_schema" or not strict(told["json_schema"]["schema"]):
            return refused(400, "no strict schema")(1, body)
        return 200, completion(text)

    with provider(respond) as server, dspy.context(adapter=StructuredAdapter()):
        stage_of_program = predictor(stage)
        stage_of_program.set_lm(LMChoice("hosted_vllm/m", server.base).build())
        return stage_of_program(**inputs(stage, "[1] (methods) We ran it.")), server.bodies


@pytest.mark.parametrize("stage", STAGES)
def test_the_schema_of_the_answer_goes_out_and_the_answer_is_read(stage: str) -> None:
    prediction, (body,) = structured(stage, json.dumps(ANSWERS[stage]))
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert list(schema["schema"]["properties"]) == list(ANSWERS[stage])
    (name, value), *_ = ANSWERS[stage].items()
    given = prediction[name]
    assert ([item.model_dump() for item in given] if isinstance(given, list) else given) == value
    assert "JSON object" in body["messages"][-1]["content"]


def test_the_schema_holds_the_answer_vocabulary() -> None:
    _, (body,) = structured("science_step", json.dumps(ANSWERS["science_step"]))
    step = body["response_format"]["json_schema"]["schema"]["$defs"]["ModelStep"]["properties"]["step"]
    assert step["enum"] == ["observation", "background", "hypothesis", "test", "analysis", "conclusion"]


def test_a_server_without_schemas_is_an_error_and_so_is_a_reply_that_breaks_the_schema() -> None:
    with pytest.raises(AdapterParseError):
        structured("names_ptms", "[[ ## ptms ## ]]\n[]")
    with provider(refused(400, "no schemas here")) as server:
        lm = LMChoice("hosted_vllm/m", server.base).build()
        with pytest.raises(LMInvalidRequestError, match="no schemas"), dspy.context(lm=lm, adapter=StructuredAdapter()):
            predictor("names_ptms")(**inputs("names_ptms", "[1] (methods) We ran it."))


@pytest.mark.parametrize("adapter", [CachingChatAdapter(), StructuredAdapter()])
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_of_the_paper_stands_before_the_last_message(adapter: Any, stage: str) -> None:
    signature, demos = signature_of(stage), demos_of(stage, "many")
    one = {name: ASKED[name] for name in signature.input_fields}
    other = {name: f"other {value}" if isinstance(value, str) else ["other"] for name, value in one.items()}
    (*before, last), (*before_other, last_other) = (adapter.format(signature, demos, asked) for asked in (one, other))
    assert before == before_other
    assert last != last_other
    assert last["role"] == "user"
