"""What there is most to learn from: doubtful, of many kinds, near-duplicates apart."""

from collections import Counter
from pathlib import Path

import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, answered_by_embedded, one, reuse, wrote
from papers import corpus

from program.answers import Answer
from ptmreuse.reporting.for_training import Knowledge, Picked, _candidate, picked
from ptmreuse.reporting.pairs import matched
from ptmreuse.reporting.record import Record, record
from ptmreuse.reporting.reread import Reread
from ptmreuse.reporting.strata import lot

NOTHING = Knowledge()


def run(folder: Path, *several: tuple[Answer, ...]) -> Record:
    return record(wrote(folder, [(one(n, title=lot(7, str(n))), a) for n, a in enumerate(several)]))


def sources(found: Picked) -> list[str]:
    return [each.told.source for each in found.papers]


def test_the_doubtful_come_first(tmp_path: Path) -> None:
    papers = run(tmp_path, NEITHER, NEITHER, LOST, NEITHER, ONLY_DEEP).papers
    found = picked(papers, 2, 0, NOTHING)
    assert sources(found) == ["in/2.xml", "in/4.xml"]
    assert found.papers[0].why == "reuses_ptm unresolved: evidence_not_found"
    assert found.kinds == {"unresolved": 1}
    assert {each.part for each in found.papers} == {None}


def test_another_run_and_a_narrow_chance_raise_doubt(tmp_path: Path) -> None:
    a = run(tmp_path / "a", NEITHER, NEITHER, NEITHER, NEITHER)
    b = run(tmp_path / "b", NEITHER, ONLY_DEEP, NEITHER, NEITHER)
    pairs = {pair.a.source: pair for pair in matched(a, b).pairs}
    known = Knowledge(pairs, {"in/3.xml": Reread(0.6, frozenset()), "in/2.xml": Reread(0.001, frozenset())})
    found = picked(a.papers, 2, 0, known)
    assert sources(found) == ["in/1.xml", "in/3.xml"]
    assert found.kinds == {"runs differ": 1, "narrow chance": 1}


def test_many_of_a_kind_make_room_for_others(tmp_path: Path) -> None:
    alike = [reuse(("ResNet-50", "adaptation", "test"))] * 12
    others = [reuse(("U-Net", "conceptual", "analysis")), reuse(("AlphaFold 2", "deployment", "hypothesis"))]
    papers = run(tmp_path, *alike, *others).papers
    assert {"in/12.xml", "in/13.xml"} <= set(sources(picked(papers, 3, 0, NOTHING)))


def test_groups_are_kinds(tmp_path: Path) -> None:
    papers = run(tmp_path, *[NEITHER] * 9).papers
    known = Knowledge(group=lambda told: "rare" if told.source == "in/5.xml" else "common")
    assert "in/5.xml" in sources(picked(papers, 2, 0, known))


def test_the_same_in_any_order_and_another_with_another_seed(tmp_path: Path) -> None:
    papers = run(tmp_path, *[NEITHER] * 30, *[LOST] * 10).papers
    found = sources(picked(papers, 12, 3, NOTHING))
    assert found == sources(picked(papers[::-1], 12, 3, NOTHING))
    assert found != sources(picked(papers, 12, 4, NOTHING))


def test_it_is_the_best_at_every_step(tmp_path: Path) -> None:
    """The same papers as by looking through all of them each time."""
    names = ("ResNet-50", "U-Net", "AlphaFold 2", "BERT")
    others = (LOST, NEITHER, ONLY_DEEP)
    answers = [reuse((names[n % 4], "adaptation", "test")) if n % 3 else others[n % 4 % 3] for n in range(40)]
    papers = run(tmp_path, *answers).papers
    left = [_candidate(told, lot(0, told.text_hash), NOTHING) for told in papers]
    seen: Counter[str] = Counter()
    best: list[str] = []
    while len(best) < 25:
        first = min(left, key=lambda each: (-each.gain(seen), each.lot))
        left.remove(first)
        seen.update(first.kinds)
        best.append(first.told.source)
    assert sources(picked(papers, 25, 0, NOTHING)) == best


def test_near_duplicates_are_apart(tmp_path: Path) -> None:
    titles = [
        "The leaves of barley under drought",
        "Leaves of barley under the drought.",
        "Songs of the great tit",
        "Short",
        "Short",
    ]
    answered = [(one(n, title=title), NEITHER) for n, title in enumerate(titles)]
    papers = record(wrote(tmp_path, answered)).papers
    found = picked(papers, 9, 0, NOTHING)
    assert found.near == 1
    assert len({"in/0.xml", "in/1.xml"} & set(sources(found))) == 1
    assert {"in/2.xml", "in/3.xml", "in/4.xml"} <= set(sources(found))


def test_near_duplicates_by_text(tmp_path: Path) -> None:
    papers = run(tmp_path, NEITHER, NEITHER, NEITHER).papers
    sketches = [frozenset(range(200)), frozenset(range(150, 350)), frozenset(range(1000, 1200))]
    known = Knowledge(reread={f"in/{n}.xml": Reread(0.5, sketch) for n, sketch in enumerate(sketches)})
    found = picked(papers, 3, 0, known)
    assert (len(found.papers), found.near) == (2, 1)
    assert "in/2.xml" in sources(found)


@pytest.mark.parametrize("n", [1, 5, 10_000])
def test_a_real_run(tmp_path: Path, n: int) -> None:
    papers = record(answered_by_embedded(corpus(tmp_path / "in"), tmp_path / "out")).papers
    found = picked(papers, n, 0, NOTHING)
    assert len(found.papers) == min(n, 6)
    assert len(set(sources(found))) == len(found.papers)


def test_no_papers() -> None:
    assert picked([], 5, 0, NOTHING) == Picked((), 0, Counter())
