"""What the papers' own files tell once more."""

import zipfile
from pathlib import Path

import pytest
from ledgers import answered_by_embedded
from papers import FIELD, PREDICTED, TUNED, corpus, jats, write

from ptmreuse.reporting.record import record
from ptmreuse.reporting.reread import RUN, SKETCH, Reread, reread, shared, sketch


def again(run: Path) -> dict[str, Reread]:
    return {Path(source).name: found for source, found in reread(told for told in record(run).papers if told.readable)}


def test_chances_go_with_the_answers(tmp_path: Path) -> None:
    found = again(answered_by_embedded(corpus(tmp_path / "in", 3), tmp_path / "out"))
    assert list(found) == ["000.xml", "001.xml", "002.xml"]
    assert found["001.xml"].chance < 0.5 < min(found["000.xml"].chance, found["002.xml"].chance)
    assert all(each.sketch for each in found.values())


def test_a_file_that_is_gone_broken_or_another_is_left_out(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 6)
    run = answered_by_embedded(papers, tmp_path / "out")
    (papers / "000.xml").unlink()
    write(papers / "001.xml", jats(PREDICTED, title="Another"))
    write(papers / "002.xml", b"<article>")
    assert list(again(run)) == ["003.xml", "004.xml", "005.xml"]


def test_papers_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, sentence in (("a.xml", TUNED), ("b.xml", FIELD)):
            archive.writestr(name, jats(sentence, title=name))
    found = again(answered_by_embedded(tmp_path / "all.zip", tmp_path / "out"))
    assert list(found) == ["all.zip!a.xml", "all.zip!b.xml"]


def words(first: int, last: int) -> str:
    return " ".join(f"word{n}" for n in range(first, last))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (words(0, 900), words(0, 900), 1.0),
        (words(0, 900), words(0, 900).upper(), 1.0),
        (words(0, 900), words(900, 1800), 0.0),
        (words(0, 900), words(450, 1350), 1 / 3),  # half of each: a third of both together
        ("", words(0, 900), 0.0),
        ("too few words", "too few words", 0.0),
    ],
)
def test_shared_runs_are_told_from_sketches(one: str, other: str, share: float) -> None:
    assert shared(sketch(one), sketch(other)) == pytest.approx(share, abs=0.09)


def test_a_sketch_is_small() -> None:
    assert len(sketch(words(0, 5000))) == SKETCH
    assert len(sketch(words(0, RUN))) == 1
