"""The real command: what it refuses, what it says, what it answers, and that a killed one goes on where it was."""

import io
import os
import signal
import socket
import subprocess
import threading
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from papers import FIELD, TUNED, jats
from provider import answered, provider, refused
from serving import started, wait

from ptmreuse import cli
from ptmreuse.ledger import Ledger

EXAMPLES = Path(__file__).parent.parent / "examples" / "papers"


@pytest.mark.parametrize(
    ("arguments", "token", "says"),
    [
        (["--host", "0.0.0.0"], "", "--host 0.0.0.0: others can reach it, and no token is set; put a secret into"),  # noqa: S104
        (["--host", "example.org"], "", "no token is set"),
        (["--host", "::"], "", "no token is set"),
        ([], "short", "PTMREUSE_TOKEN: give at least 16 ASCII characters"),
        (["--port", "{taken}"], "", "can't listen there"),
        (["--compiled", "none.json"], "", "none.json: can't be read as JSON"),
        (["--zero-shot", "--compiled", "none.json"], "", "give one of them"),
        (["--data", "{file}"], "", "is no folder; give another --data"),
        (["--temperature", "1"], "", "takes no temperature"),
        (["--lm", "openai/m"], "", "OPENAI_API_KEY"),
    ],
)
def test_what_can_not_be_served(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    token: str,
    says: str,
) -> None:
    monkeypatch.setenv("PTMREUSE_TOKEN", token)
    (tmp_path / "file").write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        given = [each.format(taken=taken.getsockname()[1], file=tmp_path / "file") for each in arguments]
        assert cli.main(["serve", *(["--port", "0"] if "--port" not in given else []), *given]) in (1, 2)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert says in told.err
    assert "short" not in told.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "65536"], "65536 is not a port"),
        (["--jobs", "0"], "0 is not a positive number"),
        (["--max-seconds", "0"], "0 is not a number of seconds"),
        (["--retry", "unresolved"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *arguments])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def zipped(number: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(number):
            archive.writestr(f"{n}.xml", jats((TUNED, FIELD)[n % 2], title=f"Paper {n}"))
    return file.getvalue()


def slowest_healthz(client: httpx.Client) -> float:
    """Seconds of the slowest answer of /healthz while a large paper is read and answered about."""
    kind = {"content-type": "application/xml"}
    large = jats(*[TUNED, FIELD] * 3000)
    asking = threading.Thread(
        target=lambda: httpx.post(f"{client.base_url}/v1/papers", content=large, headers=kind, timeout=120)
    )
    asking.start()
    slowest = 0.0
    while asking.is_alive():
        began = time.monotonic()
        assert client.get("/healthz").status_code == 200
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.01)
    return slowest


def test_papers_a_page_and_a_job_through_a_kill(tmp_path: Path, python: dict[str, str], ptmreuse: list[str]) -> None:
    kind = {"content-type": "application/xml"}
    example = (EXAMPLES / "07_septoria-leaves.xml").read_bytes()
    with started(tmp_path / "data", python, "--jobs", "1") as (client, process):
        told = client.post("/v1/papers?body=true", content=example, headers=kind).json()
        assert [each["value"] for each in told["answers"]] == ["yes"] * 5
        assert {each["model"] for each in told["models"]} >= {"ResNet-50", "U-Net"}
        for answer in told["answers"]:
            evidence = answer["findings"][0]["evidence"]
            (paragraph,) = (each for each in told["paper"]["body"] if each["place"] == evidence["place"])
            assert paragraph["text"][evidence["start"] : evidence["end"]] == evidence["quote"]
        streamed = client.post("/v1/papers", content=example, headers={**kind, "accept": "text/event-stream"}).text
        assert streamed.count("event: answer\n") == 5
        assert slowest_healthz(client) < 0.5  # far less on a machine that does nothing else
        command = [*ptmreuse, "serve", "--port", "0", "--data", str(tmp_path / "data")]
        second = subprocess.run(command, env={**os.environ, **python}, capture_output=True, text=True, check=False)
        assert (second.returncode, "another service writes there" in second.stderr) == (2, True)
        job = client.post("/v1/papers:batch", content=zipped(60), headers={"content-type": "application/zip"}).json()
        wait(lambda: client.get(f"/v1/jobs/{job['id']}").json()["done"] >= 5, 60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Ledger(tmp_path / "data" / "ledger.sqlite") as ledger:
        before = len(ledger.all_documents())
    assert 5 <= before < 60
    with started(tmp_path / "data", python, "--jobs", "1") as (client, process):
        wait(lambda: client.get(f"/v1/jobs/{job['id']}").json()["state"] == "finished", 60)
        told = client.get(f"/v1/jobs/{job['id']}").json()
        assert (told["done"], told["failed"]) == (60, 0)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert time.monotonic() - began < 15


def test_an_lm_that_is_awaited_and_a_token(tmp_path: Path, python: dict[str, str]) -> None:
    secret = "a-secret-of-this-service"  # noqa: S105
    paper = {"content": jats(TUNED), "headers": {"content-type": "application/xml"}}
    with provider(answered) as server:
        lm = ("--lm", "hosted_vllm/m", "--api-base", server.base, "--zero-shot")
        with started(tmp_path / "data", {**python, "PTMREUSE_TOKEN": secret}, *lm) as (client, _):
            assert client.post("/v1/papers", **paper).status_code == 401
            client.headers["authorization"] = f"Bearer {secret}"
            told = client.post("/v1/papers", **paper)
            assert [each["value"] for each in told.json()["answers"]] == ["yes"] * 5, told.text
            assert told.json()["answers"][0]["input_tokens"] == 100
            assert server.base not in told.text + client.get("/v1/program").text
            server.respond = refused(401, "wrong key sk-secret")
            failed = client.post("/v1/papers", **paper)
            assert (failed.status_code, failed.json()["type"]) == (502, "/problems/lm_failed")
            assert "secret" not in failed.text
            server.respond = answered  # the key was seen to
            assert client.post("/v1/papers", **paper).status_code == 200
