"""The OpenAPI document: every route, its problems, and examples that are what they say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import Scripted, running

from ptmreuse.serving.paper_reply import PaperReply
from ptmreuse.serving.problems import KINDS


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with running(tmp_path / "data", Scripted()) as client:
        yield client


def test_every_route_its_problems_and_examples(client: httpx.Client) -> None:
    told = client.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/v1/papers", "/v1/papers:batch", "/v1/jobs/{id}", "/v1/corpus", "/v1/program", "/healthz", "/readyz",
        "/metrics", "/problems/{kind}",
    }  # fmt: skip
    post: dict[str, Any] = told["paths"]["/v1/papers"]["post"]
    assert set(post["requestBody"]["content"]) >= {"text/markdown", "application/pdf", "multipart/form-data"}
    assert {kind.status for kind in KINDS.values()} - {405} <= {int(status) for status in post["responses"]}
    assert set(post["responses"]["413"]["content"]) == {"application/problem+json"}
    shown = PaperReply.model_validate(post["responses"]["200"]["content"]["application/json"]["example"])
    assert [answer.value for answer in shown.answers] == ["yes"] * 5
    sent = post["requestBody"]["content"]["text/markdown"]["example"]
    answer = client.post("/v1/papers", content=sent, headers={"content-type": "text/markdown"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("GET", "/page/..%2fguard.py", 404, "not_found"),
        ("GET", "/page/../guard.py", 404, "not_found"),
        ("GET", "/v1/papers", 405, "method_not_allowed"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
        ("POST", "/v1/papers?body=perhaps", 400, "bad_request"),
        ("GET", "/problems/none", 404, "not_found"),
    ],
)
def test_what_is_not_there(client: httpx.Client, method: str, path: str, status: int, problem: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{problem}")
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_problem_is_explained(client: httpx.Client, kind: str) -> None:
    told = client.get(f"/problems/{kind}").json()
    assert (told["status"], told["title"]) == KINDS[kind]


def test_the_program_and_the_page(client: httpx.Client) -> None:
    told = client.get("/v1/program").json()
    assert told["stages"][0]["stage"] == "uses_deep_learning"
    assert (told["program"], told["lm"], told["compiled"]) == ("0123456789ab", "scripted", "")
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/page/main.js").headers["content-type"].startswith("text/javascript")
