"""A screen before an LM that costs: only candidates reach the server; resume, other thresholds, with and without it."""

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dspy
import pandas as pd
import pytest
from papers import FIELD, PREDICTED, TUNED, corpus, jats, paper, write
from provider import Provider, answered, completion, provider
from rich.console import Console

from program.passages import Survey
from program.pipeline import Pipeline
from ptmreuse.embedded.prior import prior, replaced
from ptmreuse.errors import UsageError
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.meter import Price
from ptmreuse.progress import Progress
from ptmreuse.run import Order, run
from ptmreuse.savings import Savings, savings
from ptmreuse.screen import SCREENED_OUT, STAGE, Screen, look
from ptmreuse.tables import papers_table

OPEN, MIDDLE, SHUT = Screen(0.0), Screen(0.5), Screen(1.0)
REASON = f"{STAGE}: {SCREENED_OUT}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six papers, two of them without deep learning, and three files that give none."""
    return corpus(tmp_path_factory.mktemp("papers") / "in")


@pytest.fixture
def server() -> Iterator[Provider]:
    with provider(answered) as running:
        yield running


def order(out: Path, folder: Path, server: Provider, screen: Screen | None, **asked: Any) -> Order:
    return Order((folder,), out, LMChoice("hosted_vllm/m", server.base), screen=screen, **asked)


def done(given: Order, progress: Progress | None = None) -> pd.DataFrame:
    """Run, and give the table of papers that were read."""
    key = run(given, progress or Progress(Console(file=io.StringIO())))
    with Ledger(given.ledger) as ledger:
        papers = papers_table(ledger, key)
    return papers[papers["reason"].isin(["", REASON])]


def titles(server: Provider) -> set[str]:
    """The papers that the server was asked about."""
    asked = [json.dumps(body["messages"][-1]) for body in server.bodies]  # type: ignore[index]
    return {f"Paper {n}" for n in range(9) if any(f"Paper {n}\\n" in each for each in asked)}


def lms(out: Path) -> dict[str, int]:
    """How many answers each LM has in the ledger."""
    db = sqlite3.connect(out / "ledger.sqlite")
    found = dict(db.execute("SELECT lm, COUNT(*) FROM answers GROUP BY lm").fetchall())
    db.close()
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_candidates_reach_the_server(tmp_path: Path, server: Provider, jobs: int) -> None:
    number = 60 * (jobs - 1) + 6  # so many that worker processes read them
    folder = corpus(tmp_path / "in", number)
    progress = Progress(Console(file=io.StringIO()))
    papers = done(order(tmp_path / "out", folder, server, MIDDLE, jobs=jobs), progress)
    out = [f"Paper {n}" for n in range(number) if n % 3 == 1]
    assert sorted(papers["title"][papers["reason"] == REASON]) == sorted(out)
    assert set(papers["uses_deep_learning"][papers["reason"] == REASON]) == {"no"}
    assert set(papers["reuses_ptm"][papers["reason"] == REASON]) == {"no"}
    assert not titles(server) & set(out)
    assert len(server.bodies) == 5 * (number - len(out))
    assert progress.counts["screened"] == len(out)
    assert progress.done == number + 3
    assert f"{len(out)} screened out" in progress.line()
    assert lms(tmp_path / "out") == {
        MIDDLE.key.lm: len(out),
        order(tmp_path, folder, server, None).key.lm: 5 * (number - len(out)),
    }


def test_candidates_have_the_answers_that_they_have_without_it(folder: Path, tmp_path: Path, server: Provider) -> None:
    without, behind = (done(order(tmp_path / str(bool(s)), folder, server, s)) for s in (None, MIDDLE))
    same = (behind["reason"] == "").to_numpy()
    assert behind[same].equals(without[same])
    assert list(behind["uses_deep_learning"]) == list(without["uses_deep_learning"])


def test_again_asks_and_screens_nothing(folder: Path, tmp_path: Path, server: Provider) -> None:
    first = done(order(tmp_path, folder, server, MIDDLE))
    asked, kept = len(server.bodies), lms(tmp_path)
    progress = Progress(Console(file=io.StringIO()))
    assert done(order(tmp_path, folder, server, MIDDLE), progress).equals(first)
    assert (len(server.bodies), lms(tmp_path)) == (asked, kept)
    assert progress.counts == {"skipped": 9}


class Stopping(Progress):
    """Ctrl-C after so many things that are done."""

    def __init__(self, after: int) -> None:
        super().__init__(Console(file=io.StringIO()))
        self.after = after

    def _count(self, name: str) -> None:
        super()._count(name)
        if self.done >= self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 2, 4, 7])
def test_stopped_it_goes_on_to_the_same_rows(folder: Path, tmp_path: Path, server: Provider, after: int) -> None:
    undisturbed = done(order(tmp_path / "whole", folder, server, MIDDLE))
    with pytest.raises(KeyboardInterrupt):
        done(order(tmp_path / "out", folder, server, MIDDLE), Stopping(after))
    assert done(order(tmp_path / "out", folder, server, MIDDLE)).equals(undisturbed)
    assert lms(tmp_path / "out") == lms(tmp_path / "whole")
    assert not titles(server) & {"Paper 1", "Paper 4"}


def test_a_lower_threshold_asks_about_what_it_lets_through(folder: Path, tmp_path: Path, server: Provider) -> None:
    done(order(tmp_path, folder, server, SHUT))
    assert not server.bodies
    done(order(tmp_path, folder, server, MIDDLE))
    assert titles(server) == {"Paper 0", "Paper 2", "Paper 3", "Paper 5"}
    asked = len(server.bodies)
    papers = done(order(tmp_path, folder, server, OPEN))
    assert len(server.bodies) == asked + 2  # stage 1 of the two that are left
    assert set(papers["reason"]) == {""}


