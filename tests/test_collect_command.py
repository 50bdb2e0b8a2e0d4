"""`ptmreuse collect`, from the question to the corpus, against services on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from search_services import europepmc_search, openalex, plos_search, work
from services import Asked, Said, Services, article, europepmc, package, pmc, services

from ptmreuse import cli
from ptmreuse.collecting.collection import FILE
from ptmreuse.reporting.flow_diagram import steps
from ptmreuse.reporting.flow_sheets import flow_sheet
from ptmreuse.reporting.gathered import gathered
from ptmreuse.reporting.results import results

WORKS = [
    work(n, year=2019 + n % 3, field=(13, 28)[n % 2]) | {"doi": f"https://doi.org/10.1234/a.{n:04}"} for n in range(12)
]
PMCIDS = {f"10.1234/a.{n:04}": f"PMC{n + 1}" for n in range(12)}
TEXTS = {pmcid: article(doi) for doi, pmcid in PMCIDS.items()}


def flags(server: Services, corpus: Path) -> list[str]:
    urls = {"openalex": "/openalex", "europepmc": "/europepmc", "plos": "/plos", "pmc": "/oa.fcgi"}
    told = [part for name, path in urls.items() for part in (f"--{name}-url", server.base + path)]
    return ["collect", "--out", str(corpus), "--mailto", "me@example.org", *told]


def ran(server: Services, corpus: Path, *arguments: str) -> int:
    return cli.main([*flags(server, corpus), *arguments])


def metadata(corpus: Path) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in (corpus / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    return {row["doi"]: row for row in rows}


def files(corpus: Path) -> list[str]:
    return sorted(path.name for path in (corpus / "papers").iterdir())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


def test_a_question_becomes_a_corpus(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {pmcid: text for pmcid, text in TEXTS.items() if pmcid not in ("PMC3", "PMC5")}
    packed = pmc({"PMC3": package(a__nxml=TEXTS["PMC3"])}, closed=frozenset({"PMC5"}))
    with services(openalex(WORKS), europepmc(texts, PMCIDS), packed) as server:
        assert ran(server, corpus, "deep learning") == 0
    told = capsys.readouterr().out
    assert "12 papers found" in told
    assert "full_text" in told and "no_open_full_text" in told
    rows = metadata(corpus)
    assert len(rows) == 12
    assert len(files(corpus)) == 11
    assert (rows["10.1234/a.0000"]["service"], rows["10.1234/a.0002"]["service"]) == ("europepmc", "pmc")
    assert rows["10.1234/a.0004"]["outcome"] == "no_open_full_text"
    assert {row["licence"] for row in rows.values() if "file" in row} == {"cc-by-4.0"}
    assert all((corpus / row["file"]).is_file() for row in rows.values() if "file" in row)


def test_the_same_command_again_asks_for_nothing_that_is_there(corpus: Path) -> None:
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "deep learning") == 0
        asked = len(server.asked)
        assert ran(server, corpus, "deep learning") == 0
        assert len(server.asked) == asked


def test_to_refresh_is_to_ask_on_condition(corpus: Path) -> None:
    texts = dict(TEXTS)
    with services(openalex(WORKS), europepmc(texts, PMCIDS)) as server:
        ran(server, corpus, "deep learning")
        before = {name: (corpus / "papers" / name).read_bytes() for name in files(corpus)}
        texts["PMC1"] = article("10.1234/a.0000", "<body><p>We trained another network.</p></body>")
        server.asked.clear()
        assert ran(server, corpus, "deep learning", "--refresh") == 0
        conditional = [asked for asked in server.asked if "if-none-match" in asked.headers]
    assert len(conditional) == 12
    changed = [name for name, data in before.items() if (corpus / "papers" / name).read_bytes() != data]
    assert len(changed) == 1


def test_three_searches_are_one_collection(corpus: Path) -> None:
    europe = [{"id": "1", "doi": "10.1234/A.0001", "pmcid": "PMC2", "title": "T.", "pubYear": "2020"}]
    plos = [{"id": "10.1371/journal.pone.1", "title": "P", "publication_date": "2021-01-01T00:00:00Z"}]
    respond = (openalex(WORKS), europepmc_search(europe), plos_search(plos), europepmc(TEXTS, PMCIDS))
    with services(*respond) as server:
        assert ran(server, corpus, '"deep learning"', "--search", "openalex", "europepmc", "plos") == 0
    rows = metadata(corpus)
    assert len(rows) == 13
    assert (
        rows["10.1371/journal.pone.1"]["outcome"] == "not_found" or "plos" in rows["10.1371/journal.pone.1"]["source"]
    )


def test_a_list_of_dois_gets_openalexs_records_and_reasons(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "dois.txt").write_text("# mine\nhttps://doi.org/10.1234/A.0003\n10.9999/none\n", encoding="utf-8")
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "--dois", str(tmp_path / "dois.txt")) == 0
    rows = metadata(corpus)
    assert (rows["10.1234/a.0003"]["outcome"], rows["10.1234/a.0003"]["publication_year"]) == ("full_text", 2019)
    assert rows["10.9999/none"]["outcome"] == "not_found"


def test_a_sample_has_its_probabilities(corpus: Path) -> None:
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "deep learning", "--sample", "0.5", "--per", "year", "--seed", "3") == 0
    rows = metadata(corpus)
    assert len(rows) == 6
    assert {row["probability"] for row in rows.values()} == {0.5}
    assert sorted(row["publication_year"] for row in rows.values()) == [2019, 2019, 2020, 2020, 2021, 2021]


def test_a_dry_run_counts_and_writes_nothing(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with services(openalex(WORKS)) as server:
        assert ran(server, corpus, "deep learning", "--dry-run") == 0
        assert not [path for path in server.paths if "europepmc" in path]
    told = capsys.readouterr().out
    assert "Neuroscience" in told and "2019" in told and "12" in told
    assert not corpus.exists()


def test_at_most_so_many(corpus: Path) -> None:
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "deep learning", "--limit", "5") == 0
    assert len(files(corpus)) == 5


WRONG: list[tuple[Sequence[str], str]] = [
    ((), "no question: give one of QUERY"),
    (("deep learning", "--study"), "QUERY and --study: give one"),
    (('"deep learning',), "a double quote is not closed"),
    (("x", "--since", "2021-01-01", "--until", "2020-01-01"), "is after --until"),
    (("--dois", "none.txt"), "none.txt: can't be read"),
    (("x", "--plos-zip", "none.zip"), "none.zip: can't be read as a zip"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_what_is_no_order(
    corpus: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], said: str
) -> None:
    with services(openalex([])) as server:
        assert ran(server, corpus, *arguments) == 2
    assert said in capsys.readouterr().err


def test_another_question_wants_another_folder(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        ran(server, corpus, "deep learning", "--limit", "1")
        assert ran(server, corpus, "neural network") == 2
    assert "a collection of" in capsys.readouterr().err


def test_a_service_that_is_down_loses_nothing_and_decides_nothing(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    down = True

    def failing(asked: Asked) -> Said | None:
        is_text = asked.path.endswith("fullTextXML")
        return Said(503, headers={"retry-after": "0"}) if down and is_text else None

    with services(failing, openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "deep learning") == 1
        assert "goes on where it stopped" in capsys.readouterr().err
        assert not {row["outcome"] for row in metadata(corpus).values()} - {""}
        down = False
        assert ran(server, corpus, "deep learning") == 0
    assert len(files(corpus)) == 12


def test_a_kill_in_the_middle_asks_for_no_text_twice(corpus: Path, python: dict[str, str]) -> None:
    def slow(asked: Asked) -> Said | None:
        if asked.path.endswith("fullTextXML"):
            time.sleep(0.05)
        return None

    with services(slow, openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        command = [sys.executable, "-m", "ptmreuse.cli", *flags(server, corpus), "deep learning"]
        with subprocess.Popen(command, env=python, stdout=subprocess.DEVNULL) as process:
            until(lambda: len(list(corpus.glob("papers/*.xml"))) >= 3)
            os.kill(process.pid, signal.SIGKILL)
        assert subprocess.run(command, env=python, check=False, stdout=subprocess.DEVNULL).returncode == 0
        texts = [path for path in server.paths if path.endswith("fullTextXML")]
        assert ran(server, corpus.with_name("undisturbed"), "deep learning") == 0
    assert len(files(corpus)) == 12
    assert len(texts) <= 13  # the one that the kill met may be asked for again
    assert metadata(corpus) == metadata(corpus.with_name("undisturbed"))
    assert {row["outcome"] for row in metadata(corpus).values()} == {"full_text"}


def until(holds: Callable[[], bool]) -> None:
    """Wait until it does, half a minute at most."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_two_at_once(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ptmreuse.hold import hold

    with hold(corpus), services(openalex(WORKS)) as server:
        assert ran(server, corpus, "deep learning") == 2
    assert "another run writes there" in capsys.readouterr().err


