"""`ptmreuse sentinel`: does a provider's LM still answer as it did? For people, and for cron."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ptmreuse.amounts import amount, count
from ptmreuse.calling import flags
from ptmreuse.compiled import chosen
from ptmreuse.errors import UsageError
from ptmreuse.lm import EMBEDDED

if TYPE_CHECKING:
    from ptmreuse.sentinel.drift import Change, Drift
    from ptmreuse.sentinel.watch import Watched

HELP = "ask a small labelled set again: has the LM changed under its name?"
_FILE_WIDTH = 132  # columns of a table that goes to a file or a mail of cron

SAME, STOPPED, WORSE, OTHERWISE = 0, 3, 4, 5  # exit codes; 1 and 2 are those of every command

_CODES = (
    "Exit code 0 when no change is shown (or it is the first run), 1 for a systemic fault (the provider fails for most "
    "questions), 2 for wrong usage, 3 when --max-usd was reached before the end, 4 when accuracy fell, 5 when it rose "
    "or the answers changed otherwise; 4 and 5 at --level after Holm over all tests of the call."
)


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=sentinel, stage_lm=[])
    parser.description = f"Asks a fixed small labelled set anew and compares with the runs before. {_CODES}"
    flag = parser.add_argument
    flag("--lm", default=EMBEDDED, help="embedded (default), or a DSPy name such as openai/gpt-5-mini")
    flag("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    flag("--temperature", type=amount, metavar="T", help="of sampling (default: the provider's)")
    flag("--max-answer-tokens", type=count, metavar="N", help="of one answer (default: the provider's)")
    flag("--reasoning-effort", metavar="EFFORT", help="of an LM that reasons (default: the provider's)")
    compiled = "compiled program, JSON (default: that of the LM in program/compiled, if there is one)"
    flag("--compiled", type=Path, metavar="FILE", help=compiled)
    flag("--zero-shot", action="store_true", help="use no compiled program")
    flag("--labels", default="", metavar="SOURCE", help="labelled papers (default: the split val of our trainset)")
    flag("--papers", type=Path, metavar="DIR", help="your copies of papers whose text is not in the labels")
    flag("--n", type=count, default=40, metavar="N", help="papers of the set (default %(default)d)")
    flag("--reference", type=count, default=0, metavar="RUN", help="also compare with this run, by its number")
    flag("--level", type=amount, default=0.01, metavar="P", help="of the tests of one call (default %(default)g)")
    flag("--jobs", type=count, default=8, metavar="N", help="calls at once (default %(default)d)")
    flag("--max-usd", type=amount, metavar="X", help="stop before the cost can go over so many US dollars")
    flag("--out", type=Path, default=Path("runs/sentinel"), metavar="DIR", help="the runs (default %(default)s)")
    flag("--no-track", dest="track", action="store_false", help="write nothing to MLflow")
    flag("--debug", action="store_true", help="show the traceback of an error")


def sentinel(given: argparse.Namespace) -> int:
    """Ask, print what changed; returns the exit code. Raises UsageError and SystemicError."""
    from ptmreuse.sentinel.watch import Order, watch

    if not 0 < given.level < 1:
        raise UsageError(f"--level {given.level:g}: give a chance of a false alarm, above 0 and below 1")
    lm, _ = flags.lms(given)
    compiled = chosen(given.lm, given.compiled, zero_shot=given.zero_shot)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
    rest = (given.labels, given.papers, given.n, given.reference, given.jobs, given.max_usd, given.level, given.track)
    watched = watch(Order(given.out, lm, compiled, *rest), console)
    if watched is None:
        return STOPPED
    _show(watched, console)
    return code(watched.drift)


def code(drift: "Drift") -> int:
    """The exit code of a call that came to its end."""
    return WORSE if drift.worse else OTHERWISE if drift.better or drift.otherwise else SAME


def _show(watched: "Watched", console: Console) -> None:
    run, last = watched.run, watched.last
    before = f"run {last.number} of {last.at}" if last else "no run before: the first of its series"
    told = f"\nRun {run.number} · {run.program} · {run.lm} · papers: {run.papers} · against {before}"
    console.print(told, style="bold", markup=False, soft_wrap=True)
    console.print(_table(watched))
    cost = ", ".join(f"{name} {_number(value)}" for name, value in run.cost.items())
    for line in (f"Cost: {cost}", *_lines(watched)):
        console.print(line, markup=False, soft_wrap=True)


def _table(watched: "Watched") -> Table:
    from ptmreuse.evaluation.numerals import decimal, interval, probability
    from ptmreuse.sentinel.answers import FAILED, UNRESOLVED, accuracy, number

    table = Table(box=SIMPLE_HEAD)
    names = ("stage", "papers", "accuracy", "95 %", "unresolved", "failed", "changed", "lost", "gained", "p (Holm)")
    for name in names:
        table.add_column(name, justify="left" if name == "stage" else "right", no_wrap=True)
    last = watched.last.number if watched.last else 0
    since = {each.stage: each for each in watched.drift.changes if each.against == last}
    for stage, said in watched.run.answers.items():
        measure, change = accuracy(said), since.get(stage)
        states = [str(number(said, state)) for state in (UNRESOLVED, FAILED)]
        paired = [f"{change.changed}/{change.papers}", str(change.lost), str(change.gained)] if change else ["–"] * 3
        p = probability(change.adjusted if change else None)
        shown = (decimal(measure.value), interval(measure.low, measure.high))
        table.add_row(stage, str(len(said)), *shown, *states, *paired, p)
    return table


def _lines(watched: "Watched") -> Iterator[str]:
    """What the tests say, one line each."""
    drift = watched.drift
    for change, word in [*((c, "fell") for c in drift.worse), *((c, "rose") for c in drift.better)]:
        yield _changed(change, word)
    for odd in drift.otherwise:
        yield (
            f"CHANGED: {odd.stage}: other answers than in the two runs before on {odd.now} of the {odd.papers} papers "
            f"on which two of the three agree (p {_p(odd.adjusted)})"
        )
    if code(drift) != SAME:
        yield f"{watched.run.lm} does not answer as it did: the LM has changed under its name, or what serves it"
    elif watched.last:
        yield "No change is shown"
    if watched.seen == 1:
        yield "From the third run on answers that change beyond what they waver by themselves are seen, too"


def _changed(change: "Change", word: str) -> str:
    from ptmreuse.evaluation.numerals import interval, signed

    difference = signed((change.gained - change.lost) / change.papers)
    limits = interval(*change.interval, difference=True)
    against = f"against run {change.against} (p {_p(change.adjusted)})"
    return f"CHANGED: {change.stage}: accuracy {word} by {difference} ({limits}) {against}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def _p(value: float) -> str:
    return "<.001" if value < 0.001 else f"{value:.3f}"
