"""Say which LM and which program is better, by how much, how sure, at what cost: `--help`, docs/evaluate.md.

Exit code 0 when the grid is whole, 1 for a systemic fault, 2 for wrong usage, 3 when --max-usd was reached before it
was whole, 130 when stopped.
"""

import argparse
import os
import re
import sys
from pathlib import Path

# One thread for numpy's linear algebra: on a busy machine its own threads cost twenty times what they save.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rich.console import Console

from program.answers import STAGES
from ptmreuse.amounts import amount, count
from ptmreuse.errors import PtmReuseError, UsageError
from ptmreuse.evaluation.evaluation import evaluate
from ptmreuse.evaluation.judged import VIEWS
from ptmreuse.evaluation.order import ZERO_SHOT, Order
from ptmreuse.lm import EMBEDDED, LMChoice

ROOT = Path(__file__).parent

_FILE_WIDTH = 132  # columns of tables that go to a file or another program
FEWEST = 50  # tokens of passages: with fewer not one sentence fits
_ADDRESSED = re.compile(r"(.+?)@(https?://.*)")


def main() -> int:
    """Read the command line, evaluate; returns the exit code."""
    given = _parser().parse_args()
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
    errors = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    try:
        return 0 if evaluate(_order(given), given.data or ["val"], console) else 3
    except KeyboardInterrupt as stopped:
        errors.print(f"evaluate.py: {stopped or 'stopped before anything was asked'}", markup=False)
        return 130
    except PtmReuseError as error:
        if given.debug:
            raise
        errors.print(f"evaluate.py: {error}", markup=False)
        return 2 if isinstance(error, UsageError) else 1


def _order(given: argparse.Namespace) -> Order:
    return Order(
        given.out,
        lms=tuple(_lm(text) for text in given.lm or [EMBEDDED]),
        programs=tuple(given.program or [ZERO_SHOT]),
        demos=tuple(given.demos),
        budgets=tuple(given.budget),
        papers=given.papers,
        views=VIEWS if given.view == "both" else (given.view,),
        stages=tuple(stage for stage in STAGES if stage in given.stages),
        stage_lms=dict(_stage_lm(text) for text in given.stage_lm),
        repeat=given.repeat,
        jobs=given.jobs,
        max_usd=given.max_usd,
        baselines=given.baselines,
        trainsets=ROOT / "trainsets",
        json=given.json,
        report=given.report,
        track=given.track,
    )


def _lm(text: str) -> LMChoice:
    if not text.strip():
        raise UsageError("--lm: without a name; give embedded or a DSPy name such as openai/gpt-5-mini")
    addressed = _ADDRESSED.fullmatch(text)
    return LMChoice(*addressed.groups()) if addressed else LMChoice(text)


def _stage_lm(text: str) -> tuple[str, LMChoice]:
    stage, _, lm = text.partition("=")
    if stage not in STAGES or not lm:
        raise UsageError(f"--stage-lm {text}: give STAGE=LM, with a stage of {', '.join(STAGES)}")
    return stage, _lm(lm)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evaluate.py", description="Fill a grid of LMs and programs, and compare.")
    add = parser.add_argument
    add("--lm", action="append", help="embedded (default), a DSPy name such as openai/gpt-5-mini, or NAME@URL; repeat")
    add("--program", action="append", metavar="FILE", help="zero-shot (default), joint, or a compiled program; repeat")
    add("--demos", nargs="+", type=_whole, default=[], metavar="K", help="also the compiled programs' first K demos")
    add("--budget", nargs="+", type=_tokens, default=[], metavar="N", help="also with N tokens of passages per stage")
    add("--data", action="append", metavar="SOURCE", help="val (default), test, real, or a file of labels; repeat")
    add("--papers", type=Path, metavar="DIR", help="your copies of papers whose text is not in the labels")
    add("--view", choices=(*VIEWS, "both"), default="both", help="true answers of earlier stages, as deployed, or both")
    add("--stages", nargs="+", choices=STAGES, default=STAGES, metavar="STAGE", help=f"of {', '.join(STAGES)}")
    add("--stage-lm", action="append", default=[], metavar="STAGE=LM", help="also with another LM for a stage; repeat")
    add("--repeat", type=count, default=1, metavar="R", help="times to ask everything (default 1)")
    add("--jobs", type=count, default=8, metavar="N", help="calls at once of an LM that is waited for (default 8)")
    add("--max-usd", type=amount, metavar="X", help="stop before the cost can go over so many US dollars")
    add("--no-baselines", dest="baselines", action="store_false", help="leave out keyword counting and the majority")
    add("--out", type=Path, default=Path("runs/evaluation"), metavar="DIR", help="the ledger (default runs/evaluation)")
    add("--json", type=Path, metavar="FILE", help="write every number as JSON")
    add("--report", type=Path, metavar="DIR", help="write tables, figures and report.html")
    add("--no-track", dest="track", action="store_false", help="write nothing to MLflow")
    add("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a number of demos")
    return int(text)


def _tokens(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < FEWEST:
        raise argparse.ArgumentTypeError(f"{text} is not a number of tokens from {FEWEST} on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
