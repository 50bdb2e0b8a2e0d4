"""A probability sample: the probabilities are those that are told, and an estimate from it hits the truth."""

from collections import Counter
from statistics import fmean

import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, one, reuse, wrote

from ptmreuse.errors import UsageError
from ptmreuse.reporting.for_estimate import ASSUMED, Part, design, drawn
from ptmreuse.reporting.record import Record, record
from ptmreuse.reporting.strata import ANSWERS, period_of, strata

NUMBERS = {"reuse": 30, "deep learning, no reuse": 40, "no deep learning": 120, "unresolved": 3}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Record:
    kinds = [
        each for each, n in zip((reuse(), ONLY_DEEP, NEITHER, LOST), NUMBERS.values(), strict=True) for _ in range(n)
    ]
    return record(wrote(tmp_path_factory.mktemp("run"), [(one(n), answers) for n, answers in enumerate(kinds)]))


def parts(run: Record, n: int, seed: int = 0) -> list[Part]:
    return design(strata(run.papers), n, seed)


def test_neymans_allocation_with_the_assumed_shares(run: Record) -> None:
    found = {part.stratum.answer: part for part in parts(run, 60)}
    assert sum(part.drawn for part in found.values()) == 60
    assert found["unresolved"].drawn == 3  # fewer than the least: taken whole
    assert found["unresolved"].probability == 1
    weights = {answer: NUMBERS[answer] * (ASSUMED[answer] * (1 - ASSUMED[answer])) ** 0.5 for answer in ANSWERS[:3]}
    for answer, weight in weights.items():
        assert found[answer].drawn == pytest.approx(57 * weight / sum(weights.values()), abs=1)


def test_the_sample_is_as_designed_and_each_paper_in_it_once(run: Record) -> None:
    found = drawn(parts(run, 60), 0)
    assert len({each.told.source for each in found}) == 60
    assert Counter(each.part.stratum.answer for each in found if each.part) == {
        part.stratum.answer: part.drawn for part in parts(run, 60)
    }
    in_order = [each.part.stratum.answer for each in found if each.part]
    assert in_order != sorted(in_order, key=ANSWERS.index)  # the order does not tell the answer


def test_a_seed_gives_a_sample_and_the_order_of_papers_does_not_matter(run: Record) -> None:
    def sample(papers: Record, seed: int) -> list[str]:
        return [each.told.source for each in drawn(design(strata(papers.papers), 60, seed), seed)]

    backwards = Record(run.run, run.asked, run.papers[::-1], 0)
    assert sample(run, 1) == sample(backwards, 1)
    assert sample(run, 1) != sample(run, 2)


def test_papers_that_are_added_move_few_of_those_drawn(run: Record) -> None:
    fewer = [told for told in run.papers if not told.source.endswith("7.xml")]
    before, after = ({e.told.source for e in drawn(design(strata(papers), 60, 0), 0)} for papers in (fewer, run.papers))
    assert len(before & after) >= 45


def test_each_paper_is_drawn_as_often_as_is_told(run: Record) -> None:
    seeds = 300
    times: Counter[str] = Counter()
    for seed in range(seeds):
        times.update(each.told.source for each in drawn(parts(run, 60, seed), seed))
    for part in parts(run, 60):
        each = [times[told.source] / seeds for told in part.stratum.papers]
        assert fmean(each) == pytest.approx(part.probability)
        assert min(each) > part.probability - 0.15
        assert max(each) < part.probability + 0.15


def test_the_weighted_share_hits_the_truth(run: Record) -> None:
    true = {told.source for n, told in enumerate(run.papers) if (n % 7 == 0) or n < 25}
    shares = []
    for seed in range(200):
        found = drawn(parts(run, 60, seed), seed)
        shares.append(sum(1 / e.part.probability for e in found if e.part and e.told.source in true) / len(run.papers))
    assert fmean(shares) == pytest.approx(len(true) / len(run.papers), abs=0.01)


def test_codes_tell_no_answer(run: Record) -> None:
    codes = [tuple(part.code for part in parts(run, 60, seed)) for seed in range(12)]
    assert all(sorted(each) == ["s01", "s02", "s03", "s04"] for each in codes)
    assert len(set(codes)) > 4


def test_more_than_there_are_is_all_with_probability_one(run: Record) -> None:
    found = parts(run, 10_000)
    assert {part.probability for part in found} == {1.0}
    assert len(drawn(found, 0)) == len(run.papers)


def test_fewer_than_strata_are_refused(run: Record) -> None:
    with pytest.raises(UsageError, match=r"--n 3: 3 papers for 4 strata; .*--n 4 or more, or --by none"):
        design(strata(run.papers, period_of), 3, 0)
