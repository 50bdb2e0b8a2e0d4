"""One paper in: every form in which it may come, every answer that it may get."""

import gzip
import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from papers import TUNED, jats
from serving import Scripted, failed_row, running, wait

from ptmreuse.errors import SystemicError
from ptmreuse.meter import BudgetReached
from ptmreuse.serving.capacity import MIB, Capacity

TEXT = f"# Leaves\n\n## Methods\n\n{TUNED} {TUNED} {TUNED}\n".encode()
TEI = (
    '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Leaves</title></titleStmt>'
    f"</fileDesc></teiHeader><text><body><div><head>Methods</head><p>{TUNED} {TUNED} {TUNED}</p></div></body></text>"
    "</TEI>"
).encode()
LAUGHS = b'<!DOCTYPE article [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
OUTSIDE = b'<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><body><p>&x;</p></body></article>'


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(tmp_path: Path, answerer: Scripted) -> Iterator[httpx.Client]:
    with running(tmp_path / "data", answerer, Capacity(paper=MIB, answer_seconds=0.5, upload_seconds=0.5)) as client:
        yield client


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.xml", data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("application/xml", jats(TUNED), "paper.xml"),
        ("text/xml; charset=utf-8", jats(TUNED), "paper.xml"),
        ("application/tei+xml", TEI, "paper.tei"),
        ("application/xml", TEI, "paper.xml"),
        ("text/markdown", TEXT, "paper.md"),
        ("TEXT/PLAIN", TEXT, "paper.txt"),
    ],
)
def test_a_paper_as_the_body(client: httpx.Client, kind: str, data: bytes, name: str) -> None:
    response = client.post("/v1/papers", content=data, headers={"content-type": kind})
    assert response.status_code == 200, response.text
    told = response.json()
    assert (told["paper"]["source"], told["paper"]["title"], told["paper"]["body"]) == (name, "Leaves", None)
    (answer,) = told["answers"]
    assert (answer["stage"], answer["value"], answer["input_tokens"]) == ("uses_deep_learning", "no", 100)
    assert (told["models"], told["program"], told["lm"]) == ([], "0123456789ab", "scripted")


@pytest.mark.parametrize(
    ("given", "data", "source"),
    [
        ("leaves.xml", jats(TUNED), "leaves.xml"),
        ("leaves.xml.gz", gzip.compress(jats(TUNED)), "leaves.xml.gz"),
        ("../../etc/cron.d/leaves.xml", jats(TUNED), "leaves.xml"),
        ("C:\\Windows\\leaves.xml", jats(TUNED), "leaves.xml"),
        ("..\\..\\.leaves.md", TEXT, "leaves.md"),
        ("a\r\nb\x00.xml", jats(TUNED), None),
        ("x" * 400 + ".xml", jats(TUNED), "x" * 116 + ".xml"),
    ],
)
def test_a_name_is_no_path(client: httpx.Client, tmp_path: Path, given: str, data: bytes, source: str | None) -> None:
    before = set(tmp_path.rglob("*"))
    response = client.post("/v1/papers", files={"file": (given, data, "application/octet-stream")})
    assert response.status_code == 200, response.text
    told = response.json()["paper"]["source"]
    assert source in (None, told)
    assert not set(told) & set('/\\\0\r\n!"')
    assert set(tmp_path.rglob("*")) == before


def test_the_body_is_sent_back_where_it_is_asked_for(client: httpx.Client) -> None:
    told = client.post("/v1/papers?body=true", content=TEXT, headers={"content-type": "text/markdown"}).json()
    assert told["paper"]["body"][0]["text"].startswith(TUNED)
    assert told["paper"]["body"][0]["place"] == "line 5"


@pytest.mark.parametrize(
    ("kind", "data", "status", "problem"),
    [
        ("image/png", b"x", 415, "unsupported_type"),
        ("", b"x", 415, "unsupported_type"),
        ("application/zip", zipped(a=jats(TUNED)), 415, "unsupported_type"),
        ("multipart/form-data", b"x", 400, "bad_upload"),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken", 400, "bad_upload"),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 400, "bad_upload"),
        ("application/xml", b"<article><body>", 422, "malformed"),
        ("application/xml", b"<html><body>x</body></html>", 422, "not_a_paper"),
        ("application/xml", b"", 422, "empty_body"),
        ("application/xml", LAUGHS + b"]><article><body><p>&j;</p></body></article>", 422, "oversized"),
        ("application/xml", OUTSIDE, 422, "oversized"),
        ("application/xml", b"<article>" + b"<p>" * 9999, 422, "oversized"),
        ("application/pdf", b"%PDF-1.4 and no more", 422, "malformed"),
        ("application/pdf", b"MZ" + b"\0" * 999, 422, "malformed"),
        ("text/plain", b"\xff\xfe\0\xd8" * 99, 422, None),
        ("text/plain", b"x" * (MIB + 1), 413, "too_large"),
    ],
)
def test_what_is_no_paper(client: httpx.Client, kind: str, data: bytes, status: int, problem: str | None) -> None:
    response = client.post("/v1/papers", content=data, headers={"content-type": kind})
    assert response.status_code == status, response.text
    check(response, problem)
    assert "root:" not in response.text


def check(response: httpx.Response, problem: str | None) -> None:
    """That a response is a problem document that tells nothing that it should not."""
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == response.status_code
    assert problem is None or told["type"] == f"/problems/{problem}"
    assert "Traceback" not in response.text
    assert str(Path(__file__).parents[1]) not in response.text
    assert "/usr/" not in response.text


