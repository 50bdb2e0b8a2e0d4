"""What is estimated, and for which groups."""

from pathlib import Path

from study import study

from ptmreuse.reporting.estimated import estimated
from ptmreuse.reporting.results import results


def test_by_field_where_one_is_known_and_by_period(tmp_path: Path) -> None:
    run = study(tmp_path, 200)
    plain, joined = results(run), results(run, run / "works.jsonl")
    assert {each.by for each in estimated(plain).prevalences} == {"", "period"}
    assert {each.by for each in estimated(joined).prevalences} == {"", "field", "period"}
    reuse = estimated(plain).of("reuses_ptm")
    assert reuse is not None
    assert (reuse.papers, reuse.method) == (206, "uncorrected")
    assert estimated(plain).of("reuses_ptm", "nothing") is None
    assert estimated(plain).accuracies == estimated(plain).checks == ()
