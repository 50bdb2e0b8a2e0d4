"""What a run is said to take before its first call."""

from pathlib import Path

import dspy
import pytest
from papers import corpus
from provider import answered, provider
from test_run import done, rows

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.calling.forecast import finished, forecast
from ptmreuse.corpus.read import documents
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.run import Order


@pytest.mark.parametrize(
    ("stages", "calls"), [(STAGES, (9, 33, 45)), (STAGES[:1], (9, 9, 9)), (STAGES[:2], (9, 15, 18))]
)
def test_calls_tokens_and_usd(tmp_path: Path, stages: tuple[str, ...], calls: tuple[int, int, int]) -> None:
    papers = corpus(tmp_path / "in")
    known = forecast(Pipeline(), documents([papers]), 9, dict.fromkeys(STAGES, LMChoice("openai/gpt-4o")), stages)
    assert known
    assert known.calls[0] == calls[0]
    assert known.calls[2] == calls[2]
    assert known.calls[0] <= known.calls[1] <= known.calls[2]
    assert known.usd
    assert 0 < known.usd[0] < known.usd[2]
    assert "9 papers to ask about · calls about" in str(known)
    unknown = forecast(Pipeline(), documents([papers]), 9, dict.fromkeys(STAGES, LMChoice("hosted_vllm/m")), stages)
    assert unknown
    assert unknown.usd is None
    assert str(unknown).endswith("price not known")
    assert dspy.settings.lm is None


def test_it_is_about_the_papers_that_are_left_and_near_the_truth(tmp_path: Path) -> None:
    papers, order = corpus(tmp_path / "in"), Order((), tmp_path / "out")
    with provider(answered) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        order = Order((papers,), tmp_path / "out", lm)
        found = forecast(Pipeline(), documents([papers]), 6, dict.fromkeys(STAGES, lm), STAGES)
        done(tmp_path / "out", papers, lm=lm, limit=3)
        with Ledger(order.ledger) as ledger:
            assert finished(ledger, order.key, STAGES) == 3
        done(tmp_path / "out", papers, lm=lm)
        with Ledger(order.ledger) as ledger:
            assert finished(ledger, order.key, STAGES) == 9
    assert found
    assert abs(found.calls[1] - rows(tmp_path / "out", "answers")) <= 4


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<article><body>")
    assert forecast(Pipeline(), documents([tmp_path]), 1, dict.fromkeys(STAGES, LMChoice()), STAGES) is None
