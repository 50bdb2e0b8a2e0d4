"""`ptmreuse sample` from the command line."""

from pathlib import Path

import pandas as pd
import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, OTHER, answered_by_embedded, one, reuse, wrote
from papers import corpus, write

from ptmreuse import cli


def ran(*arguments: object) -> int:
    return cli.main(["sample", *map(str, arguments)])


def rows(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, dtype="str")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    answers = [reuse(), ONLY_DEEP, *[NEITHER] * 4, *[LOST] * 2] * 5
    papers = [(one(n, title=f"{n * 7919:x}", year=2014 + n % 8), each) for n, each in enumerate(answers)]
    return wrote(tmp_path / "run", papers, unreadable=["bad.xml"], duplicates={"twin.xml": "in/0.xml"})


def test_for_an_estimate(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sample.csv"
    assert ran(run, "--n", 24, "--out", out) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "40 papers to draw from; 1 duplicates and 1 unreadable papers are not among them" in told.out
    assert "A probability sample" in told.out
    assert "assumed reuse" in told.out
    table, key = rows(out), rows(tmp_path / "sample.strata.csv")
    assert len(table) == 24 == key["drawn"].astype(int).sum()
    assert key["papers"].astype(int).sum() == 40
    assert not set(table["source"]) & {"bad.xml", "twin.xml"}
    told_twice = dict(zip(key["stratum"], key["probability"], strict=True))
    assert [told_twice[code] for code in table["stratum"]] == table["probability"].tolist()


def test_the_seed_decides(run: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert ran(run, "--n", 20, "--seed", seed, "--out", tmp_path / f"{name}.csv") == 0
    a, b, c = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.parametrize(
    ("by", "groups"), [("year", {"2010-2014", "2015-2019", "2020-2024"}), ("field", {"field unknown"})]
)
def test_by_year_and_field(run: Path, tmp_path: Path, by: str, groups: set[str]) -> None:
    assert ran(run, "--n", 24, "--by", by, "--out", tmp_path / "s.csv") == 0
    key = rows(tmp_path / "s.strata.csv")
    assert set(key["group"]) == groups
    assert key["drawn"].astype(int).sum() == 24
    assert key["drawn"].astype(int).min() >= 1


def test_for_training(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = wrote(tmp_path / "b", [(one(2, title="x"), ONLY_DEEP)], key=OTHER)
    out = tmp_path / "sample.csv"
    given = (run, "--for", "training", "--n", 12, "--against", other, "--show-answers", "--out", out)
    assert ran(*given) == 0
    told = capsys.readouterr().out
    assert "Not a probability sample" in told
    assert "runs differ" in told
    table = rows(out).set_index("source")
    assert len(table) == 12
    assert set(table["probability"]) == {""}
    assert table.loc["in/2.xml", "machine_doubts"] == "runs differ in uses_deep_learning"
    assert not (tmp_path / "sample.strata.csv").exists()


def test_a_real_run_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = answered_by_embedded(corpus(tmp_path / "in"), tmp_path / "run")
    assert ran(run, "--for", "training", "--chances", "--n", 99, "--out", tmp_path / "s.csv") == 0
    told = capsys.readouterr().out
    assert "6 of 6 papers could be read again with the same text" in told
    assert "--n 99: there are no more than 6" in told
    assert len(rows(tmp_path / "s.csv")) == 3  # three texts, each there twice but for title and DOI


def test_the_machines_answers_of_another_key(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrote(run, [(one(0, title="0", year=2014), NEITHER)], key=OTHER)
    for key, answer in (("lm-1", "yes"), ("lm-2", "no")):
        out = tmp_path / f"{key}.csv"
        assert ran(run, "--n", 99, "--key", key, "--show-answers", "--out", out) == 0
        assert rows(out).set_index("source").loc["in/0.xml", "machine_reuses_ptm"] == answer
        assert f"LM {key} (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["{tmp}/none", "--out", "{tmp}/s.csv"], 2, "{tmp}/none: no such folder"),
        (["{tmp}/empty", "--out", "{tmp}/s.csv"], 2, "{tmp}/empty: no readable paper in it"),
        (["{run}", "--out", "{tmp}/there.csv"], 2, "{tmp}/there.csv: is there already and may hold labels"),
        (["{run}", "--out", "{tmp}/there.csv/s.csv"], 1, "{tmp}/there.csv/s.csv: can't be written"),
        (["{run}", "--out", "{tmp}/s.csv", "--n", "3"], 2, "--n 3: 3 papers for 4 strata"),
        (["{run}", "--out", "{tmp}/s.csv", "--key", "gpt"], 2, "--key gpt: no answers of the run fit"),
        (["{run}", "--out", "{tmp}/s.csv", "--against", "{run}"], 2, "--against: is of no use in a probability sample"),
        (["{run}", "--out", "{tmp}/s.csv", "--chances"], 2, "--chances: is of no use in a probability sample"),
        (["{run}", "--out", "{tmp}/s.csv", "--key-b", "x"], 2, "--key-b: is of no use in a probability sample"),
        (
            ["{run}", "--out", "{tmp}/s.csv", "--for", "training", "--against", "{run}"],
            2,
            "{run}: compared with itself",
        ),
        (["{run}", "--out", "{tmp}/s.csv", "--metadata", "{tmp}/there.csv"], 2, "--metadata {tmp}/there.csv: is for"),
    ],
)
def test_what_can_not_be(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    wrote(tmp_path / "empty")
    write(tmp_path / "there.csv", b"labels")
    names = {"run": run, "tmp": tmp_path}
    assert ran(*(argument.format(**names) for argument in arguments)) == code
    told = capsys.readouterr().err
    assert told.startswith(f"ptmreuse: {says.format(**names)}")
    assert "Traceback" not in told
    assert (tmp_path / "there.csv").read_bytes() == b"labels"
    assert not (tmp_path / "s.csv").exists()


@pytest.mark.parametrize(
    "flag", [["--n", "0"], ["--n", "many"], ["--seed", "-1"], ["--by", "author"], ["--for", "fun"]]
)
def test_wrong_arguments(run: Path, tmp_path: Path, flag: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ran(run, "--out", tmp_path / "s.csv", *flag)
    assert ended.value.code == 2
