"""Batches: jobs, their results, what they survive, what they refuse."""

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from papers import FIELD, TUNED, jats
from serving import KEY, Scripted, running, wait

from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Ledger
from ptmreuse.serving import backlog
from ptmreuse.serving.capacity import MIB, Capacity


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def sent(client: httpx.Client, data: bytes) -> httpx.Response:
    return client.post("/v1/papers:batch", content=data, headers={"content-type": "application/zip"})


def finished(client: httpx.Client, job: str) -> dict[str, Any]:
    """A job when it is."""
    wait(lambda: client.get(f"/v1/jobs/{job}").json()["state"] == "finished", 10)
    told: dict[str, Any] = client.get(f"/v1/jobs/{job}").json()
    return told


PAPERS = {f"{n}.xml": jats(TUNED, title=f"Paper {n}") for n in range(5)}


def test_a_zip(tmp_path: Path) -> None:
    members = {**PAPERS, "broken.xml": b"<article>", "image.png": b"x", "../../x/evil.xml": jats(FIELD, title="Evil")}
    with running(tmp_path / "data", Scripted()) as client:
        response = sent(client, zipped(members))
        assert response.status_code == 202
        job = response.json()["id"]
        assert response.headers["location"] == f"/v1/jobs/{job}"
        told = finished(client, job)
        states = [each["state"] for each in told["results"]]
        assert (told["papers"], told["done"], told["failed"], told["waiting"]) == (7, 6, 1, 0)
        assert states == ["done"] * 5 + ["failed", "done"]
        assert told["results"][0]["result"]["paper"]["title"] == "Paper 0"
        assert told["results"][5]["result"]["type"] == "/problems/malformed"
        assert "inbox" not in str(told)
        assert str(tmp_path) not in str(told)
        assert list((tmp_path / "data" / "inbox").iterdir()) == []
        assert {each.name for each in tmp_path.iterdir()} <= {"data", "cwd"}
        part = client.get(f"/v1/jobs/{job}?after=2&limit=3").json()
        assert ([each["position"] for each in part["results"]], part["next"]) == ([2, 3, 4], 5)
        assert client.get(f"/v1/jobs/{job}?after=7").json()["results"] == []
    with Ledger(tmp_path / "data" / "ledger.sqlite") as ledger:
        statuses = sorted(row["status"] for row in ledger.all_documents())
        assert statuses == ["malformed", *["read"] * 6]
        assert len(ledger.all_answers(KEY)) == 6


def test_files_of_a_form_zips_among_them(tmp_path: Path) -> None:
    files = [
        ("files", ("a.xml", jats(TUNED, title="A"))),
        ("files", ("b.zip", zipped({"b.xml": jats(FIELD, title="B"), "c.xml": jats(FIELD, TUNED, title="C")}))),
        ("files", ("a.xml", jats(TUNED, title="A"))),
    ]
    answerer = Scripted()
    with running(tmp_path / "data", answerer) as client:
        told = finished(client, client.post("/v1/papers:batch", files=files).json()["id"])
        assert [each["result"]["paper"]["title"] for each in told["results"]] == ["A", "B", "C", "A"]
        assert len(answerer.asked) == 3  # the same paper is not asked about twice


