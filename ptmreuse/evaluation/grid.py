"""The grid: LMs by programs by repeats, and the baselines, carried over the same labelled papers.

order ─ papers, cells ─ cell by cell, paper by paper, what the ledger does not know yet ─ judged ─ results
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from ptmreuse.errors import PtmReuseError
from ptmreuse.evaluation.data import labelled_papers
from ptmreuse.evaluation.filling import Filling
from ptmreuse.evaluation.grid_progress import GridProgress
from ptmreuse.evaluation.judged import Result
from ptmreuse.evaluation.order import Order
from ptmreuse.evaluation.plan import Plan, planned
from ptmreuse.evaluation.uses import grid_digest, note_use
from ptmreuse.hold import hold
from ptmreuse.labelled import LabelledPaper
from ptmreuse.ledger import Key, Ledger


def run_grid(order: Order, console: Console) -> list[Result]:
    """Fill the grid; returns the cells that are whole, which are not all of them when --max-usd stopped it.

    Raises UsageError for what can't be used, before anything is asked; SystemicError for a fault that would meet every
    call and KeyboardInterrupt with a message when stopped, with everything answered by then in the ledger.
    """
    plan = planned(order)  # finds what can't be used sooner than the papers are loaded
    return fill(order, labelled_papers(order), plan, console)


def fill(order: Order, papers: Sequence[LabelledPaper], plan: Plan, console: Console) -> list[Result]:
    """As `run_grid`, with papers and cells at hand."""
    progress = GridProgress(console, plan.purse, len(plan.carriers), len(papers))
    try:
        with hold(order.out), _started(order, papers, plan), progress.running():
            results = Filling(order, papers, plan, progress).fill()
            note_use(order, papers, plan, results)
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(f"stopped; what was answered is in {order.ledger}: run it again to go on") from stopped
    return results


@contextmanager
def _started(order: Order, papers: Sequence[LabelledPaper], plan: Plan) -> Iterator[None]:
    """The start and its end as the ledger tells them."""
    lms = sorted({key.lm for carrier in plan.carriers for key in carrier.keys.values()})
    asked = {"data": order.data, "views": order.views, "stages": order.stages, "cells": len(plan.carriers)}
    with Ledger(order.ledger) as ledger:
        start = ledger.start(Key(f"grid {grid_digest(order, papers, plan)}", ", ".join(lms)), asked)
        try:
            yield
        except BaseException as error:
            ledger.end(start, f"failed: {error}" if isinstance(error, PtmReuseError) else "stopped")
            raise
        ledger.end(start, "stopped by --max-usd" if plan.purse.stopped else "finished")
