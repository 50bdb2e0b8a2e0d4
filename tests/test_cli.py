"""The command: exit codes, one line per error, and real processes that are stopped and killed."""

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from subprocess import PIPE

import pandas as pd
import pytest
from papers import corpus, jats, write
from provider import Answer, answered, provider, refused

from ptmreuse import cli
from ptmreuse.errors import UsageError
from ptmreuse.tables import MODEL_COLUMNS, PAPER_COLUMNS

EXAMPLES = Path(__file__).parent.parent / "examples" / "papers"


def tables(out: Path) -> tuple[str, str]:
    return (out / "papers.csv").read_text(), (out / "models.csv").read_text()


def undisturbed(papers: Path, out: Path) -> tuple[str, str]:
    assert cli.main(["run", str(papers), "--out", str(out), "--jobs", "1"]) == 0
    return tables(out)


def test_the_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", str(EXAMPLES), "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"Reading {EXAMPLES} with the LM embedded, program compiled in embedded.json\n")
    assert "12 papers" in told.out
    assert told.err == ""
    for name in ("ledger.sqlite", "papers.csv", "papers.parquet", "models.csv", "models.parquet"):
        assert (tmp_path / name).stat().st_size
        assert str(tmp_path / name) in told.out
    papers, models = (pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=False) for name in ("papers", "models"))
    assert (list(papers.columns), list(models.columns)) == (PAPER_COLUMNS, MODEL_COLUMNS)
    assert len(papers) == 12
    assert set(papers["uses_deep_learning"]) | set(papers["reuses_ptm"]) <= {"yes", "no", "unresolved"}
    assert set(models["source"]) <= set(papers["source"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["walk"], "invalid choice"),
        (["run"], "required"),
        (["run", "{papers}"], "--out"),
        (["run", "--out", "{out}"], "PATH"),
        (["run", "{papers}", "--out", "{out}", "--limit", "0"], "0 is not a positive number"),
        (["run", "{papers}", "--out", "{out}", "--jobs", "two"], "two is not a positive number"),
        (["run", "{papers}", "--out", "{out}", "--stages", "six"], "invalid choice: 'six'"),
        (["run", "{papers}", "--out", "{out}", "--api-key", "x"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([argument.format(papers=EXAMPLES, out=tmp_path / "out") for argument in arguments])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["{tmp}/missing", "--out", "{tmp}/out"], 2, "{tmp}/missing"),
        (["{papers}", "--out", "{tmp}/file"], 2, "{tmp}/file: is no folder; give another --out"),
        (
            ["{papers}", "--out", "{tmp}/out", "--compiled", "{tmp}/none.json"],
            2,
            "{tmp}/none.json: can't be read as JSON",
        ),
        (["{papers}", "--out", "{tmp}/out", "--compiled", "{tmp}/file"], 2, "compiled programs are .json files"),
        (["{papers}", "--out", "{tmp}/out", "--lm", "openai/m", "--api-base", "here"], 2, "--api-base here"),
        (["{papers}", "--out", "{tmp}/bad"], 2, "{tmp}/bad/ledger.sqlite: not a ledger"),
        (["{papers}", "--out", "{tmp}/odd"], 1, "{tmp}/odd/ledger.sqlite: can't be written"),
        (["{papers}", "--out", "{tmp}/out", "--lm", "openai/m"], 1, "OPENAI_API_KEY"),
        (["{papers}", "--out", "{tmp}/out", "--zero-shot", "--compiled", "{tmp}/file"], 2, "give one of them"),
        (["{papers}", "--out", "{tmp}/out", "--lm", "nobody/m"], 1, "the LM refuses every call"),
        (["{papers}", "--out", "{tmp}/out", "--lm", "m"], 1, "the LM refuses every call"),
    ],
)
def test_an_error_is_one_line_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    write(tmp_path / "file", b"x")
    (tmp_path / "bad").mkdir()
    write(tmp_path / "bad" / "ledger.sqlite", b"this is not a database at all" * 99)
    (tmp_path / "odd" / "ledger.sqlite").mkdir(parents=True)
    filled = [argument.format(papers=EXAMPLES, tmp=tmp_path) for argument in arguments]
    assert cli.main(["run", *filled]) == code
    told = capsys.readouterr().err
    assert told.startswith("ptmreuse: ")
    assert told.count("\n") == 1
    assert says.format(tmp=tmp_path) in told
    assert "Traceback" not in told


def test_zero_shot_takes_no_compiled_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["run", str(EXAMPLES), "--out", str(tmp_path), "--limit", "1"]
    assert cli.main([*given, "--zero-shot"]) == 0
    assert "program zero-shot\n" in capsys.readouterr().out
    assert cli.main(given) == 0
    told = capsys.readouterr().out
    assert "program compiled in embedded.json\n" in told
    runs = sqlite3.connect(tmp_path / "ledger.sqlite").execute("SELECT DISTINCT program FROM runs").fetchall()
    assert len(runs) == 2


