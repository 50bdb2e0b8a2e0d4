"""The flags of `ptmreuse run` for LMs that are waited for, and what they ask for."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

from program.answers import STAGES
from ptmreuse.amounts import amount, count, seconds
from ptmreuse.calling.engine import TIMEOUT
from ptmreuse.calling.lms import Terms
from ptmreuse.calling.pace import MOST
from ptmreuse.errors import UsageError
from ptmreuse.ledger import REASONS
from ptmreuse.lm import EMBEDDED, LMChoice, addressed

UNRESOLVED = "unresolved"
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")


def add(parser: argparse.ArgumentParser, *, resumes: bool = True) -> None:
    """Add the flags; `resumes` says whether what was answered before can be asked again."""
    flag = parser.add_argument_group("LMs that are waited for").add_argument
    flag("--stage-lm", action="append", default=[], metavar="STAGE=LM", help="another LM for a stage, or NAME@URL")
    flag("--temperature", type=amount, metavar="T", help="of sampling (default: the provider's)")
    flag("--max-answer-tokens", type=count, metavar="N", help="of one answer (default: the provider's)")
    flag("--reasoning-effort", choices=_EFFORTS, help="of an LM that reasons (default: the provider's)")
    most = f"calls at once (default: as many as the provider carries, up to {MOST})"
    flag("--concurrency", type=count, metavar="N", help=most)
    flag("--rpm", type=count, metavar="N", help="requests per minute (default: what its headers say)")
    flag("--tpm", type=count, metavar="N", help="tokens per minute (default: what its headers say)")
    flag("--max-usd", type=amount, metavar="X", help="stop before this start can cost more US dollars")
    flag("--max-tokens", type=count, metavar="N", help="stop before this start can take more tokens")
    flag("--timeout", type=seconds, default=TIMEOUT, metavar="SECONDS", help="of one attempt (default %(default)g)")
    down = "wait so long for a provider that is down (default 600; 30 when it never answered)"
    flag("--give-up-after", type=seconds, metavar="SECONDS", help=down)
    again = f"ask again what is unresolved for this reason, or all that is {UNRESOLVED}; repeat"
    if resumes:
        flag("--retry", action="append", default=[], choices=(UNRESOLVED, *REASONS), metavar="REASON", help=again)


def terms(given: argparse.Namespace) -> Terms:
    """How LMs may be called."""
    return Terms(
        given.concurrency, given.rpm, given.tpm, given.max_usd, given.max_tokens, given.timeout, given.give_up_after
    )


def lms(given: argparse.Namespace) -> tuple[LMChoice, dict[str, LMChoice]]:
    """The LM, and those that take its place in some stages. Raises UsageError for what can't be used."""
    stages = dict(_stage_lm(text) for text in given.stage_lm)
    asked = {
        "temperature": given.temperature,
        "max_tokens": given.max_answer_tokens,
        "reasoning_effort": given.reasoning_effort,
    }
    parameters = {name: value for name, value in asked.items() if value is not None}
    lm = addressed(given.lm, given.api_base)
    if parameters and all(choice.name == EMBEDDED for choice in (lm, *stages.values())):
        raise UsageError(f"--lm {EMBEDDED}: takes no {', '.join(parameters)}; give another LM")
    return _with(lm, parameters), {stage: _with(choice, parameters) for stage, choice in stages.items()}


def _with(choice: LMChoice, parameters: Mapping[str, object]) -> LMChoice:
    return choice if choice.name == EMBEDDED else replace(choice, parameters=dict(parameters))


def _stage_lm(text: str) -> tuple[str, LMChoice]:
    stage, _, lm = text.partition("=")
    if stage not in STAGES or not lm:
        raise UsageError(f"--stage-lm {text}: give STAGE=LM, with a stage of {', '.join(STAGES)}")
    return stage, addressed(lm)
