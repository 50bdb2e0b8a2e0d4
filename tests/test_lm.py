"""Which LM a run uses, and what the ledger says of it."""

import os

import dspy
import pytest
from provider import completion, provider

from ptmreuse.embedded.engine import digest
from ptmreuse.errors import UsageError
from ptmreuse.lm import LMChoice, is_embedded


@pytest.mark.parametrize(
    ("choice", "identity"),
    [
        (LMChoice(), f"embedded@{digest()}"),
        (LMChoice("openai/gpt-5-mini"), "openai/gpt-5-mini"),
        (LMChoice("openai/m", parameters={"seed": 1, "n": 2}), 'openai/m {"n": 2, "seed": 1}'),
        (LMChoice("hosted_vllm/m", "http://host:8000/v1"), 'hosted_vllm/m {"api_base": "http://host:8000/v1"}'),
        (LMChoice("hosted_vllm/m", "https://me:pass@host/v1"), 'hosted_vllm/m {"api_base": "https://host/v1"}'),
        (LMChoice("hosted_vllm/m", "https://host/v1?key=secret"), 'hosted_vllm/m {"api_base": "https://host/v1"}'),
    ],
)
def test_identity_tells_lms_apart_and_no_secret(choice: LMChoice, identity: str) -> None:
    assert choice.identity == identity


@pytest.mark.parametrize("address", ["localhost:8000", "foo", "http://", "ftp://host/v1", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="give one such as http://localhost:8000/v1"):
        LMChoice("hosted_vllm/m", address)


def test_the_embedded_lm_is_built_without_key_or_cache() -> None:
    lm = LMChoice().build()
    assert isinstance(lm, dspy.LM)
    assert lm.cache is False
    assert is_embedded(lm)


def test_another_lm_is_not_taken_for_the_embedded_one() -> None:
    assert not is_embedded(LMChoice("openai/gpt-5-mini").build())
    assert not is_embedded(None)


def test_another_lm_is_reached_at_its_address_with_its_parameters_and_nowhere_else() -> None:
    with provider(lambda *_: (200, completion("[[ ## b ## ]]\nyes\n\n[[ ## completed ## ]]"))) as server:
        lm = LMChoice("hosted_vllm/m", server.base, {"temperature": 0.0}).build()
        with dspy.context(lm=lm):
            assert dspy.Predict("a -> b")(a="x").b == "yes"
        (body,) = server.bodies
    assert body["model"] == "m"
    assert body["temperature"] == 0.0
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "true"
