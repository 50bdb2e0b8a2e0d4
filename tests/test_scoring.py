"""Asking about examples: failures score nothing, a refusal stops, threads change nothing."""

from pathlib import Path

import dspy
import pytest
from labelling import task
from provider import answered, provider, refused
from scripted import scripted

from ptmreuse.errors import SystemicError
from ptmreuse.lm import LMChoice
from ptmreuse.scoring import scored

NO = {"uses_deep_learning": False, "evidence": "none"}


def test_a_call_that_fails_scores_nothing(tmp_path: Path) -> None:
    given = task(tmp_path)
    lm, _ = scripted("no field", "no field either", *[NO] * (len(given.val) - 1))
    with dspy.context(lm=lm):
        found = scored(given.stage, given.student(), given.val)
    assert [each.outcome.score for each in found] == [0, 0, 0, 1, 0, 0, 0, 1]
    assert not found[0].prediction.keys()


def test_an_lm_that_refuses_every_call_stops(tmp_path: Path) -> None:
    given = task(tmp_path)
    for status in (401, 400):
        with provider(refused(status)) as server:
            lm = LMChoice("openai/m", server.base, {"api_key": "x"}).build()
            with dspy.context(lm=lm), pytest.raises(SystemicError, match=r"refuses every call: .*; see to --lm"):
                scored(given.stage, given.student(), given.val)


def test_threads_answer_the_same_in_the_same_order(tmp_path: Path) -> None:
    given = task(tmp_path)
    with provider(answered) as server:
        lm = LMChoice("openai/m", server.base, {"api_key": "x"}).build()
        with dspy.context(lm=lm):
            one, several = (scored(given.stage, given.student(), given.val, threads) for threads in (1, 4))
    assert [dict(each.prediction) for each in one] == [dict(each.prediction) for each in several]
    assert len(server.bodies) == 2 * len(given.val)
