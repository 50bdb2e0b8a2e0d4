"""`ptmreuse diff` from the command line."""

from pathlib import Path

import pandas as pd
import pytest
from ledgers import NEITHER, ONLY_DEEP, OTHER, answered_by_embedded, one, reuse, wrote
from papers import FIELD, PREDICTED, TUNED, corpus, jats, write

from ptmreuse import cli


def ran(*arguments: object) -> int:
    return cli.main(["diff", *map(str, arguments)])


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    a = wrote(tmp_path / "a", [(one(1), NEITHER), (one(2), ONLY_DEEP), (one(3), reuse())])
    return [a, wrote(tmp_path / "b", [(one(1), NEITHER), (one(2), reuse()), (one(3), reuse())], key=OTHER)]


def test_it_shows_and_writes(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out" / "deep"
    assert ran(*runs, "--out", out) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert f"A: {runs[0]} · program program-1 · LM lm-1 (20" in told.out
    assert "1 of 3 papers have a changed answer." in told.out
    assert "McNemar p" in told.out
    names = {"diff.html", "changes.csv", "one_run.csv", "agreement.csv", "yes_no.csv", "moves.csv", "changes_begin.csv"}
    assert {path.name for path in out.iterdir()} == names
    assert all(str(out / name) in told.out for name in names)
    (row,) = pd.read_csv(out / "changes.csv", keep_default_na=False).to_dict("records")
    assert (row["source_a"], row["stage"], row["a"], row["b"], row["b_quote"]) == (
        "in/2.xml", "reuses_ptm", "no", "yes", TUNED,
    )  # fmt: skip


def test_real_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers = corpus(tmp_path / "in", 3)
    a = answered_by_embedded(papers, tmp_path / "a")
    write(papers / "000.xml", jats(FIELD, title="Paper 0", doi="10.5555/p.0"))
    write(papers / "new.xml", jats(PREDICTED, title="New", doi="10.5555/new"))
    b = answered_by_embedded(papers, tmp_path / "b")
    assert ran(a, b, "--out", tmp_path / "out") == 0
    assert "4 papers in both runs, 0 only in A, 1 only in B" in capsys.readouterr().out
    table = pd.read_csv(tmp_path / "out" / "changes.csv", keep_default_na=False)
    assert table[["doi", "stage", "a", "b", "a_quote"]].to_numpy().tolist() == [
        ["10.5555/p.0", "uses_deep_learning", "yes", "no", TUNED],
        ["10.5555/p.0", "reuses_ptm", "yes", "no", TUNED],
    ]


def test_two_keys_of_one_run(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    wrote(runs[0], [(one(1), ONLY_DEEP)], key=OTHER)
    assert ran(runs[0], runs[0], "--key-a", "lm-1") == 0
    assert "1 of 3 papers have a changed answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["{a}", "{tmp}/none"], 2, "{tmp}/none: no such folder"),
        (["{a}", "{tmp}"], 2, "{tmp}: no ledger.sqlite in it"),
        (["{a}", "{a}"], 2, "{a}: compared with itself"),
        (["{a}", "{b}", "--key-a", "gpt"], 2, "--key-a gpt: no answers of the run fit"),
        (["{a}", "{b}", "--key-b", "gpt"], 2, "--key-b gpt: no answers of the run fit"),
        (["{a}", "{b}", "--out", "{a}/ledger.sqlite"], 2, "{a}/ledger.sqlite: is no folder"),
        (["{a}", "{b}", "--out", "{a}/ledger.sqlite/x"], 1, "{a}/ledger.sqlite/x: can't be written"),
    ],
)
def test_what_can_not_be(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    names = {"a": runs[0], "b": runs[1], "tmp": tmp_path}
    assert ran(*(argument.format(**names) for argument in arguments)) == code
    told = capsys.readouterr().err
    assert told.startswith(f"ptmreuse: {says.format(**names)}")
    assert "Traceback" not in told