def test_a_higher_threshold_keeps_what_was_paid_for(folder: Path, tmp_path: Path, server: Provider) -> None:
    before = done(order(tmp_path, folder, server, OPEN))
    asked = len(server.bodies)
    assert done(order(tmp_path, folder, server, SHUT)).equals(before)
    assert len(server.bodies) == asked


def test_without_the_screen_the_lm_is_asked_about_all(folder: Path, tmp_path: Path, server: Provider) -> None:
    done(order(tmp_path, folder, server, MIDDLE))
    assert set(done(order(tmp_path, folder, server, None))["reason"]) == {""}
    assert titles(server) == {f"Paper {n}" for n in range(6)}


def test_fresh_forgets_what_was_screened(folder: Path, tmp_path: Path, server: Provider) -> None:
    done(order(tmp_path, folder, server, SHUT))
    assert set(done(order(tmp_path, folder, server, MIDDLE, fresh=True))["reason"]) == {"", REASON}
    assert SHUT.key.lm not in lms(tmp_path)


def test_an_embedded_run_in_the_same_folder_has_its_own_answers(folder: Path, tmp_path: Path, server: Provider) -> None:
    done(order(tmp_path, folder, server, SHUT))
    assert set(done(Order((folder,), tmp_path))["reason"]) == {""}
    assert set(done(order(tmp_path, folder, server, SHUT))["reason"]) == {REASON}


def test_a_paper_that_the_lm_failed_on_is_screened_out_later(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.xml", jats(FIELD, title="Paper 1"))
    with provider(lambda *_: (200, completion("Hm."))) as broken:
        given = order(tmp_path / "out", folder, broken, None)
        assert set(_all(given)["uses_deep_learning"]) == {"unresolved"}
    assert list(done(Order((folder,), given.out, given.lm, screen=SHUT, again=("unresolved",)))["reason"]) == [REASON]


def _all(given: Order) -> pd.DataFrame:
    key = run(given, Progress(Console(file=io.StringIO())))
    with Ledger(given.ledger) as ledger:
        return papers_table(ledger, key)


def test_the_run_says_what_screened(folder: Path, tmp_path: Path, server: Provider) -> None:
    screen = Screen(0.5, {"recall": 0.9, "bound": 0.91})
    given = order(tmp_path, folder, server, screen)
    done(given)
    db = sqlite3.connect(given.ledger)
    (asked,) = db.execute("SELECT asked FROM runs").fetchone()
    db.close()
    told = {"threshold": 0.5, "recall": 0.9, "bound": 0.91, "program": screen.key.program, "lm": screen.key.lm}
    assert json.loads(asked)["screen"] == told


def test_a_paper_that_can_not_be_screened_is_a_candidate(folder: Path, tmp_path: Path) -> None:
    broken = prior() | {STAGE: [{"x": "y"}]}
    no = completion("[[ ## uses_deep_learning ## ]]\nFalse\n\n[[ ## evidence ## ]]\nnone\n\n[[ ## completed ## ]]")
    with provider(lambda *_: (200, no)) as server, replaced(broken):  # type: ignore[arg-type]
        assert set(done(order(tmp_path, folder, server, SHUT))["reason"]) == {""}
        assert titles(server) == {f"Paper {n}" for n in range(6)}


@pytest.mark.parametrize("lm", [LMChoice(), LMChoice("hosted_vllm/m", "http://127.0.0.1:1/v1")])
def test_the_embedded_lm_behind_itself_is_wrong_usage(folder: Path, tmp_path: Path, lm: LMChoice) -> None:
    with pytest.raises(UsageError, match="--screen embedded"):
        done(Order((folder,), tmp_path, lm, stage_lms={STAGE: LMChoice()}, screen=MIDDLE))


@pytest.mark.parametrize("text", [TUNED, FIELD, PREDICTED])
def test_the_chance_is_the_one_behind_the_embedded_lms_answer(text: str) -> None:
    given = paper(text, title="A study")
    told = look(given)
    with dspy.context(lm=LMChoice().build()):
        value = Pipeline()(given)[STAGE]
    assert value is not None
    assert (told.chance >= 0.5) == (value.value == "yes")
    assert 0 < told.chance < 1
    assert told == look(given, Survey(given))


def test_what_was_saved(folder: Path, tmp_path: Path, server: Provider) -> None:
    given = order(tmp_path, folder, server, MIDDLE)
    done(given)
    tokens = sum(row.input_tokens or 0 for row in _screened(given))
    told = savings(given.ledger, given.key, MIDDLE.key, Price(1e-6, 1e-5))
    assert told == Savings(2, 6, 20, tokens + 2 * 10, pytest.approx(tokens * 1e-6 + 20 * 1e-5))
    assert told.line.startswith("Screened out: 2 of 6 papers · saved at least 2 calls, 9% of 22 · about ")
    assert savings(given.ledger, given.key, MIDDLE.key, None).line.endswith(" · USD unknown")
    done(order(tmp_path, folder, server, None))
    assert savings(given.ledger, given.key, MIDDLE.key, None).screened == 0


def _screened(given: Order) -> list[Any]:
    assert given.screen
    with Ledger(given.ledger) as ledger:
        found = [row["text_hash"] for row in ledger.all_documents() if row["status"] == "read"]
        return [row for text_hash in found for row in ledger.rows(text_hash, given.screen.key, STAGE)]


def test_the_key_changes_with_the_threshold_and_holds_no_path() -> None:
    assert len({OPEN.key, MIDDLE.key, SHUT.key, Key(MIDDLE.key.program, LMChoice().identity)}) == 4
    assert Screen(0.5, {"bound": 1}).key == MIDDLE.key
    assert "/" not in MIDDLE.key.lm
