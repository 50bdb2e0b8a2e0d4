"""What the page of `ptmreuse review` reads and writes, over HTTP and without a browser."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from ledgers import one, reuse, wrote
from papers import FIELD, TUNED
from reviewed import MODEL, NEITHER, NO, REUSE, page, reviewed_paper, three

from program.answers import STAGES
from ptmreuse.reporting.record import record

LEAVES, BARLEY, RECEPTOR = (each.id for each in three())
BO = {"x-annotator": "bo"}


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


def put(client: httpx.Client, key: str, sent: Any, **headers: str) -> dict[str, Any]:
    reply = client.put(f"/api/papers/{key}/label", json=sent, headers=headers)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_the_session_has_questions_rules_and_who(labels: Path) -> None:
    with page(labels) as client:
        put(client, BARLEY, NEITHER, **BO)
        told = client.get("/api/session").json()
    assert (told["annotator"], told["annotators"], told["total"], told["done"]) == ("anna", ["anna", "bo"], 3, 0)
    assert [each["stage"] for each in told["stages"]] == list(STAGES)
    assert all(each["rules"] for each in told["stages"])
    assert (len(told["patterns"]), len(told["steps"])) == (3, 6)


def test_a_paper_is_put_undone_and_exported(labels: Path) -> None:
    with page(labels) as client:
        assert client.get(f"/api/papers/{LEAVES}").json()["label"] is None
        reply = put(client, LEAVES, REUSE)
        assert reply["problems"] == []
        assert client.get(f"/api/papers/{LEAVES}").json()["label"]["models"][0]["name"] == "ResNet-50"
        states = {each["id"]: each["state"] for each in client.get("/api/queue").json()}
        assert states == {LEAVES: "done", BARLEY: "open", RECEPTOR: "open"}
        exported = client.get("/api/labels.jsonl").text
        assert exported == labels.read_text(encoding="utf-8")
        assert json.loads(exported)["models"][0]["name"] == "ResNet-50"
        assert client.post(f"/api/papers/{LEAVES}/undo").json() == {"label": None}
        assert labels.read_text(encoding="utf-8") == ""


def test_a_draft_with_faults_is_kept_and_not_done(labels: Path) -> None:
    with page(labels) as client:
        reply = put(client, LEAVES, REUSE | {"models": [MODEL | {"step": ""}]})
        assert reply["problems"] == [{"field": "models[0].step", "message": "choose a step"}]
        assert client.get(f"/api/papers/{LEAVES}").json()["label"]["state"] == "started"
    assert labels.read_text(encoding="utf-8") == ""


def test_everyone_sees_their_own(labels: Path) -> None:
    with page(labels) as client:
        put(client, LEAVES, REUSE)
        assert client.get(f"/api/papers/{LEAVES}", headers=BO).json()["label"] is None


def test_agreement_disagreements_and_a_ruling(labels: Path) -> None:
    with page(labels) as client:
        for key, sent in ((LEAVES, REUSE), (BARLEY, NEITHER)):
            put(client, key, sent)
        put(client, LEAVES, REUSE | {"reuses_ptm": NO}, **BO)
        put(client, BARLEY, NEITHER, **BO)
        agreement = {each["stage"]: each for each in client.get("/api/agreement").json()}
        assert agreement["uses_deep_learning"]["n"] == 2
        assert agreement["uses_deep_learning"]["kappa"]["value"] == 1
        (open_,) = client.get("/api/disagreements").json()
        assert (open_["id"], open_["stage"], open_["answers"]) == (LEAVES, "reuses_ptm", {"anna": "yes", "bo": "no"})
        assert open_["ruling"] is None
        decision = {"id": LEAVES, "stage": "reuses_ptm", "decision": "yes", "why": "weights were loaded"}
        assert client.post("/api/disagreements", json=decision, headers=BO).status_code == 200
        (decided,) = client.get("/api/disagreements").json()
        assert (decided["ruling"]["decision"], decided["ruling"]["by"]) == ("yes", "bo")
        rows = [json.loads(line) for line in client.get("/api/labels.jsonl").text.splitlines()]
    assert {row["id"]: row["reuses_ptm"]["answer"] for row in rows} == {LEAVES: True, BARLEY: False}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"decision": "perhaps"}, 400),
        ({"stage": "names_ptms"}, 404),
        ({"id": "other"}, 404),
        ({"why": ""}, 400),
    ],
)
def test_a_ruling_that_is_none(labels: Path, changed: dict[str, str], status: int) -> None:
    with page(labels) as client:
        put(client, LEAVES, REUSE)
        put(client, LEAVES, REUSE | {"reuses_ptm": NO}, **BO)
        decision = {"id": LEAVES, "stage": "reuses_ptm", "decision": "yes", "why": "so"} | changed
        assert client.post("/api/disagreements", json=decision).status_code == status
        assert client.get("/api/disagreements").json()[0]["ruling"] is None


REFUSED = [
    ("GET", "/api/papers/none", {}, 404),
    ("GET", "/api/queue?order=best", {}, 400),
    ("GET", "/api/session", {"x-annotator": "../anna"}, 400),
    ("GET", "/api/session", {"x-annotator": "rulings"}, 400),
    ("GET", "/api/session", {"host": "evil.example"}, 421),
    ("POST", f"/api/papers/{LEAVES}/undo", {"origin": "https://evil.example"}, 403),
    ("PUT", f"/api/papers/{LEAVES}/label", {}, 400),
    ("DELETE", f"/api/papers/{LEAVES}/label", {}, 405),
    ("GET", "/page/..%2Fapp.py", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), REFUSED)
def test_what_is_refused(labels: Path, method: str, path: str, headers: dict[str, str], status: int) -> None:
    with page(labels) as client:
        reply = client.request(method, path, headers=headers)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_label_without_end_is_refused(labels: Path) -> None:
    with page(labels) as client:
        reply = client.put(f"/api/papers/{LEAVES}/label", content=b"[" * 2_000_000)
    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("typed", "first"), [("resnet50", "ResNet-50"), ("alphafold", "AlphaFold"), ("cellpos", "Cellpose"), ("qqqq", None)]
)
def test_models_of_the_catalogue(labels: Path, typed: str, first: str | None) -> None:
    with page(labels) as client:
        proposed = client.get("/api/models", params={"q": typed}).json()
    assert len(proposed) <= 12
    assert (proposed[0]["name"] if proposed else None) == first


def test_the_machines_answers_and_where_its_quotes_stand(labels: Path, tmp_path: Path) -> None:
    told = record(wrote(tmp_path / "run", [(one(0), reuse(("ResNet-50", "adaptation;conceptual", "test")))])).papers[0]
    leaves = three()[0].paper
    first = leaves.paragraphs[0]._replace(place="/*[1]")  # where the answers have their quotes
    about = reviewed_paper(replace(leaves, paragraphs=(first, *leaves.paragraphs[1:])), told)
    with page(labels, [about]) as client:
        machine = client.get(f"/api/papers/{about.id}").json()["machine"]
    assert (machine["uses_deep_learning"], machine["reuses_ptm"]) == (True, True)
    assert machine["models"] == [
        {"name": "ResNet-50", "mention": "ResNet-50", "patterns": ["adaptation", "conceptual"], "step": "test"}
    ]
    assert {each["stage"] for each in machine["quotes"]} == set(STAGES)
    assert {(each["paragraph"], each["start"], each["end"], each["text"]) for each in machine["quotes"]} == {
        (0, 0, len(TUNED), TUNED)
    }


def test_blind_hides_the_machine_until_the_person_has_answered(labels: Path, tmp_path: Path) -> None:
    told = record(wrote(tmp_path / "run", [(one(0), reuse())])).papers[0]
    about = reviewed_paper(three()[0].paper, told)
    with page(labels, [about], blind=True) as client:
        assert client.get(f"/api/papers/{about.id}").json()["machine"] is None
        assert client.get("/api/queue").json()[0]["why"] == ""
        assert put(client, about.id, REUSE | {"state": "started"})["machine"] is None
        assert put(client, about.id, REUSE)["machine"]["reuses_ptm"] is True
        assert client.get(f"/api/papers/{about.id}", headers=BO).json()["machine"] is None


def test_passages_come_first(labels: Path) -> None:
    with page(labels) as client:
        told = client.get(f"/api/papers/{LEAVES}").json()
    assert [told["paragraphs"][at]["text"] for at in told["passages"]] == [TUNED]
    assert FIELD not in json.dumps(told)