@pytest.mark.parametrize(
    ("data", "status", "problem"),
    [
        (b"no zip", 400, "bad_upload"),
        (b"", 400, "bad_upload"),
        (zipped(PAPERS)[:-30], 400, "bad_upload"),
        (zipped({}), 400, "bad_upload"),
        (zipped({"image.png": b"x"}), 400, "bad_upload"),
        (zipped({f"{n}.xml": b"<article/>" for n in range(11)}), 413, "too_large"),
        (zipped({"a.txt": b"\0" * (3 * MIB)}), 413, "too_large"),
        (b"x" * (MIB + 1), 413, "too_large"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, data: bytes, status: int, problem: str) -> None:
    with running(tmp_path / "data", Scripted(), Capacity(batch=MIB, members=10, unpacked=2 * MIB)) as client:
        response = sent(client, data)
        assert (response.status_code, response.json()["type"]) == (status, f"/problems/{problem}"), response.text
        assert list((tmp_path / "data" / "inbox").iterdir()) == []
        other = client.post("/v1/papers:batch", files={"files": ("x.7z", b"x")})
        assert (other.status_code, other.json()["type"]) == (415, "/problems/unsupported_type")


def test_archives_in_archives_and_bombs_are_papers_that_failed(tmp_path: Path) -> None:
    inner = zipped({"a.xml": jats(TUNED)})
    members = {"inner.zip": inner, "bomb.txt": b"\0" * (65 * MIB), "good.xml": jats(TUNED)}
    with running(tmp_path / "data", Scripted()) as client:
        told = finished(client, sent(client, zipped(members)).json()["id"])
        types = [(each["result"] or {}).get("type") for each in told["results"]]
        assert types == ["/problems/oversized", "/problems/oversized", None]
        assert "inbox" not in str(told)


def test_too_many_jobs(tmp_path: Path) -> None:
    answerer = Scripted()
    answerer.seconds = 1
    with running(tmp_path / "data", answerer, Capacity(jobs=2)) as client:
        assert [sent(client, zipped(PAPERS)).status_code for _ in range(3)] == [202, 202, 429]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/jobs/AAAAAAAAAAAAAAAAAAAAAA", 404),
        ("/v1/jobs/short", 400),
        ("/v1/jobs/..%2f..%2fjobs.sqlite", 404),
        ("/v1/jobs/AAAAAAAAAAAAAAAAAAAAAA?after=-1", 400),
        ("/v1/jobs/AAAAAAAAAAAAAAAAAAAAAA?limit=0", 400),
    ],
)
def test_jobs_that_are_not_there(tmp_path: Path, path: str, status: int) -> None:
    with running(tmp_path / "data", Scripted()) as client:
        response = client.get(path)
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"


def test_a_job_survives_a_restart(tmp_path: Path) -> None:
    slow = Scripted()
    slow.seconds = 0.2
    with running(tmp_path / "data", slow) as client:
        job = sent(client, zipped(PAPERS)).json()["id"]
        wait(lambda: client.get(f"/v1/jobs/{job}").json()["done"] == 2, 10)
    assert len(slow.asked) in (2, 3)
    answerer = Scripted()
    with running(tmp_path / "data", answerer) as client:
        told = finished(client, job)
        assert told["done"] == 5
        assert [each["result"]["paper"]["title"] for each in told["results"]] == [f"Paper {n}" for n in range(5)]
    assert len(slow.asked) + len(answerer.asked) == 5  # no paper is asked about twice


def test_a_job_waits_while_the_lm_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "PAUSE", 0.1)
    answerer = Scripted()
    answerer.fault = SystemicError("down")
    with running(tmp_path / "data", answerer) as client:
        job = sent(client, zipped(PAPERS)).json()["id"]
        time.sleep(0.4)
        assert client.get(f"/v1/jobs/{job}").json()["waiting"] == 5
        answerer.fault = None
        assert finished(client, job)["done"] == 5


def test_a_fault_of_ours_fails_one_paper(tmp_path: Path) -> None:
    answerer = Scripted()
    answerer.fault = ZeroDivisionError("/secret/path")
    with running(tmp_path / "data", answerer) as client:
        told = finished(client, sent(client, zipped({"a.xml": jats(TUNED)})).json()["id"])
        assert told["results"][0]["result"]["type"] == "/problems/internal"
        assert "secret" not in str(told)


def test_a_job_that_is_removed_is_not_gone_on_with(tmp_path: Path) -> None:
    answerer = Scripted()
    answerer.seconds = 0.3
    with running(tmp_path / "data", answerer) as client:
        job, other = (sent(client, zipped(PAPERS)).json()["id"] for _ in range(2))
        wait(lambda: answerer.asked, 10)
        assert client.delete(f"/v1/jobs/{job}").status_code == 204
        assert client.delete(f"/v1/jobs/{job}").status_code == 404
        assert client.get(f"/v1/jobs/{job}").status_code == 404
        assert finished(client, other)["done"] == 5
        assert [path.name for path in (tmp_path / "data" / "inbox").iterdir()] == []
        assert client.delete(f"/v1/jobs/{other}").status_code == 204
        assert "ptmreuse_job_papers_waiting 0" in client.get("/metrics").text


def test_a_removed_job_does_not_wait_for_the_lm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "PAUSE", 0.1)
    answerer = Scripted()
    answerer.fault = SystemicError("down")
    with running(tmp_path / "data", answerer) as client:
        job = sent(client, zipped(PAPERS)).json()["id"]
        wait(lambda: answerer.fault and client.get(f"/v1/jobs/{job}").json()["waiting"] == 5, 5)
        assert client.delete(f"/v1/jobs/{job}").status_code == 204
        answerer.fault = None
        assert finished(client, sent(client, zipped(PAPERS)).json()["id"])["done"] == 5
