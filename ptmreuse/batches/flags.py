"""The flags of `ptmreuse run` for LMs that answer in batches, and what `--cancel` does."""

import argparse

from rich.console import Console

from ptmreuse.errors import UsageError
from ptmreuse.progress import Progress
from ptmreuse.run import BATCH, LOCAL, RAY, Order


def add(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    engine = "who makes the calls: this machine (local, default), the provider, in batches at half the price (batch),"
    engine += " or a Ray cluster (ray)"
    parser.add_argument("--engine", choices=(LOCAL, BATCH, RAY), default=LOCAL, help=engine)
    parser.add_argument("--cancel", action="store_true", help="with --engine batch: end the batches at the provider")


def cancel(order: Order, console: Console) -> int:
    """End the batches of an order that the provider is at work on; returns the exit code.

    Raises UsageError where there can be none.
    """
    if order.engine != BATCH:
        raise UsageError("--cancel: ends batches; give --engine batch with it, and what else the run was given")
    if not order.ledger.is_file():
        raise UsageError(f"{order.ledger}: no ledger there, so no batches; give the --out of the run")
    from ptmreuse.batches.run import batching, cancel_batches  # OpenAI's client takes seconds to import

    cancel_batches(batching(order.lm, order.stage_lms, order.terms), order.ledger, order.key, Progress(console))
    return 0
