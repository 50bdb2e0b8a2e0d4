"""`ptmreuse check`: one call per stage on a synthetic paper, and what to do about what is wrong."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ptmreuse.calling import flags
from ptmreuse.calling.engine import TIMEOUT
from ptmreuse.compiled import chosen
from ptmreuse.errors import UsageError
from ptmreuse.lm import EMBEDDED
from ptmreuse.trouble import address

if TYPE_CHECKING:
    from ptmreuse.check import Checked

HELP = "try an LM: one call per stage on a synthetic paper"

_SLOW = 20.0  # seconds per call from which a person should know what a run takes
_AT_ONCE = 64  # calls of a run
_MILLION = 1e6


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=check)
    parser.description = "Is an LM ready for a run? One real call per stage on a synthetic paper; exit code 0 if it is."
    parser.add_argument("--lm", default=EMBEDDED, help="embedded (default), or a DSPy name such as openai/gpt-5-mini")
    parser.add_argument("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    flag = parser.add_argument
    flag("--stage-lm", action="append", default=[], metavar="STAGE=LM", help="another LM for a stage, or NAME@URL")
    flag("--temperature", type=float, metavar="T", help="of sampling (default: the provider's)")
    flag("--max-answer-tokens", type=int, metavar="N", help="of one answer (default: the provider's)")
    flag("--reasoning-effort", metavar="EFFORT", help="of an LM that reasons (default: the provider's)")
    compiled = "compiled program, JSON (default: that of the LM in program/compiled, if there is one)"
    parser.add_argument("--compiled", type=Path, metavar="FILE", help=compiled)
    parser.add_argument("--zero-shot", action="store_true", help="use no compiled program")
    parser.add_argument("--structured", action="store_true", help="ask with the JSON schema of the answer")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT, metavar="SECONDS", help="of one call (default %(default)g)"
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def check(given: argparse.Namespace) -> int:
    """Make the calls and print what they gave; returns the exit code: 0 when the LM is ready, 1 when it is not.

    Raises UsageError for flags that can't be used.
    """
    from ptmreuse.check import check as checked

    console = Console(highlight=False)
    lm, others = flags.lms(given)
    compiled = chosen(given.lm, given.compiled, zero_shot=given.zero_shot)
    if given.timeout <= 0:
        raise UsageError(f"--timeout {given.timeout:g}: give seconds, more than 0")
    found = checked(lm, others, compiled, given.timeout, structured=given.structured)
    for each in found:
        _show(each, compiled.name if compiled else "", console)
    return 0 if all(each.is_fit for each in found) else 1


def _show(found: "Checked", compiled: str, console: Console) -> None:
    where = address(found.choice)
    at = f" at {where}" if where else ""
    program = f"program compiled in {compiled}" if compiled else "program zero-shot"
    console.print(f"\n{found.choice.name}{at}, {program}", style="bold", markup=False, soft_wrap=True)
    if found.made:
        console.print(_calls(found))
    for name, told in _facts(found):
        console.print(f"  {name:<15} {told}", markup=False, soft_wrap=True)
    for stage, trouble in found.troubles:
        console.print(f"\n  {stage}: {trouble.told}\n  → {trouble.advice}", markup=False, soft_wrap=True)
    console.print()


def _calls(found: "Checked") -> Table:
    table = Table(box=SIMPLE_HEAD)
    for name in ("stage", "answer"):
        table.add_column(name, no_wrap=True)
    for name in ("calls", "seconds", "tokens in", "cached", "out"):
        table.add_column(name, justify="right", no_wrap=True)
    for call in found.calls:
        if row := call.row:
            counts = (row.input_tokens, row.cached_tokens, row.output_tokens)
            shown = ("-" if count is None else f"{count:,}" for count in counts)
            answer = row.answer.reason or ("right" if call.is_right else "wrong")
            table.add_row(call.stage, answer, str(row.attempts), f"{row.seconds:.2f}", *shown)
    return table


def _facts(found: "Checked") -> Iterator[tuple[str, str]]:
    """What a person wants to know before a run, one line each."""
    rows = [row for _, row in found.made]
    if not rows:
        yield from [("context length", _context(found))] if found.served.context else []
        return
    right, quoted = sum(call.is_right for call in found.calls), sum(bool(row.answer.resolved) for row in rows)
    yield "answers", f"{quoted} of {len(found.calls)} parse and have their quote, {right} are right"
    if any(row.attempts > 1 for row in rows):
        yield "", "a call was made twice: its first reply could not be read, or its quote was not in the text"
    yield "context length", _context(found)
    yield "speed", _speed(found)
    if any(row.input_tokens is None for row in rows):
        yield "tokens", "the server reports none: cost can't be counted, and --max-usd and --max-tokens can't be kept"
    yield "price", _price(found)


def _context(found: "Checked") -> str:
    length, needed = found.served.context, found.needed
    least = f"the longest prompt of a run and its answer take about {needed:,} tokens" if needed else ""
    if found.choice.name == EMBEDDED:
        return "no limit"
    if not length:
        return f"unknown; {least or 'see to it that a run fits'}"
    if found.is_short:
        return f"{length:,} tokens, TOO SHORT: {least}\n  → serve it with a longer context"
    return f"{length:,} tokens; {least}" if least else f"{length:,} tokens"


def _speed(found: "Checked") -> str:
    rows = [row for _, row in found.made]
    calls, seconds = sum(row.attempts for row in rows), sum(row.seconds for row in rows)
    answered = sum(row.output_tokens or 0 for row in rows)
    told = f"{seconds / max(1, calls):.2f} s per call"
    told += f", {answered / seconds:,.0f} tokens of answers a second, one call at a time" if answered else ""
    if seconds / max(1, calls) < _SLOW:
        return told
    hours = 5000 * seconds / max(1, calls) / _AT_ONCE / 3600
    return f"{told}; SLOW: 1,000 papers with all five questions take {hours:,.1f} h even with {_AT_ONCE} calls at once"


def _price(found: "Checked") -> str:
    from ptmreuse.check import PASSAGES, PASSAGES_DEEP

    price = found.price
    if price is None:
        return "not in the price list (a server of your own?): --max-usd can't be used, --max-tokens can"
    if found.choice.name == EMBEDDED:
        return "nothing"
    told = f"{price.prompt * _MILLION:g} USD per million tokens of prompts, {price.answer * _MILLION:g} of answers"
    asked = [stage for stage, _ in found.made]
    least, most = found.usd(asked[:1], PASSAGES), found.usd(asked, PASSAGES_DEEP)
    if least is None or most is None:
        return told
    few = "" if len(asked) == 1 else f" for {asked[0]} alone, {most:,.2f} with all {len(asked)} questions"
    return f"{told}\n  {'':<15} 1,000 papers: {least:,.2f} USD{few}, nothing from a cache"
