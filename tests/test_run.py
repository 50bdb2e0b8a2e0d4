"""The main job: stop it anywhere and it goes on; the same rows whoever does the work; what ends it at once."""

import io
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import FIELD, PREDICTED, TUNED, corpus, jats, write
from provider import Answer, answered, completion, provider, refused
from rich.console import Console

from program.pipeline import Pipeline
from ptmreuse.calling.hopeless import IN_A_ROW
from ptmreuse.calling.lms import Terms
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Ledger, Row
from ptmreuse.lm import LMChoice
from ptmreuse.progress import Progress
from ptmreuse.run import Order, run
from ptmreuse.tables import models_table, papers_table

HASTY = Terms(backoff=0.001)  # the same number of attempts, without the waiting
Tables = tuple[pd.DataFrame, pd.DataFrame]


class Watched(Progress):
    """Progress that calls `then` after each thing that is done, with its number from 1."""

    def __init__(self, then: Callable[[int], None] = lambda _: None) -> None:
        super().__init__(Console(file=io.StringIO()))
        self.then = then
        self.steps = 0

    def _count(self, name: str) -> None:
        super()._count(name)
        self.steps += 1
        self.then(self.steps)


def done(out: Path, *paths: Path, watched: Watched | None = None, **asked: Any) -> Tables:
    """Run, and give the tables."""
    order = Order(paths, out, **asked)
    key = run(order, watched or Watched())
    with Ledger(order.ledger) as ledger:
        return papers_table(ledger, key), models_table(ledger, key)


def same(some: Tables, other: Tables) -> bool:
    return all(one.equals(two) for one, two in zip(some, other, strict=True))


def rows(out: Path, table: str) -> int:
    db = sqlite3.connect(out / "ledger.sqlite")
    (number,) = db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608 - our own names
    db.close()
    return int(number)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("papers") / "in")


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return done(tmp_path_factory.mktemp("undisturbed"), folder)


def test_every_document_is_a_row(undisturbed: Tables) -> None:
    papers, models = undisturbed
    told = {Path(row.source).name: (row.uses_deep_learning, row.reason) for row in papers.itertuples()}
    assert told == {
        **{f"{n:03}.xml": ("no" if n % 3 == 1 else "yes", "") for n in range(6)},
        "x_broken.xml": ("unresolved", "malformed"),
        "x_same_doi.xml": ("", "duplicate"),
        "x_same_text.xml": ("", "duplicate"),
    }
    assert [Path(source).name for source in papers["duplicate_of"] if source] == ["000.xml", "001.xml"]
    assert sorted(set(models["model"])) == ["AlphaFold 2", "ResNet-50"]


