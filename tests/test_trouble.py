"""From an error or a reason to what is wrong and the next step."""

import pytest
from dspy import lm15

from ptmreuse.ledger import REASONS
from ptmreuse.lm import LMChoice
from ptmreuse.trouble import address, of_error, of_reason

OWN = LMChoice("hosted_vllm/m", "http://me:secret@host:8000/v1?key=secret")
PAID = LMChoice("openai/gpt-5-mini")


@pytest.mark.parametrize(
    ("error", "told", "advice"),
    [
        (lm15.TransportError("refused"), "http://host:8000/v1 can't be reached", "start the server"),
        (lm15.TimeoutError("no reply"), "http://host:8000/v1 is too slow", "--timeout"),
        (lm15.AuthError("bad", status=401), "http://host:8000/v1 does not accept the key", "environment"),
        (lm15.BillingError("none left", status=429), "nothing left to spend", "billing"),
        (lm15.UnsupportedModelError("no m", status=404), "knows no model m", "it has a, b"),
        (lm15.ServerError("<html>bad gateway</html>", status=502), "a web page", "/v1"),
        (lm15.ServerError("busy", status=503), "the server fails", "its log"),
        (lm15.InvalidRequestError("what?", status=400), "does not take the request", "--structured"),
        (lm15.ProviderError("not JSON"), "the reply is broken", "proxy"),
    ],
)
def test_errors_of_the_client(error: lm15.LM15Error, told: str, advice: str) -> None:
    trouble = of_error(error, OWN, ("a", "b"))
    assert told in trouble.told
    assert advice in trouble.advice
    assert trouble.is_hopeless
    assert "secret" not in trouble.told + trouble.advice


def test_a_provider_of_its_own_is_named_and_a_long_error_cut() -> None:
    trouble = of_error(lm15.TransportError("x" * 5000), PAID)
    assert trouble.told.startswith("openai can't be reached (xxx")
    assert len(trouble.told) < 250


@pytest.mark.parametrize("reason", sorted({"empty", *REASONS} - {"provider_error"}))
def test_every_reason_of_a_ledger_has_words(reason: str) -> None:
    trouble = of_reason(reason, "SomeError: why")
    assert trouble.told
    assert trouble.advice
    assert not trouble.is_hopeless


@pytest.mark.parametrize(
    ("choice", "shown"), [(OWN, "http://host:8000/v1"), (PAID, ""), (LMChoice("a/b", "http://h/v1"), "http://h/v1")]
)
def test_an_address_is_shown_without_secrets(choice: LMChoice, shown: str) -> None:
    assert address(choice) == shown
