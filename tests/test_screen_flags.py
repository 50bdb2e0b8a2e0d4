"""The flags of a screen on the command line: what goes together, and a whole run of it."""

from pathlib import Path

import pytest
from labelling import trainset
from papers import corpus
from provider import answered, provider

from ptmreuse import cli

Captured = pytest.CaptureFixture[str]


def ran(*arguments: object) -> int:
    """`ptmreuse run`; its exit code."""
    try:
        return cli.main(["run", *map(str, arguments)])
    except SystemExit as stopped:  # by argparse
        return int(stopped.code or 0)


LM = ("--lm", "hosted_vllm/m", "--api-base", "http://127.0.0.1:1/v1")
SCREEN = (*LM, "--screen", "embedded")
WRONG = [
    ((*LM, "--screen-recall", "0.9"), "--screen-recall: without --screen"),
    ((*LM, "--screen-threshold", "0.0"), "--screen-threshold: without --screen"),
    (("--screen", "embedded"), "--screen embedded: it stands before an LM that costs"),
    ((*LM, "--screen", "other"), "invalid choice: 'other'"),
    ((*SCREEN, "--screen-recall", "1"), "1 is not between 0 and 1"),
    ((*SCREEN, "--screen-confidence", "nan"), "nan is not between 0 and 1"),
    ((*SCREEN, "--screen-threshold", "1.5"), "1.5 is no chance"),
    ((*SCREEN, "--screen-threshold", "high"), "high is not a number"),
    ((*SCREEN, "--screen-threshold", "0.1", "--screen-recall", "0.9"), "give one of them"),
    ((*SCREEN,), "takes 59 labelled papers with deep learning, and there are 48"),
    ((*SCREEN, "--screen-labels", "none.jsonl"), "none.jsonl: no such file"),
    (
        (*SCREEN, "--stage-lm", "uses_deep_learning=embedded", "--screen-recall", "0.9"),
        "answers uses_deep_learning already",
    ),
]


@pytest.mark.parametrize(("flags", "told"), WRONG)
def test_wrong_usage_is_one_line_before_anything_is_written(
    tmp_path: Path, capsys: Captured, flags: tuple[str, ...], told: str
) -> None:
    assert ran(corpus(tmp_path / "in"), "--out", tmp_path / "out", *flags) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out" / "ledger.sqlite").exists()


def test_a_run_says_its_promise_and_what_it_saved(tmp_path: Path, capsys: Captured) -> None:
    labels = trainset(tmp_path / "mine.jsonl", train=60, val=0, test=0)
    with provider(answered) as server:
        flags = ("--lm", "hosted_vllm/m", "--api-base", server.base, "--screen", "embedded", "--screen-recall", "0.9")
        given = (corpus(tmp_path / "in"), "--out", tmp_path / "out", *flags, "--screen-labels", labels)
        told = []
        for _ in range(2):
            assert ran(*given) == 0
            assert len(server.bodies) == 20
            told.append(" ".join(capsys.readouterr().out.split()))
    for out in told:
        assert "44 of 45 labelled papers" in out or "45 of 45 labelled papers" in out
        assert "Screened out: 2 of 6 papers · saved at least 2 calls, 9% of 22" in out
        assert "USD unknown" in out
        assert out.count("at confidence 0.95 (exact binomial bound)") == 2
    table = (tmp_path / "out" / "papers.csv").read_text(encoding="utf-8")
    assert table.count("uses_deep_learning: screened_out") == 2


def test_a_threshold_by_hand_needs_no_promise(tmp_path: Path, capsys: Captured) -> None:
    with provider(answered) as server:
        lm = ("--lm", "hosted_vllm/m", "--api-base", server.base, "--screen", "embedded")
        assert ran(corpus(tmp_path / "in"), "--out", tmp_path / "out", *lm, "--screen-threshold", "1") == 0
        assert not server.bodies
    told = " ".join(capsys.readouterr().out.split())
    assert "threshold set by hand" in told
    assert "saved at least 6 calls, 100% of 6" in told
