"""Which papers are labelled, and in which order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, answered_by_embedded, one, reuse, wrote
from papers import corpus, write
from reviewed import reviewed_paper

from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.errors import UsageError
from ptmreuse.held_back import held_back
from ptmreuse.labelled import trainset
from ptmreuse.reporting.comparison import compared
from ptmreuse.reporting.record import record
from ptmreuse.reviewing.loaded import from_run, from_sample, read_again
from ptmreuse.reviewing.queue import queued
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper, Wanted

ANSWERS = (NEITHER, ONLY_DEEP, LOST, reuse(("BirdWhisperer", "deployment", "test")))


def of_run(folder: Path) -> list[ReviewedPaper]:
    run = record(folder)
    return [ReviewedPaper(Wanted(t.text_hash, t.source, "train", t), one(n)) for n, t in enumerate(run.papers)]


def numbers(papers: Sequence[ReviewedPaper], order: str, other: Path | None = None, run: Path | None = None) -> str:
    pairs = {p.a.source: p for p in compared(record(run), record(other)).papers.pairs} if other and run else {}
    return "".join(each.paper.told.source[3] for each in queued(papers, order, pairs) if each.paper.told)


def test_orders(tmp_path: Path) -> None:
    run = wrote(tmp_path / "a", [(one(n), each) for n, each in enumerate(ANSWERS)])
    other = wrote(tmp_path / "b", [(one(n), each) for n, each in enumerate((NEITHER, reuse(), LOST, ANSWERS[3]))])
    papers = of_run(run)
    assert numbers(papers, "given") == "0123"
    assert numbers(papers, "uncertainty")[:2] == "23"
    assert numbers(papers, "names_ptms")[0] == "3"
    assert numbers(papers, "reuses_ptm")[0] == "2"
    assert numbers(papers, "disagreement") == "0123"
    assert numbers(papers, "disagreement", other, run) == "1023"


def test_why(tmp_path: Path) -> None:
    papers = of_run(wrote(tmp_path / "a", [(one(n), each) for n, each in enumerate(ANSWERS)]))
    whys = [each.why for each in queued(papers, "uncertainty", {})]
    assert "reuses_ptm unresolved: evidence_not_found" in whys[0]
    assert "not in the catalogue: BirdWhisperer" in whys[1]
    assert "BirdWhisperer" not in "".join(each.why for each in queued(papers, "science_step", {}))


def test_without_a_run_the_embedded_lms_chance_decides() -> None:
    sure = reviewed_paper()
    papers = [sure, reviewed_paper(replace(one(7), source="7.xml"))]
    assert [each.paper for each in queued(papers, "given", {})] == papers
    assert all(0 <= each.chance <= 1 for each in papers)


def test_a_run_is_read_again(tmp_path: Path) -> None:
    run = answered_by_embedded(corpus(tmp_path / "in", 3), tmp_path / "run")
    wanted = from_run(record(run), 2, 0, {})
    assert len(wanted) == 2
    papers, reasons = read_again(wanted)
    assert [each.id for each in papers] == [each.id for each in wanted]
    assert all(each.paper.text_hash == each.id and each.told for each in papers)
    assert reasons == {}


def test_papers_that_are_gone_changed_or_broken_have_their_reason(tmp_path: Path) -> None:
    run = answered_by_embedded(corpus(tmp_path / "in", 3), tmp_path / "run")
    gone, broken, changed = sorted(from_run(record(run), 3, 0, {}), key=lambda each: each.source)
    Path(gone.source).unlink()
    write(Path(broken.source), b"<article/>")
    write(Path(changed.source), Path(changed.source).read_bytes().replace(b"</p>", b" So it was.</p>"))
    papers, reasons = read_again([gone, broken, changed])
    assert papers == []
    assert reasons[gone.source] == "its file is not where the run found it"
    assert reasons[changed.source] == "its text has changed since the run"
    assert reasons[broken.source] not in ("", reasons[gone.source], reasons[changed.source])


def test_a_sample_keeps_its_order_and_split_and_takes_answers_from_its_run(tmp_path: Path) -> None:
    run = record(wrote(tmp_path / "run", [(one(n), reuse()) for n in range(3)]))
    told = {each.source: each for each in run.papers}
    rows = [f"{told[f'in/{n}.xml'].text_hash},in/{n}.xml,{split}" for n, split in ((2, "test"), (0, ""))]
    (tmp_path / "sample.csv").write_text("\ufeffid,source,split\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = from_sample(tmp_path / "sample.csv", run)
    assert [(each.source, each.split) for each in found] == [("in/2.xml", "test"), ("in/0.xml", "train")]
    assert found[0].told == told["in/2.xml"]
    assert from_sample(tmp_path / "sample.csv", None)[0].told is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title,doi\na,b\n", "row 2: has no id and no source"),
        ("id,source,split\na,b,dev\n", "row 2: split = 'dev'"),
        ("id,source\n", "no paper is in it"),
        (None, "can't be read"),
    ],
)
def test_what_is_no_sample(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "sample.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        from_sample(path, None)


def test_the_test_split_and_what_is_near_it_are_held_back() -> None:
    theirs = trainset(TRAINSET, "test")[0].paper
    near = replace(theirs, source="copy.xml", title="Another title", paragraphs=theirs.paragraphs[:4])
    other = replace(reviewed_paper().paper, source="mine.xml")
    reasons = held_back([near, other])
    assert set(reasons) == {"copy.xml"}
    assert theirs.source in reasons["copy.xml"]
