"""`ptmreuse sentinel` against the embedded LM and against providers on loopback that change, waver, fail or stay."""

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from labelling import row
from provider import Answer, Respond, provider, refused
from skills import rubbish, skilled

from ptmreuse import cli
from ptmreuse.sentinel.sentinel_command import OTHERWISE, SAME, WORSE

LM = "hosted_vllm/m"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A user's labels: 40 papers, half of them reuses, and eight of a test split."""
    path = tmp_path / "labels.jsonl"
    splits = [*["val"] * 40, *["test"] * 8]
    path.write_text("".join(f"{json.dumps(row(100 + n, split))}\n" for n, split in enumerate(splits)))
    return path


@pytest.fixture
def called(labels: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str]]]:
    """Call the sentinel on a provider that answers like this; gives the exit code and what it said."""
    with provider(skilled()) as server:

        def call(respond: Respond, *flags: object) -> tuple[int, str]:
            server.respond = respond
            server.bodies.clear()
            words = ["sentinel", "--lm", LM, "--api-base", server.base, "--labels", labels, "--out", "s", *flags]
            code = cli.main([*map(str, words), "--zero-shot", "--no-track"])
            said = capsys.readouterr()
            call.bodies = list(server.bodies)  # type: ignore[attr-defined]
            return code, said.out + said.err

        yield call


def wavering(seed: int, share: float = 0.1) -> Respond:
    """Answers rightly but for a share of the questions, other ones with each seed."""
    right, wrong = skilled(), skilled(1.0)

    def respond(number: int, body: dict[str, Any]) -> Answer:
        lot = random.Random(crc32(json.dumps([seed, body["messages"]]).encode())).random()  # noqa: S311 - no secret
        found = (wrong if lot < share else right)(number, body)
        assert not callable(found)
        return found

    return respond


def test_a_provider_that_stays_the_same_is_asked_anew_and_is_no_alarm(called: Any) -> None:
    for number in (1, 2, 3):
        code, said = called(skilled())
        assert (code, len(called.bodies)) == (SAME, 40 + 30 + 3 * 20)
        assert f"Run {number} " in said
        assert "CHANGED" not in said
    assert "No change is shown" in said


def test_one_that_got_worse_under_the_same_name_is_told(called: Any) -> None:
    assert called(skilled())[0] == SAME
    code, said = called(skilled(0.6))
    assert code == WORSE
    assert "CHANGED: uses_deep_learning: accuracy fell by -." in said
    assert "has changed under its name" in said
    assert called(skilled(0.6))[0] == SAME  # as the last time
    code, said = called(skilled(0.6), "--reference", 1)
    assert (code, "against run 1 " in said) == (WORSE, True)


def test_one_that_got_better_is_another_code(called: Any) -> None:
    assert called(skilled(0.6))[0] == SAME
    code, said = called(skilled())
    assert (code, "accuracy rose by +." in said) == (OTHERWISE, True)


def test_answers_that_change_without_a_loss_are_told_from_the_third_run_on(called: Any) -> None:
    def seeded(seed: int) -> Respond:
        return wavering(seed, 0.3)

    def always_one(number: int, body: dict[str, Any]) -> Answer:
        return wavering(7, 0.3)(number, body)  # type: ignore[return-value]

    assert [called(always_one)[0] for _ in range(2)] == [SAME, SAME]
    code, said = called(seeded(8))
    assert code == OTHERWISE
    assert "other answers than in the two runs before" in said


def test_an_lm_that_wavers_by_itself_is_no_alarm(called: Any) -> None:
    found = [called(wavering(seed)) for seed in range(5)]
    assert [code for code, _ in found] == [SAME] * 5
    assert " 0/40" not in found[-1][1]  # its answers did change


def test_what_cannot_be_read_is_unresolved_and_a_fall(called: Any) -> None:
    called(skilled())
    code, said = called(rubbish)
    assert code == WORSE
    (line,) = (line.split() for line in said.splitlines() if line.strip().startswith("uses_deep_learning "))
    assert (line[1], line[2], line[6:8]) == ("40", ".000", ["40", "0"])  # unresolved, failed


def test_calls_that_fail_are_no_answers(called: Any) -> None:
    def now_and_then(number: int, body: dict[str, Any]) -> Any:
        title = json.dumps(body["messages"][-1])
        return refused(400)(number, body) if crc32(title.encode()) % 10 == 0 else skilled()(number, body)

    assert called(skilled())[0] == SAME
    code, said = called(now_and_then)
    assert code == SAME
    (line,) = (line.split() for line in said.splitlines() if line.strip().startswith("uses_deep_learning "))
    assert (line[2], int(line[7]) > 0) == ("1.000", True)  # accuracy of those that came, and how many failed


def test_a_provider_that_is_down_is_a_systemic_fault_and_no_run(called: Any) -> None:
    called(skilled())
    code, _ = called(refused(500))
    assert code == 1
    assert called(skilled())[0] == SAME
    assert [path.parent.name for path in sorted(Path("s").glob("*/run.json"))] == ["000001", "000003"]


def test_what_cannot_be_used(called: Any) -> None:
    for flags, told in (
        (("--reference", 7), "--reference 7: no run"),
        (("--level", 1), "--level 1: "),
        (("--max-usd", 1), "--max-usd: the price"),
    ):
        code, said = called(skilled(), *flags)
        assert (code, told in said) == (2, True)
        assert called.bodies == []


def test_another_program_is_another_series(called: Any) -> None:
    called(skilled())
    assert "against run 1 " in called(skilled())[1]
    assert "the first of its series" in called(skilled(), "--temperature", 0)[1]
    assert "the first of its series" in called(skilled(), "--n", 20)[1]


def test_the_embedded_lm_and_mlflow(labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    words = ["sentinel", "--labels", str(labels), "--out", "s", "--n", "12", "--zero-shot"]
    assert [cli.main(words) for _ in range(2)] == [SAME, SAME]
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as db:
        assert len(db.execute("SELECT * FROM runs").fetchall()) == 1
        steps = db.execute("SELECT step FROM metrics WHERE key = 'reuses_ptm/sentinel_accuracy' ORDER BY step")
        assert [step for (step,) in steps] == [1, 2]
        (changed,) = db.execute("SELECT value FROM metrics WHERE key = 'reuses_ptm/sentinel_changed'").fetchall()
        assert changed == (0.0,)
        assert db.execute("SELECT status FROM runs").fetchall() == [("FINISHED",)]