def test_again_asks_nothing(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    done(tmp_path, folder)
    answers, watched = rows(tmp_path, "answers"), Watched()
    assert same(done(tmp_path, folder, watched=watched), undisturbed)
    assert rows(tmp_path, "answers") == answers
    assert watched.counts == {"skipped": 9}
    assert rows(tmp_path, "runs") == 2


def test_new_papers_are_added_and_changed_ones_read_again(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 3)
    done(tmp_path / "out", papers)
    write(papers / "new.xml", jats(PREDICTED, title="New"))
    write(papers / "001.xml", jats(PREDICTED, TUNED, title="Changed"))
    watched = Watched()
    again = done(tmp_path / "out", papers, watched=watched)
    assert watched.counts["answered"] == 2
    assert set(again[1]["source"].map(lambda source: Path(source).name)) == {"000.xml", "001.xml", "002.xml", "new.xml"}


def test_a_duplicate_of_a_paper_that_changed_is_a_paper(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 3)
    done(tmp_path / "out", papers)
    write(papers / "000.xml", jats(PREDICTED, title="Another paper", doi="10.5555/other"))
    done(tmp_path / "out", papers)
    table, _ = done(tmp_path / "out", papers)
    assert [Path(source).name for source in table["duplicate_of"] if source] == ["001.xml"]
    assert "" not in set(table["uses_deep_learning"][table["reason"] != "duplicate"])


def test_fresh_forgets(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 3)
    done(tmp_path / "out", papers)
    (papers / "x_broken.xml").unlink()
    assert len(done(tmp_path / "out", papers)[0]) == 6
    assert len(done(tmp_path / "out", papers, fresh=True)[0]) == 5
    assert rows(tmp_path / "out", "runs") == 1


@pytest.mark.parametrize("limit", [1, 4, 99])
def test_limit_takes_the_first(folder: Path, tmp_path: Path, limit: int) -> None:
    papers, _ = done(tmp_path, folder, limit=limit)
    assert [Path(source).name for source in papers["source"]] == sorted(p.name for p in folder.iterdir())[:limit]


def test_stages_can_be_added_later(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    papers, models = done(tmp_path, folder, stages=("uses_deep_learning",))
    assert set(papers["reuses_ptm"]) == {"", "no", "unresolved"}
    assert models.empty
    _, models = done(tmp_path, folder, stages=("science_step",))
    assert set(models["pattern"]) == {""}
    assert "" not in set(models["step"])
    before = rows(tmp_path, "answers")
    assert same(done(tmp_path, folder), undisturbed)
    assert rows(tmp_path, "answers") == before + 4  # the patterns of four papers


def test_another_compiled_state_is_another_key(folder: Path, tmp_path: Path) -> None:
    Pipeline().save(tmp_path / "c.json")
    done(tmp_path / "out", folder, limit=1)
    done(tmp_path / "out", folder, limit=1, compiled=tmp_path / "c.json")
    assert rows(tmp_path / "out", "answers") == 10


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_stopped_anywhere_it_goes_on_to_the_same_rows(folder: Path, undisturbed: Tables, stops: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        for stop in stops:

            def interrupt(step: int, stop: int = stop) -> None:
                if step == stop:
                    raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                done(out, folder, watched=Watched(interrupt))
        assert same(done(out, folder), undisturbed)
        assert rows(out, "answers") == sum(len(found) for found in all_answers(out).values())


def all_answers(out: Path) -> dict[str, Any]:
    order = Order((), out)
    with Ledger(order.ledger) as ledger:
        return ledger.all_answers(order.key)


@pytest.mark.parametrize("step", range(1, 10))
def test_what_is_on_the_disk_at_any_moment_is_enough(
    folder: Path, undisturbed: Tables, tmp_path: Path, step: int
) -> None:
    def copy(number: int) -> None:
        if number == step:  # what a `kill -9` would leave
            shutil.copytree(tmp_path / "out", tmp_path / "left")

    done(tmp_path / "out", folder, watched=Watched(copy))
    watched = Watched()
    assert same(done(tmp_path / "left", folder, watched=watched), undisturbed)
    assert watched.counts["skipped"] >= step - 1


def test_threads_and_http_give_the_same_rows(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    with provider(answered) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        for jobs in (1, 4):
            assert same(done(tmp_path / str(jobs), folder, lm=lm, jobs=jobs), undisturbed)


def test_processes_give_the_same_rows(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 70)
    one, two = (done(tmp_path / str(jobs), papers, jobs=jobs) for jobs in (1, 2))
    assert same(one, two)
    assert len(two[0]) == 73


def failing_first(times: int) -> Callable[[int, dict[str, object]], Answer]:
    return lambda number, body: refused(400)(number, body) if number <= times else answered(number, body)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_call_is_unresolved_and_asked_again_by_the_next_run(
    folder: Path, undisturbed: Tables, tmp_path: Path, jobs: int
) -> None:
    with provider(failing_first(3)) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        papers, _ = done(tmp_path, folder, lm=lm, jobs=jobs)
        failed = papers[papers["reason"].str.contains("provider_error")]
        assert len(failed) >= 1
        assert "no" not in set(failed["uses_deep_learning"])
        assert same(done(tmp_path, folder, lm=lm, jobs=jobs), undisturbed)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refused(400), "provider_error"),
        (lambda *_: (200, b"<html>"), "provider_error"),
        (lambda *_: (200, b'{"choices": []}'), "unparsable"),
        (lambda *_: (200, completion("Certainly!")), "unparsable"),
        (lambda *_: (200, completion("")), "unparsable"),
    ],
)
def test_what_a_provider_may_send(tmp_path: Path, answer: Any, reason: str) -> None:
    with provider(answer) as server:
        one = write(tmp_path / "a.xml", jats(TUNED))
        papers, _ = done(tmp_path / "out", one, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
    assert list(papers["uses_deep_learning"]) == ["unresolved"]
    assert list(papers["reason"]) == [f"uses_deep_learning: {reason}"]


@pytest.mark.parametrize("status", [500, 429, 503])
def test_a_busy_provider_is_unresolved(tmp_path: Path, status: int) -> None:
    with provider(refused(status)) as server:
        one = write(tmp_path / "a.xml", jats(TUNED))
        papers, _ = done(tmp_path / "out", one, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
    assert list(papers["reason"]) == ["uses_deep_learning: provider_error"]


@pytest.mark.parametrize("most", [1, 3])
def test_a_provider_that_refuses_every_call_stops_the_run_at_once(tmp_path: Path, most: int) -> None:
    papers = corpus(tmp_path / "in", 30)
    with provider(refused(401, "wrong key")) as server:
        with pytest.raises(SystemicError, match=r"wrong key.*the key in the environment"):
            done(tmp_path / "out", papers, lm=LMChoice("hosted_vllm/m", server.base), terms=Terms(concurrency=most))
        assert len(server.bodies) <= most
    assert rows(tmp_path / "out", "answers") == 0
    db = sqlite3.connect(tmp_path / "out" / "ledger.sqlite")
    ((outcome,),) = db.execute("SELECT outcome FROM runs").fetchall()
    db.close()
    assert outcome.startswith("failed: the LM refuses every call")


def test_a_provider_that_is_not_there_stops_the_run_after_a_while(tmp_path: Path) -> None:
    papers, lm = corpus(tmp_path / "in", 9), LMChoice("hosted_vllm/m", "http://127.0.0.1:9/v1")
    with pytest.raises(SystemicError, match=r"failed every call for 0 seconds .*--give-up-after"):
        done(tmp_path / "out", papers, lm=lm, terms=Terms(backoff=0.01, give_up_after=0.2))
    assert rows(tmp_path / "out", "answers") == 0


def test_a_provider_that_gives_nothing_of_use_stops_the_run(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", IN_A_ROW + 30)
    with provider(refused(400, "no such parameter")) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        with pytest.raises(SystemicError, match=rf"nothing for {IN_A_ROW} papers in a row .*no such parameter"):
            done(tmp_path / "out", papers, lm=lm, terms=Terms(concurrency=1))
    assert IN_A_ROW <= rows(tmp_path / "out", "answers") <= IN_A_ROW + 2


def test_answers_that_were_finished_are_kept_when_the_run_ends(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 8)

    def key_expires(number: int, body: dict[str, object]) -> Answer:
        return answered(number, body) if "Paper 7" not in str(body["messages"]) else refused(401)(number, body)

    with provider(key_expires) as server, pytest.raises(SystemicError):
        done(tmp_path / "out", papers, lm=LMChoice("hosted_vllm/m", server.base), terms=Terms(concurrency=1))
    db = sqlite3.connect(tmp_path / "out" / "ledger.sqlite")
    (kept,) = db.execute("SELECT COUNT(DISTINCT text_hash) FROM answers").fetchone()
    db.close()
    assert kept == 7


def test_two_runs_on_one_ledger(folder: Path, tmp_path: Path) -> None:
    refusals = []

    def second(step: int) -> None:
        for fresh in (False, True):
            with pytest.raises(UsageError, match="another run writes there") as refusal:
                done(tmp_path, folder, fresh=fresh)
            refusals.append((step, refusal))

    done(tmp_path, folder, watched=Watched(second))
    assert len(refusals) == 18
    done(tmp_path, folder)


def missing(tmp_path: Path) -> dict[str, Any]:
    return {"paths": (tmp_path / "missing",)}


def out_is_a_file(tmp_path: Path) -> dict[str, Any]:
    return {"out": write(tmp_path / "file", b"")}


def out_below_a_file(tmp_path: Path) -> dict[str, Any]:
    return {"out": write(tmp_path / "file", b"") / "below"}


def no_state(tmp_path: Path) -> dict[str, Any]:
    return {"compiled": tmp_path / "missing.json", "fresh": True}


@pytest.mark.parametrize("wrong", [missing, out_is_a_file, out_below_a_file, no_state])
def test_wrong_usage_changes_nothing(folder: Path, tmp_path: Path, wrong: Callable[[Path], dict[str, Any]]) -> None:
    done(tmp_path / "out", folder, limit=2)
    asked = {"paths": (folder,), "out": tmp_path / "out", **wrong(tmp_path)}
    with pytest.raises(UsageError):
        run(Order(**asked), Watched())
    assert rows(tmp_path / "out", "runs") == 1


def test_twice_in_one_run_is_answered_once(tmp_path: Path) -> None:
    one = write(tmp_path / "a.xml", jats(FIELD))
    watched = Watched()
    papers, _ = done(tmp_path / "out", one, one, watched=watched)
    assert len(papers) == 1
    assert rows(tmp_path / "out", "answers") == 1


def test_a_row_says_what_it_cost(folder: Path, tmp_path: Path) -> None:
    order = Order((folder,), tmp_path)
    key = run(order, Watched())
    with Ledger(order.ledger) as ledger:
        totals = ledger.totals(key)
    assert totals["calls"] == rows(tmp_path, "answers")
    assert totals["input_tokens"] > 1000
    assert totals["seconds"] > 0
    assert Row.__dataclass_fields__["usd"].default is None
