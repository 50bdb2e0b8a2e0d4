"""The corpus over HTTP: looked through, and asked about by DOI."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from papers import corpus, jats, write
from serving import Scripted, running, wait

KIND = {"accept": "text/event-stream"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    write(corpus(tmp_path / "papers") / "odd.xml", jats(title="&lt;b&gt;", doi="10.5555/(SICI)1&lt;2:A&gt;3#4%25;5+6"))
    with running(tmp_path / "data", Scripted(), corpus=[tmp_path / "papers"]) as client:
        wait(lambda: client.get("/v1/corpus").json()["is_complete"], 10)
        yield client


def test_papers_that_match(client: httpx.Client) -> None:
    told = client.get("/v1/corpus", params={"q": "paper 2"}).json()
    assert told == {
        "papers": 7, "without_doi": 1, "unreadable": 1, "is_complete": True,
        "matches": [{"doi": "10.5555/p.2", "title": "Paper 2"}],
    }  # fmt: skip


@pytest.mark.parametrize("doi", ["10.5555/p.2", "https://doi.org/10.5555/P.2", "10.5555/(SICI)1<2:A>3#4%25;5+6"])
def test_a_paper_by_its_doi(client: httpx.Client, doi: str) -> None:
    told = client.post("/v1/papers", params={"doi": doi})
    assert told.status_code == 200, told.text
    assert told.json()["paper"]["doi"].lower() in doi.lower()
    assert "/" not in told.json()["paper"]["source"]
    streamed = client.post("/v1/papers", params={"doi": doi, "body": True}, headers=KIND).text
    assert [line for line in streamed.splitlines() if line.startswith("event")][::2] == ["event: paper", "event: done"]


@pytest.mark.parametrize("doi", ["10.5555/none", "../papers/000.xml", "\0", "x" * 300])
def test_a_doi_that_is_not_there(client: httpx.Client, tmp_path: Path, doi: str) -> None:
    for headers in ({}, KIND):
        response = client.post("/v1/papers", params={"doi": doi}, headers=headers)
        assert (response.status_code, response.json()["type"]) == (404, "/problems/not_found")
        assert response.headers["content-type"] == "application/problem+json"
        assert str(tmp_path) not in response.text
    assert "ptmreuse_papers_inside 0" in client.get("/metrics").text


def test_a_query_that_is_too_long(client: httpx.Client) -> None:
    assert client.get("/v1/corpus", params={"q": "x" * 301}).status_code == 400
    assert client.post("/v1/papers", params={"doi": "x" * 301}).status_code == 400


def test_a_service_without_a_corpus(tmp_path: Path) -> None:
    with running(tmp_path / "data", Scripted()) as client:
        for response in (client.get("/v1/corpus"), client.post("/v1/papers?doi=10.5555/p.2")):
            assert (response.status_code, response.json()["type"]) == (404, "/problems/not_found")
            assert "no corpus" in response.json()["detail"]
        assert 'id="corpus" class="row" hidden' in client.get("/").text


def test_it_asks_for_the_token(tmp_path: Path) -> None:
    with running(tmp_path / "data", Scripted(), token="t" * 16, corpus=[corpus(tmp_path / "papers")]) as client:
        assert client.get("/v1/corpus").status_code == 401
        assert client.post("/v1/papers?doi=10.5555/p.2").status_code == 401
        assert 'id="corpus" class="row">' in client.get("/").text
