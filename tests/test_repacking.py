"""Batches that come as a tar: the same as the zip that they are made."""

import gzip
import io
import tarfile
from pathlib import Path

import httpx
import pytest
from papers import FIELD, TUNED, jats
from serving import Scripted, running
from test_job_routes import finished

from ptmreuse.serving.capacity import MIB, Capacity

PAPERS = {f"{n}.xml": jats(TUNED, title=f"Paper {n}") for n in range(3)}


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def sent(client: httpx.Client, data: bytes, kind: str = "application/gzip") -> httpx.Response:
    return client.post("/v1/papers:batch", content=data, headers={"content-type": kind})


@pytest.mark.parametrize(("mode", "kind"), [("w:gz", "application/gzip"), ("w", "application/x-tar")])
def test_a_tar(tmp_path: Path, mode: str, kind: str) -> None:
    members = {
        **PAPERS,
        "in/inner.tar.gz": b"x",
        "packed.xml.gz": gzip.compress(jats(FIELD, title="Packed")),
        "broken.xml.gz": b"x",
        "image.png": b"x",
        "../../x/evil.xml": jats(FIELD, title="Evil"),
    }
    with running(tmp_path / "data", Scripted()) as client:
        told = finished(client, sent(client, tarred(members, mode), kind).json()["id"])
        results = [each["result"] for each in told["results"]]
        titles = [each["paper"]["title"] if "paper" in each else each["type"] for each in results]
        failed = ["/problems/oversized", "Packed", "/problems/malformed", "Evil"]
        assert titles == ["Paper 0", "Paper 1", "Paper 2", *failed]
        assert "inbox" not in str(told)
        assert str(tmp_path) not in str(told)
        assert list((tmp_path / "data" / "inbox").iterdir()) == []
        assert {each.name for each in tmp_path.iterdir()} <= {"data", "cwd"}


def test_as_a_file_of_a_form(tmp_path: Path) -> None:
    with running(tmp_path / "data", Scripted()) as client:
        files = {"files": ("papers.tgz", tarred(PAPERS))}
        told = finished(client, client.post("/v1/papers:batch", files=files).json()["id"])
        assert [each["name"] for each in told["results"]] == [f"papers.tgz!{n}" for n in range(3)]
        assert told["results"][1]["result"]["paper"]["source"].endswith("/1/papers.tgz!1.xml")


@pytest.mark.parametrize(
    ("data", "status", "problem"),
    [
        (b"no tar", 400, "bad_upload"),
        (b"", 400, "bad_upload"),
        (b"\x1f\x8bno gzip", 400, "bad_upload"),
        (tarred(PAPERS)[:-40], 400, "bad_upload"),
        (gzip.compress(tarred(PAPERS, "w")[:3000]), 400, "bad_upload"),
        (tarred({}), 400, "bad_upload"),
        (tarred({"image.png": b"x"}), 400, "bad_upload"),
        (tarred({f"{n}.xml": b"<article/>" for n in range(11)}), 413, "too_large"),
        (tarred({"image.png": bytes(3 * MIB)}), 413, "too_large"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, data: bytes, status: int, problem: str) -> None:
    with running(tmp_path / "data", Scripted(), Capacity(members=10, unpacked=2 * MIB)) as client:
        response = sent(client, data)
        assert (response.status_code, response.json()["type"]) == (status, f"/problems/{problem}"), response.text
        assert str(tmp_path) not in response.text
        assert list((tmp_path / "data" / "inbox").iterdir()) == []
