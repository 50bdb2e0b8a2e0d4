"""Papers by what the machine answered."""

from pathlib import Path

import pytest
from ledgers import DEEP, LOST, NEITHER, ONLY_DEEP, one, reuse, wrote

from program.answers import Answer, unresolved
from ptmreuse.reporting.record import record
from ptmreuse.reporting.strata import DEEP as DEEP_ONLY
from ptmreuse.reporting.strata import NEITHER as NO_DEEP
from ptmreuse.reporting.strata import OPEN, REUSE, answer_of, lot, period_of, strata


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (reuse(), REUSE),
        (reuse()[:2], REUSE),
        (ONLY_DEEP, DEEP_ONLY),
        (NEITHER, NO_DEEP),
        (LOST, OPEN),
        ((unresolved(DEEP, "unparsable"),), OPEN),
        (ONLY_DEEP[:1], OPEN),
        ((), OPEN),
    ],
)
def test_every_answer_is_in_one_stratum(tmp_path: Path, answers: tuple[Answer, ...], expected: str) -> None:
    assert answer_of(record(wrote(tmp_path, [(one(1), answers)])).papers[0]) == expected


def test_strata_hold_every_readable_paper_once_in_any_order(tmp_path: Path) -> None:
    answers = [NEITHER, ONLY_DEEP, reuse(), LOST, NEITHER, reuse()]
    papers = [(one(n, year=2019 + n % 2), each) for n, each in enumerate(answers)]
    run = record(wrote(tmp_path, papers, unreadable=["bad.xml"]))
    found = strata(run.papers)
    assert [(stratum.name, len(stratum.papers)) for stratum in found] == [
        (REUSE, 2), (DEEP_ONLY, 1), (NO_DEEP, 2), (OPEN, 1),
    ]  # fmt: skip
    assert found == strata(run.papers[::-1])
    by_period = strata(run.papers, period_of)
    assert [stratum.name for stratum in by_period][:3] == [
        f"{REUSE} · 2015-2019",
        f"{NO_DEEP} · 2015-2019",
        f"{REUSE} · 2020-2024",
    ]
    assert sum(len(stratum.papers) for stratum in by_period) == 6


@pytest.mark.parametrize(("year", "period"), [(2000, "2000-2004"), (2024, "2020-2024"), (None, "year unknown")])
def test_periods(tmp_path: Path, year: int | None, period: str) -> None:
    assert period_of(record(wrote(tmp_path, [(one(1, year=year), NEITHER)])).papers[0]) == period


def test_lots_depend_on_seed_and_name() -> None:
    assert lot(1, "a") == lot(1, "a")
    assert len({lot(seed, name) for seed in range(3) for name in "abc"}) == 9
