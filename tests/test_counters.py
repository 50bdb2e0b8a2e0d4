"""Counters in Prometheus' format."""

from program.answers import no
from ptmreuse.ledger import Row
from ptmreuse.serving.counters import Counters


def test_what_prometheus_reads() -> None:
    counters = Counters()
    counters.count("papers_total", outcome='a "b"\\\n')
    counters.row(Row(no("uses_deep_learning"), 100, 10, usd=0.5, attempts=2))
    counters.row(Row(no("uses_deep_learning")))
    counters.seconds.add(0.02)
    counters.seconds.add(1000)
    counters.now["papers_inside"] = lambda: 3
    lines = counters.text().splitlines()
    assert 'ptmreuse_papers_total{outcome="a \\"b\\"\\\\\\n"} 1' in lines
    assert 'ptmreuse_answers_total{stage="uses_deep_learning",value="no"} 2' in lines
    assert {"ptmreuse_lm_calls_total 3", "ptmreuse_lm_input_tokens_total 100", "ptmreuse_lm_usd_total 0.5"} <= set(
        lines
    )
    assert 'ptmreuse_paper_seconds_bucket{le="0.01"} 0' in lines
    assert 'ptmreuse_paper_seconds_bucket{le="0.025"} 1' in lines
    assert 'ptmreuse_paper_seconds_bucket{le="+Inf"} 2' in lines
    assert lines[-1] == "ptmreuse_papers_inside 3"
    assert counters.text().endswith("\n")
    assert counters.seconds.mean > 500
