"""A run in a few sentences."""

from pathlib import Path

from ledgers import LOST, NEITHER, ONLY_DEEP, one, reuse, wrote
from surveyed import label

from ptmreuse.reporting.estimated import estimated
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.headlines import headlines, standing
from ptmreuse.reporting.results import Results, results

KINDS = {"reuse": reuse(), "deep": ONLY_DEEP, "neither": NEITHER}


def run_of(folder: Path, open_: int = 0) -> Results:
    names = list(KINDS)
    papers = [(one(n, doi=f"10.5555/{n}"), KINDS[names[n % 3]]) for n in range(60)]
    return results(wrote(folder, [*papers, *((one(100 + n), LOST) for n in range(open_))]))


def labels(number: int) -> list[HandLabel]:
    return [label(n, list(KINDS)[n % 3]) for n in range(number)]


def test_corrected_by_labels(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    found = estimated(run, labels(60))
    assert found.corrected
    first = headlines(run, found)[0]
    assert first.startswith("33.3 % of the papers reuse a pre-trained model (95 % interval 33.3 to 33.3 %), corrected")
    assert "by 60 hand labels; the machine by itself says 33.3 %" in first
    assert ("33.3 %", "reuse a model", "corrected, 33.3 to 33.3 %") in standing(run, found)


def test_uncorrected_with_bounds(tmp_path: Path) -> None:
    run = run_of(tmp_path, open_=20)
    told = headlines(run, estimated(run))
    assert told[0] == (
        "33.3 % of the papers reuse a pre-trained model, uncorrected: the machine's errors are in it. Were all papers"
        " without an answer no, or all yes, it would be 25.0 to 50.0 %."
    )
    assert told[1] == "20 papers with 1 named reused model; in most papers: ResNet-50 (20)."
    assert told[-1] == "Without an answer on reuse: 20 unresolved and 0 unreadable of 80 papers."
    assert ("33.3 %", "reuse a model", "uncorrected, 25.0 to 50.0 %") in standing(run, estimated(run))


def test_too_few_labels_are_said_to_be(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    found = estimated(run, labels(3))
    assert not found.corrected
    assert "uncorrected" in headlines(run, found)[0]
    assert headlines(run, found)[1].startswith("The 3 labels can't correct it: too few labels: 1 labels of 20 papers")


def test_few_papers_are_called_few(tmp_path: Path) -> None:
    run = results(wrote(tmp_path, [(one(1), reuse())]))
    assert headlines(run, estimated(run))[-1] == "Only 1 readable paper: too few to rely on any share."


def test_no_field_stands_out_where_none_is_known(tmp_path: Path) -> None:
    told = standing(run_of(tmp_path), estimated(run_of(tmp_path)))
    assert [each.of for each in told] == [
        "papers", "use deep learning", "reuse a model", "models", "most frequent pattern", "most frequent step",
    ]  # fmt: skip