def test_a_real_command_and_its_exit_codes(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    def ran(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*ptmreuse, *map(str, arguments)]
        return subprocess.run(
            command, env=python, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    done = ran("run", EXAMPLES, "--out", tmp_path / "out", "--limit", 2)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 papers" in done.stdout
    wrong = ran("run", tmp_path / "missing", "--out", tmp_path / "out")
    assert wrong.returncode == 2
    assert wrong.stdout == f"Reading {tmp_path / 'missing'} with the LM embedded, program compiled in embedded.json\n"
    assert wrong.stderr.count("\n") == 1
    with provider(refused(401, "wrong key")) as server:
        lm = ("--lm", "hosted_vllm/m", "--api-base", server.base)
        refusal = ran("run", EXAMPLES, "--out", tmp_path / "two", *lm, "--jobs", 2)
        assert len(server.bodies) <= 12  # the calls of the first round, one per paper
    assert refusal.returncode == 1
    assert refusal.stderr.count("\n") == 1
    assert "wrong key" in refusal.stderr


def test_debug_shows_where_it_came_from(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        cli.main(["run", str(tmp_path / "missing"), "--out", str(tmp_path / "out"), "--debug"])


@pytest.mark.parametrize(("number", "jobs"), [(1, 1), (9, 1), (14, 4)])
def test_killed_in_the_middle_of_a_call_and_resumed(
    tmp_path: Path, ptmreuse: list[str], python: dict[str, str], number: int, jobs: int
) -> None:
    papers, out = corpus(tmp_path / "in"), tmp_path / "out"
    command = [*ptmreuse, "run", str(papers), "--out", str(out), "--lm", "hosted_vllm/m", "--jobs", str(jobs)]
    running: list[subprocess.Popen[bytes]] = []

    def kill(request: int, body: dict[str, object]) -> Answer:
        if request == number:
            running[0].send_signal(signal.SIGKILL)
        return answered(request, body)

    with provider(kill) as server:
        arguments = [*command, "--api-base", server.base]
        with subprocess.Popen(arguments, env=python, stdout=subprocess.DEVNULL) as run:
            running.append(run)
            assert run.wait(60) == -signal.SIGKILL
        assert not (out / "papers.csv").exists()
        assert cli.main(arguments[len(ptmreuse) :]) == 0
        assert len(server.bodies) <= 22 + 5 * (jobs + 4 * jobs)  # all calls, and once more those in flight or waiting
    assert tables(out) == undisturbed(papers, tmp_path / "undisturbed")


def answers(out: Path) -> int:
    if not (out / "ledger.sqlite").exists():
        return 0
    db = sqlite3.connect(out / "ledger.sqlite")
    try:
        (number,) = db.execute("SELECT COUNT(*) FROM answers").fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()
    return int(number)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("many") / "in", 150)


@pytest.fixture(scope="module")
def tables_of_many(many: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return undisturbed(many, tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_worker_processes_are_stopped_and_the_run_resumed(
    many: Path,
    tables_of_many: tuple[str, str],
    tmp_path: Path,
    ptmreuse: list[str],
    python: dict[str, str],
    stop: signal.Signals,
) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(many), "--out", str(out), "--jobs"]
    command = [*ptmreuse, *arguments, "2"]
    with subprocess.Popen(command, env=python, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True) as run:
        while answers(out) < 20 and run.poll() is None:
            time.sleep(0.02)
        if stop == signal.SIGINT:
            os.killpg(run.pid, stop)  # as a terminal does: the workers get it too
        else:
            run.send_signal(stop)
        _, told = run.communicate(timeout=60)  # returns when the workers have ended as well
    assert answers(out) >= 20
    assert not (out / "papers.csv").exists()
    if stop == signal.SIGINT:
        assert run.returncode == 130
        assert told == "ptmreuse: stopped; what was answered is in the ledger, run the same command to go on\n"
    assert cli.main([*arguments, "1"]) == 0
    assert tables(out) == tables_of_many


def test_interrupted_before_the_workers_are_up(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    papers, out = corpus(tmp_path / "in", 70), tmp_path / "out"
    command = [*ptmreuse, "run", str(papers), "--out", str(out), "--jobs", "2"]
    with subprocess.Popen(
        command, env=python, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        while not (out / "ledger.sqlite").exists():
            time.sleep(0.02)
        time.sleep(0.5)
        os.killpg(run.pid, signal.SIGINT)
        _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in told


def test_a_second_run_on_the_same_folder_is_told_to_wait(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write(tmp_path / "a.xml", jats())
    codes: list[int] = []

    def meanwhile(number: int, body: dict[str, object]) -> Answer:
        codes.append(cli.main(["run", str(one), "--out", str(tmp_path / "out")]))
        return answered(number, body)

    with provider(meanwhile) as server:
        lm = ["--lm", "hosted_vllm/m", "--api-base", server.base]
        assert cli.main(["run", str(one), "--out", str(tmp_path / "out"), *lm]) == 0
    assert set(codes) == {2}
    assert "another run writes there" in capsys.readouterr().err


def test_a_folder_without_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n")
    assert cli.main(["run", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no papers there" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