def test_no_key_and_no_address_is_in_the_record(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "secret-key-1")
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        ran(server, corpus, "deep learning", "--limit", "2")
        assert any(asked.query.get("api_key") == "secret-key-1" for asked in server.asked)
    everything = b"".join(path.read_bytes() for path in corpus.rglob("*") if path.is_file())
    assert b"secret-key-1" not in everything
    assert b"me@example.org" not in everything
    assert (corpus / FILE).is_file()


def test_a_run_and_its_report_read_the_corpus(corpus: Path, tmp_path: Path) -> None:
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        ran(server, corpus, "deep learning")
    assert cli.main(["run", str(corpus), "--out", str(tmp_path / "run"), "--jobs", "1"]) == 0
    papers = (tmp_path / "run" / "papers.csv").read_text(encoding="utf-8").splitlines()
    assert len(papers) == 13
    assert not [line for line in papers if "metadata" in line or "sqlite" in line]


def test_the_flow_of_a_report_begins_with_the_collection(corpus: Path, tmp_path: Path) -> None:
    texts = {pmcid: text for pmcid, text in TEXTS.items() if pmcid not in ("PMC1", "PMC4")}  # two of 2019
    with services(openalex(WORKS), europepmc(texts, PMCIDS)) as server:
        ran(server, corpus, "deep learning", "--field", "13", "--sample", "0.5")
    assert cli.main(["run", str(corpus), "--out", str(tmp_path / "run"), "--jobs", "1"]) == 0
    counts = gathered(corpus / "metadata.jsonl")
    assert counts and counts.found == sum(counts.unfit.values()) + counts.not_drawn + counts.asked_for
    assert (counts.asked_for, counts.texts + sum(counts.without_text.values())) == (3, 3)
    found = results(tmp_path / "run", corpus / "metadata.jsonl")
    assert found.flow.found == counts.texts
    told = [step.stays[0] for step in steps(found.flow)]
    assert told[:3] == ["6 papers found by the searches", "3 papers asked for", f"{counts.texts} sources found"]
    rows = [row[:3] for row in flow_sheet(found.flow).rows]
    assert ("collection", "found", "") in rows and ("collection", "not drawn", "") in rows
    assert gathered(None) is None
    assert gathered(tmp_path / "works.jsonl") is None


