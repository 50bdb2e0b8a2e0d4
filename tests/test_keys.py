"""Which answers of a ledger are meant: the latest, or those that are asked for."""

from pathlib import Path

import pytest
from ledgers import KEY, NEITHER, ONLY_DEEP, OTHER, one, wrote
from papers import write

from ptmreuse.errors import UsageError
from ptmreuse.ledger import Key, Ledger, Row
from ptmreuse.reporting.keys import asked, chosen, ledger_of


@pytest.fixture
def run(tmp_path: Path) -> Path:
    wrote(tmp_path / "run", [(one(1), NEITHER), (one(2), ONLY_DEEP)])
    return wrote(tmp_path / "run", [(one(1), NEITHER)], key=OTHER)


def test_the_latest_run_last_with_its_papers(run: Path) -> None:
    assert [(each.key, each.papers) for each in asked(ledger_of(run))] == [(KEY, 2), (OTHER, 1)]
    wrote(run)  # the first key once more, with nothing new
    assert [each.key for each in asked(ledger_of(run))] == [OTHER, KEY]
    assert chosen(run).key == KEY
    assert "program program-1 · LM lm-1 (20" in chosen(run).words
    assert chosen(run).words.endswith("2 papers answered)")


def test_answers_that_no_run_wrote_count_too(run: Path) -> None:
    strange = Key("alone", "lm-3")
    with Ledger(ledger_of(run)) as ledger:
        ledger.record(one(3).text_hash, strange, [Row(NEITHER[0])])
    assert [each.key for each in asked(ledger_of(run))] == [strange, KEY, OTHER]
    assert chosen(run).key == OTHER


@pytest.mark.parametrize(("wanted", "key"), [("program-1", KEY), ("lm-2", OTHER), ("", OTHER), ("1 lm", KEY)])
def test_a_part_of_a_program_or_lm_is_enough(run: Path, wanted: str, key: Key) -> None:
    assert chosen(run, wanted).key == key


@pytest.mark.parametrize(("wanted", "says"), [("program", "2 answers of the run fit"), ("gpt", "no answers")])
def test_words_that_fit_none_or_several_list_the_choices(run: Path, wanted: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"--key-b {wanted}: {says}") as refused:
        chosen(run, wanted, "--key-b")
    for key in (KEY, OTHER):
        assert f"\n  program {key.program} · LM {key.lm} (" in str(refused.value)


def test_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: no such folder; give the folder"):
        chosen(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no ledger\.sqlite in it"):
        chosen(tmp_path)
    assert not (tmp_path / "ledger.sqlite").exists()  # looking makes none
    with Ledger(tmp_path / "ledger.sqlite"):
        pass
    with pytest.raises(UsageError, match="no run in its ledger"):
        chosen(tmp_path)
    write(tmp_path / "ledger.sqlite", b"this is not a database at all" * 99)
    with pytest.raises(UsageError, match="not a ledger"):
        chosen(tmp_path)
