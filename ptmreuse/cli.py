"""The command line: `ptmreuse run`, `check`, `report`, `sample` and `diff`.

Exit code 0 when every paper has its answers or its reason, 1 for a systemic fault, 2 for wrong usage, 3 when the budget
was reached before, 130 when stopped.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from program.answers import STAGES
from ptmreuse import check_command, screen_flags
from ptmreuse.amounts import count
from ptmreuse.batches import flags as batch_flags
from ptmreuse.calling import flags
from ptmreuse.collecting import collect_command
from ptmreuse.compiled import chosen
from ptmreuse.distributed import flags as cluster_flags
from ptmreuse.errors import PtmReuseError, UsageError
from ptmreuse.labelling import labels_command
from ptmreuse.ledger import Ledger
from ptmreuse.lm import EMBEDDED
from ptmreuse.meter import BudgetReached, price_of
from ptmreuse.progress import Progress
from ptmreuse.registering import register_command
from ptmreuse.reporting import diff_command, report_command, sample_command
from ptmreuse.reviewing import review_command
from ptmreuse.run import Order, run
from ptmreuse.savings import savings
from ptmreuse.sentinel import sentinel_command
from ptmreuse.serving import serve_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = _parser().parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        code: int = given.command(given)
    except PtmReuseError as error:
        if given.debug:
            raise
        errors.print(f"ptmreuse: {error}", markup=False)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        errors.print("ptmreuse: stopped; what was answered is in the ledger, run the same command to go on")
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    question = "Which pre-trained models do papers reuse, how, what for?"
    parser = argparse.ArgumentParser(prog="ptmreuse", description=question)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="answer the five questions about papers"))
    collect_command.add(commands.add_parser("collect", help=collect_command.HELP))
    sample_command.add(commands.add_parser("sample", help=sample_command.HELP))
    check_command.add(commands.add_parser("check", help=check_command.HELP))
    report_command.add(commands.add_parser("report", help=report_command.HELP))
    register_command.add(commands.add_parser("register", help=register_command.HELP))
    diff_command.add(commands.add_parser("diff", help=diff_command.HELP))
    review_command.add(commands.add_parser("review", help=review_command.HELP))
    labels_command.add(commands.add_parser("labels", help=labels_command.HELP))
    serve_command.add(commands.add_parser("serve", help=serve_command.HELP))
    sentinel_command.add(commands.add_parser("sentinel", help=sentinel_command.HELP))
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_run)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="papers, folders, .zip, .tar.gz, .xml.gz")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the ledger and the tables")
    parser.add_argument("--lm", default=EMBEDDED, help="embedded (default), or a DSPy name such as openai/gpt-5-mini")
    parser.add_argument("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    compiled = "compiled program, JSON (default: that of the LM in program/compiled, if there is one)"
    parser.add_argument("--compiled", type=Path, metavar="FILE", help=compiled)
    parser.add_argument("--zero-shot", action="store_true", help="use no compiled program")
    parser.add_argument("--structured", action="store_true", help="ask with the JSON schema of the answer")
    parser.add_argument("--limit", type=count, metavar="N", help="take the first N documents")
    stages = f"only these and those that they need, of {', '.join(STAGES)}"
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES, metavar="STAGE", help=stages)
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=count, default=cores, metavar="N", help="workers (default: one per core)")
    parser.add_argument("--fresh", action="store_true", help="start over: forget the ledger in DIR")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    flags.add(parser)
    screen_flags.add(parser)
    batch_flags.add(parser)
    cluster_flags.add(parser)


def _run(given: argparse.Namespace) -> int:
    # pandas takes seconds to import, and worker processes, which never need it, import this module as well
    from ptmreuse.summary import show
    from ptmreuse.tables import models_table, papers_table, write_tables

    console = Console(highlight=False)
    lm, stage_lms = flags.lms(given)
    compiled = chosen(given.lm, given.compiled, zero_shot=given.zero_shot)
    screen = screen_flags.chosen(given)
    order = Order(
        tuple(given.paths),
        given.out,
        lm,
        compiled,
        given.limit,
        tuple(given.stages),
        given.jobs,
        given.fresh,
        stage_lms,
        flags.terms(given),
        tuple(given.retry),
        screen.screen if screen else None,
        given.engine,
        cluster_flags.address(given),
        given.structured,
    )
    if given.cancel:
        return batch_flags.cancel(order, console)
    for line in screen.lines if screen else ():
        console.print(line, markup=False, soft_wrap=True)
    program = f"compiled in {compiled.name}" if compiled else "zero-shot"
    read = ", ".join(map(str, given.paths))
    console.print(f"Reading {read} with the LM {given.lm}, program {program}", markup=False, soft_wrap=True)
    code, key = 0, order.key
    try:
        run(order, Progress(console))
    except BudgetReached:
        code = 3
    with Ledger(order.ledger) as ledger:
        papers, models = papers_table(ledger, key), models_table(ledger, key)
    paths = write_tables(papers, models, given.out)
    show(papers, models, console)
    if screen:
        saved = savings(order.ledger, key, screen.screen.key, price_of(stage_lms.get(STAGES[0], lm)))
        console.print(f"{saved.line}\nScreen: {screen.bound}", markup=False, soft_wrap=True)
    console.print("Written:", ", ".join(map(str, [order.ledger, *paths])), markup=False, soft_wrap=True)
    if code:
        told = "Stopped: the next call could go over --max-usd or --max-tokens; run the same command to go on"
        console.print(told, soft_wrap=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