def test_a_gzip_bomb(client: httpx.Client) -> None:
    bomb = gzip.compress(b"\0" * (80 * MIB))
    response = client.post("/v1/papers", files={"file": ("bomb.xml.gz", bomb)})
    assert response.status_code == 422
    check(response, "oversized")


@pytest.mark.parametrize(
    ("fault", "status", "problem"),
    [
        (SystemicError("key sk-secret at /home/x is wrong"), 502, "lm_failed"),
        (BudgetReached(), 503, "budget_reached"),
        (ZeroDivisionError("/home/x sk-secret"), 500, "internal"),
    ],
)
def test_failures_of_ours(
    client: httpx.Client, answerer: Scripted, fault: BaseException, status: int, problem: str
) -> None:
    answerer.fault = fault
    response = client.post("/v1/papers", content=TEXT, headers={"content-type": "text/plain"})
    assert response.status_code == status
    check(response, problem)
    assert "secret" not in response.text
    assert "/home" not in response.text
    answerer.fault = None
    assert client.post("/v1/papers", content=TEXT, headers={"content-type": "text/plain"}).status_code == 200


def test_an_answer_that_takes_too_long(client: httpx.Client, answerer: Scripted) -> None:
    answerer.seconds = 5
    began = time.monotonic()
    response = client.post("/v1/papers", content=TEXT, headers={"content-type": "text/plain"})
    check(response, "answer_timeout")
    assert response.status_code == 504
    assert time.monotonic() - began < 3


def test_a_service_that_is_starting(client: httpx.Client, answerer: Scripted) -> None:
    answerer.crew.is_ready = False
    response = client.post("/v1/papers", content=TEXT, headers={"content-type": "text/plain"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    check(response, "not_ready")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").json() == {"status": "alive"}


def test_too_many_at_once(tmp_path: Path, answerer: Scripted) -> None:
    answerer.seconds = 1.0
    statuses: list[int] = []
    with running(tmp_path / "data", answerer, Capacity(waiting=3)) as client:

        def ask() -> None:
            statuses.append(httpx.post(f"{client.base_url}/v1/papers", content=TEXT, headers=kind).status_code)

        kind = {"content-type": "text/plain"}
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for each in threads:
            each.start()
        wait(lambda: "ptmreuse_papers_inside 3" in client.get("/metrics").text, 5)
        refused = client.post("/v1/papers", content=TEXT, headers=kind)
        check(refused, "too_busy")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        began = time.monotonic()
        assert client.get("/healthz").status_code == 200
        assert time.monotonic() - began < 0.1
        for each in threads:
            each.join()
        assert statuses == [200, 200, 200]
        assert client.post("/v1/papers", content=TEXT, headers=kind).status_code == 200
        assert "ptmreuse_papers_inside 0" in client.get("/metrics").text


def test_a_body_that_drips_in(client: httpx.Client) -> None:
    url = client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=5) as slow:
        slow.sendall(b"POST /v1/papers HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n")
        slow.sendall(b"content-length: 9999\r\n\r\nx")
        assert b" 408 " in slow.recv(65536).split(b"\r\n")[0]
    wait(lambda: "ptmreuse_papers_inside 0" in client.get("/metrics").text, 5)


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream."""
    blocks = [block.split("\n", 1) for block in text.split("\n\n") if block and block[0] != ":"]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_answers_as_they_come(client: httpx.Client) -> None:
    kind = {"content-type": "text/markdown", "accept": "text/event-stream"}
    response = client.post("/v1/papers?body=true", content=TEXT, headers=kind)
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [name for name, _ in told] == ["paper", "answer", "done"]
    assert told[0][1]["body"]
    whole = client.post("/v1/papers", content=TEXT, headers={"content-type": "text/markdown"}).json()
    assert told[2][1] == whole
    assert told[1][1] == whole["answers"][0]


def test_a_stream_is_never_silent_for_long(tmp_path: Path, answerer: Scripted) -> None:
    answerer.seconds = 0.35
    kind = {"content-type": "text/markdown", "accept": "text/event-stream"}
    with running(tmp_path / "data", answerer, Capacity(pulse_seconds=0.1)) as client:
        text = client.post("/v1/papers", content=TEXT, headers=kind).text
        assert text.count(": still there\n\n") == 3
        assert [name for name, _ in events(text)] == ["paper", "answer", "done"]


def test_a_stream_that_fails(client: httpx.Client, answerer: Scripted) -> None:
    kind = {"content-type": "text/markdown", "accept": "text/event-stream"}
    broken = client.post("/v1/papers", content=b"", headers=kind)
    assert broken.status_code == 422  # before it begins, a problem is the response
    answerer.fault = SystemicError("sk-secret")
    told = events(client.post("/v1/papers", content=TEXT, headers=kind).text)
    assert [name for name, _ in told] == ["paper", "problem"]
    assert told[1][1]["type"] == "/problems/lm_failed"
    assert "secret" not in str(told)


def test_who_leaves_makes_room(tmp_path: Path, answerer: Scripted) -> None:
    answerer.seconds = 30
    kind = {"content-type": "text/markdown", "accept": "text/event-stream"}
    with running(tmp_path / "data", answerer, Capacity(waiting=1)) as client:
        with client.stream("POST", "/v1/papers", content=TEXT, headers=kind) as response:
            text = response.iter_text()
            next(text)
            assert "ptmreuse_papers_inside 1" in client.get("/metrics").text
        wait(lambda: "ptmreuse_papers_inside 0" in client.get("/metrics").text, 5)


def test_an_error_of_a_provider_is_told_by_its_kind() -> None:
    from ptmreuse.serving.paper_reply import stage_answer

    assert stage_answer(failed_row("LMRateLimitError: key sk-secret at http://10.0.0.1")).error == "LMRateLimitError"
