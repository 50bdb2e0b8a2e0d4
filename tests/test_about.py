"""What an evaluation says about itself."""

from pathlib import Path

import pytest
from test_grid import compiled, order

from ptmreuse.evaluation.about import about, is_real, notes
from ptmreuse.evaluation.data import labelled_papers
from ptmreuse.evaluation.plan import planned
from ptmreuse.lm import LMChoice
from ptmreuse.trainset import digest


def test_about_says_which_data_code_and_settings(tmp_path: Path) -> None:
    given = order(tmp_path, views=("isolated",), budgets=(400,), max_usd=2.5)
    papers = {"val": labelled_papers(given)}
    told = about(given, planned(given), papers)
    assert told["papers"] == f"val: 8, digest {digest(papers['val'])}"
    assert told["programs"] == "zero-shot, zero-shot, 400 tokens"
    assert told["LMs"].startswith("embedded@")
    assert (told["views"], told["max USD"], told["data"]) == ("isolated", "2.5", "val")
    assert "repeats" not in told
    assert "dspy 3." in told["versions"]
    assert len(told["program digest"]) == 12


@pytest.mark.parametrize("copy", ["real", "real.jsonl", "other.jsonl"])
def test_the_prior_of_the_embedded_lm_knows_the_real_papers(copy: str, tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("")
    (tmp_path / "other.jsonl").write_text("")
    data = copy if copy == "real" else str(tmp_path / copy)
    given = order(tmp_path, data=data)
    assert is_real(given) is (copy != "other.jsonl")
    assert notes(given, planned(given))[:1] == (
        ["In sample: the embedded LM's prior was fitted on these papers, so its numbers are too good."]
        if copy != "other.jsonl"
        else []
    )
    other = order(tmp_path, data=data, lms=(LMChoice("openai/x", "http://127.0.0.1:9"),))
    assert notes(other, planned(other)) == []


def test_what_was_chosen_on_val_and_what_asks_alike(tmp_path: Path) -> None:
    order(tmp_path)
    program = compiled(tmp_path, 0)
    given = order(tmp_path, programs=("zero-shot", program))
    chosen, alike = notes(given, planned(given))
    assert "chosen by their accuracy on val" in chosen
    assert (
        alike == "demos0.json · embedded asks every stage as zero-shot · embedded does, so their answers are the same."
    )
    assert notes(order(tmp_path, data="test"), planned(order(tmp_path, repeat=2))) == []
