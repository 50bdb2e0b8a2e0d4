"""What is wrong with an LM, and the next step, from the error of its provider's client or the reason of its answer."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from dspy import lm15

from ptmreuse.answering import first_line
from ptmreuse.lm import LMChoice

_HTML = re.compile(r"<!doctype html|<html|text/html", re.IGNORECASE)
_VARIABLE = re.compile(r"[Ss]et ([A-Z][A-Z_]+(?: or [A-Z][A-Z_]+)*)")
_SHOWN = 160  # characters of an error
_NAMES = 8  # of a server's models that are shown


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and what to do about it. `is_hopeless`: the next call would meet it as well."""

    told: str
    advice: str
    is_hopeless: bool = False


_OF_REASON = {
    "unparsable": (
        "the reply is not in the form that was asked for",
        "try --structured if the server takes a JSON schema, a larger model, or a program compiled for this LM",
    ),
    "empty": (
        "the reply is empty",
        "what answers may be no chat server: see to --api-base; or all its tokens went into reasoning: give it more",
    ),
    "cut_short": (
        "the reply was cut at its limit of tokens",
        "give the LM more room: a higher limit of tokens, or less reasoning effort",
    ),
    "provider_refused": ("the provider or the LM declines to answer", "take another LM, or ask the provider why"),
    "evidence_not_found": (
        "the quote is not in the text, not even at the second time",
        "the LM does not copy what it reads: papers will be unresolved; take a larger one",
    ),
    "no_model_named": ("no model is named", "the LM does not follow the question; take a larger one"),
    "too_long": (
        "the prompt is longer than the LM takes",
        "serve it with a longer context (vLLM --max-model-len, llama.cpp --ctx-size, Ollama OLLAMA_CONTEXT_LENGTH)",
    ),
}
_OTHERWISE = ("the answer is unresolved", "see the error")


def of_reason(reason: str, error: str) -> Trouble:
    """The trouble behind an unresolved answer."""
    told, advice = _OF_REASON.get(reason, _OTHERWISE)
    return Trouble(f"{told} ({error})" if error and reason not in _OF_REASON else told, advice)


def address(choice: LMChoice) -> str:
    """Where its server is, "" when that was not given; without a name, a password or a query, which may be secret."""
    parts = urlsplit(choice.api_base)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def of_error(error: Exception, choice: LMChoice, names: tuple[str, ...] = ()) -> Trouble:
    """The trouble behind an error of lm15; `names` are the models that the server says it has."""
    where = address(choice) or choice.name.partition("/")[0]
    told, advice = _told(error, choice, where, names)
    return Trouble(f"{told} ({first_line(error)[:_SHOWN]})", advice, is_hopeless=True)


def _told(error: Exception, choice: LMChoice, where: str, names: tuple[str, ...]) -> tuple[str, str]:
    if isinstance(error, lm15.NotConfiguredError):
        name = found[1] if (found := _VARIABLE.search(str(error))) else "the key"
        return (
            "there is no key",
            f"set {name} in the environment; for a server without keys give --lm hosted_vllm/MODEL",
        )
    if isinstance(error, lm15.ConfigurationError):
        return "there is no such LM", "give --lm PROVIDER/MODEL as in docs/providers.md"
    if isinstance(error, lm15.AuthError):
        return f"{where} does not accept the key", "see to the key in the environment and to what it allows"
    if isinstance(error, lm15.BillingError):
        return "the account has nothing left to spend", "see to the provider's billing page"
    if isinstance(error, lm15.RateLimitError):
        return "the provider turns the call away for now", "wait, or ask it for a higher limit"
    if isinstance(error, lm15.TimeoutError):
        return f"{where} is too slow", "give more time with --timeout, a smaller model, or a faster machine"
    if isinstance(error, lm15.TransportError):
        advice = "start the server, see to the network, or correct --api-base (host, port, http or https)"
        return f"{where} can't be reached", advice
    return _refused(error, choice, names)


def _refused(error: Exception, choice: LMChoice, names: tuple[str, ...]) -> tuple[str, str]:
    status = getattr(error, "status", None)
    if _HTML.search(str(error)):
        return "what answers is a web page and no LM", "correct --api-base: most end in /v1"
    if status in (None, 200):
        return "the reply is broken", "run this again; if it stays, see to the server, and to any proxy before it"
    if isinstance(error, lm15.UnsupportedModelError) or status == 404:
        model = choice.name.partition("/")[2]
        there = f"it has {', '.join(names[:_NAMES])}" if names else "see the provider's list of models"
        return f"the server knows no model {model}, or the path is wrong", f"{there}; most --api-base end in /v1"
    if status and status >= 500:
        return "the server fails", "see its log, or try again later"
    return "the server does not take the request", "leave out what it does not know (--structured, parameters)"
