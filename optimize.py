"""Compile the program's prompts on labelled papers: `python optimize.py --help`, and docs/optimize.md.

Exit code 0 when the compiled program is written, 1 for a systemic fault, 2 for wrong usage, 130 when stopped.
"""

import argparse
import os
import sys
from pathlib import Path

# One thread for numpy's linear algebra: on a busy machine its own threads cost twenty times what they save.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rich.console import Console

from program.answers import STAGES
from ptmreuse.amounts import amount, count
from ptmreuse.compiled import path_of
from ptmreuse.errors import PtmReuseError, UsageError
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.optimization import Order, optimize
from ptmreuse.optimizers import OPTIMIZERS
from ptmreuse.registering.register_command import show
from ptmreuse.registering.registry import refuse, register

ROOT = Path(__file__).parent


def main() -> int:
    """Read the command line, compile; returns the exit code."""
    given = _parser().parse_args()
    console = Console(file=sys.stdout, highlight=False)
    errors = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    try:
        order = _order(given)
        if given.register:
            refuse(given.register, order.lm)  # rather than when all is compiled
        optimize(order, console)
        if given.register:
            show(register(order.out, given.register, order.lm), console)
    except KeyboardInterrupt as stopped:
        errors.print(f"optimize.py: {stopped or 'stopped before anything was compiled'}", markup=False)
        return 130
    except PtmReuseError as error:
        if given.debug:
            raise
        errors.print(f"optimize.py: {error}", markup=False)
        return 2 if isinstance(error, UsageError) else 1
    return 0


def _order(given: argparse.Namespace) -> Order:
    lm = LMChoice(given.lm, given.api_base)
    out = given.out or path_of(given.lm)
    return Order(
        out,
        lm,
        given.optimizer,
        tuple(stage for stage in STAGES if stage in given.stages),
        given.train,
        given.val,
        given.guard,
        given.papers,
        given.demos,
        given.trials,
        given.seed,
        given.max_usd,
        given.final,
        given.track,
        given.trace,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="optimize.py", description="Compile the prompts of each stage.")
    add = parser.add_argument
    add("--lm", default=EMBEDDED, help="embedded (default), or a DSPy name such as openai/gpt-5-mini")
    add("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    add("--optimizer", choices=OPTIMIZERS, default="random-search", help="default: random-search")
    add("--stages", nargs="+", choices=STAGES, default=STAGES, metavar="STAGE", help=f"of {', '.join(STAGES)}")
    add("--train", default=str(ROOT / "trainsets" / "papers.jsonl"), metavar="SOURCE", help="labelled papers")
    add("--val", default="", metavar="SOURCE", help="labelled papers to choose by; default: the split val of --train")
    add("--guard", default="", metavar="SOURCE", help="labelled papers on which no stage may get worse")
    add("--papers", type=Path, metavar="DIR", help="your copies of papers whose text is not in the labels")
    add("--demos", type=count, default=16, metavar="K", help="most demos in a prompt (default 16)")
    add("--trials", type=count, default=16, metavar="N", help="candidates per stage (default 16)")
    add("--seed", type=int, default=0, help="of all that is drawn (default 0)")
    add("--max-usd", type=amount, metavar="X", help="stop before the cost can go over so many US dollars")
    add("--out", type=Path, metavar="FILE", help="compiled program (default program/compiled/<lm>.json)")
    add("--final", action="store_true", help="score zero-shot and compiled on the test split; each use is noted")
    add("--no-track", dest="track", action="store_false", help="write nothing to MLflow")
    add("--trace", type=count, default=0, metavar="N", help="keep the first N calls as traces in MLflow")
    add("--register", default="", metavar="NAME", help="make it a version of this model in MLflow's registry")
    add("--debug", action="store_true", help="show the traceback of an error")
    return parser


if __name__ == "__main__":
    sys.exit(main())
