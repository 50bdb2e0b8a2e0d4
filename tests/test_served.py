"""What a server says of its models: names, and the context length in each server's own words."""

import asyncio
from typing import Any

import pytest
from listing import list_models
from provider import answered, provider

from ptmreuse.lm import LMChoice
from ptmreuse.served import Served, served

LLAMA = {"id": "/models/m.gguf", "meta": {"n_vocab": 9, "n_ctx": 8192, "n_ctx_train": 65536}}  # as llama.cpp has it


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{"id": "m", "max_model_len": 16384}], Served(("m",), 16384)),
        ([{"id": "o"}, {"id": "m", "context_length": 32768}], Served(("o", "m"), 32768)),
        ([{"id": "m", "context_window": 4096}, {"id": "o", "context_window": 1}], Served(("m", "o"), 4096)),
        ([LLAMA], Served(("/models/m.gguf",), 8192)),
        ([{"id": "m"}], Served(("m",), None)),
        ([{"id": "m", "max_model_len": "long"}], Served(("m",), None)),
        ([{"id": "o", "max_model_len": 9}, {"id": "p", "max_model_len": 9}], Served(("o", "p"), None)),
        (["<html>not found</html>"], Served()),
        (["[]"], Served()),
        (['{"data": 3}'], Served()),
    ],
)
def test_each_server_in_its_own_words(entries: list[Any], told: Served) -> None:
    with provider(answered) as server:
        list_models(server, *entries)
        assert asyncio.run(served(LMChoice("hosted_vllm/m", server.base))) == told


def test_the_price_list_knows_a_providers_own_models_but_not_what_a_server_has_under_their_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with provider(answered) as server:
        list_models(server, {"id": "gpt-5-mini", "max_model_len": 8192})
        assert asyncio.run(served(LMChoice("openai/gpt-5-mini", server.base))).context == 8192
    monkeypatch.delenv("OPENAI_API_KEY")
    assert asyncio.run(served(LMChoice("openai/gpt-5-mini"))).context == 272000


@pytest.mark.parametrize("name", ["embedded", "hosted_vllm/m", "nobody/m", "m", "openai/m"])
def test_nothing_to_hear_is_no_error(name: str) -> None:
    base = "" if name == "embedded" else "http://127.0.0.1:9/v1"
    assert asyncio.run(served(LMChoice(name, base))) == Served()
