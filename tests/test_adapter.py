"""The caching adapter: the same prompt as DSPy's own, byte for byte."""

import threading
from typing import Any

import dspy
import pytest

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.adapter import _KEPT, CachingChatAdapter
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
def test_the_prompt_is_that_of_dspy(stage: str, kind: str) -> None:
    signature = signature_of(stage)
    inputs = {name: ASKED[name] for name in signature.input_fields}
    ours = CachingChatAdapter()
    theirs = dspy.ChatAdapter().format(signature, demos_of(stage, kind), inputs)
    for _ in ("rendered", "kept"):
        assert ours.format(signature, demos_of(stage, kind), inputs) == theirs


def test_other_demos_instructions_and_signatures_are_not_confused() -> None:
    ours, theirs = CachingChatAdapter(), dspy.ChatAdapter()
    signature = signature_of("reuses_ptm")
    changed = signature.with_instructions("Say no.")
    inputs = {name: ASKED[name] for name in signature.input_fields}
    for each in (signature, changed, signature_of("uses_deep_learning"), signature):
        for kind in ("one", "none", "many"):
            demos = demos_of("reuses_ptm" if "reuses_ptm" in each.fields else "uses_deep_learning", kind)
            assert ours.format(each, demos, inputs) == theirs.format(each, demos, inputs)


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