def test_a_disk_that_refuses_is_told_and_can_be_mended(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus.mkdir()
    (corpus / "papers").write_bytes(b"in the place of the folder")
    with services(openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        assert ran(server, corpus, "deep learning") == 1
        assert "can't be written" in capsys.readouterr().err
        (corpus / "papers").unlink()
        assert ran(server, corpus, "deep learning") == 0
    assert len(files(corpus)) == 12


def test_a_page_in_place_of_xml_makes_way_for_the_package(corpus: Path) -> None:
    page = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>We are away.</p></body></html>"
    texts = TEXTS | {"PMC1": page, "PMC2": page, "PMC3": TEXTS["PMC3"][:80]}
    with services(openalex(WORKS), europepmc(texts, PMCIDS), pmc({"PMC1": package(a__nxml=TEXTS["PMC1"])})) as server:
        assert ran(server, corpus, "deep learning") == 0
    rows = metadata(corpus)
    assert rows["10.1234/a.0000"]["service"] == "pmc"
    assert [rows[f"10.1234/a.000{n}"]["outcome"] for n in (1, 2)] == ["not_a_paper", "malformed"]
    assert len(files(corpus)) == 10


def test_an_interruption_is_130_and_goes_on(corpus: Path, python: dict[str, str]) -> None:
    def slow(asked: Asked) -> Said | None:
        if asked.path.endswith("fullTextXML"):
            time.sleep(0.05)
        return None

    with services(slow, openalex(WORKS), europepmc(TEXTS, PMCIDS)) as server:
        command = [sys.executable, "-m", "ptmreuse.cli", *flags(server, corpus), "deep learning"]
        with subprocess.Popen(command, env=python, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            until(lambda: len(list(corpus.glob("papers/*.xml"))) >= 2)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate()
        assert process.returncode == 130
        assert b"run the same command to go on" in told
        assert metadata(corpus)
        assert ran(server, corpus, "deep learning") == 0
    assert len(files(corpus)) == 12
