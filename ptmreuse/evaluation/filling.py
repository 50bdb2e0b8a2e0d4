"""Filling a grid: cells one after another, so that no question that two of them share is asked twice.

The papers of a cell go in threads where its LM is waited for, one after another in this process elsewhere.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeAlias

import dspy

from ptmreuse.errors import SystemicError
from ptmreuse.evaluation.asking import Answered, Asking
from ptmreuse.evaluation.carrier import Carrier
from ptmreuse.evaluation.costs import cost
from ptmreuse.evaluation.grid_progress import GridProgress
from ptmreuse.evaluation.judged import Result, View
from ptmreuse.evaluation.judging import judged
from ptmreuse.evaluation.order import Order
from ptmreuse.evaluation.plan import Plan
from ptmreuse.labelled import LabelledPaper
from ptmreuse.ledger import RETRIED, Ledger, Row
from ptmreuse.meter import BudgetReached

_HOPELESS = 25  # failed calls in a row: the next one will fail, too

_Answers: TypeAlias = dict[View, Answered]


class Filling:
    """One start on a grid."""

    def __init__(self, order: Order, papers: Sequence[LabelledPaper], plan: Plan, progress: GridProgress) -> None:
        self.order, self.papers, self.plan, self.progress = order, papers, plan, progress
        self._failed = 0  # calls in a row
        self._counting = threading.Lock()

    def fill(self) -> list[Result]:
        """Every cell, or those before the one at which the budget ended."""
        results = []
        try:
            for carrier in self.plan.carriers:
                self.progress.begins(carrier.cell)
                results.append(self._result(carrier, self._carried(carrier)))
        except BudgetReached:
            told = f"Stopped: the next call could go over --max-usd {self.order.max_usd:g}; run it again to go on"
            self.progress.console.print(told, markup=False, soft_wrap=True)
        return results

    def _carried(self, carrier: Carrier) -> list[_Answers]:
        """The answers of a cell in the order of the papers."""
        program = carrier.program()

        def ask(labelled: LabelledPaper) -> _Answers:
            with dspy.context(**carrier.settings), Ledger(self.order.ledger) as ledger:
                asking = Asking(carrier, program(labelled.paper), labelled, ledger, self._told)
                return asking.answered(self._views(carrier), self.order.stages)

        return self._in_threads(ask) if carrier.waits and self.order.jobs > 1 else [*map(self._done(ask), self.papers)]

    def _in_threads(self, ask: Callable[[LabelledPaper], _Answers]) -> list[_Answers]:
        with ThreadPoolExecutor(self.order.jobs) as pool:
            futures = [pool.submit(self._done(ask), labelled) for labelled in self.papers]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                self.plan.purse.stop()  # the calls under way come to their end, and no other begins
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            return [future.result() for future in futures]

    def _done(self, ask: Callable[[LabelledPaper], _Answers]) -> Callable[[LabelledPaper], _Answers]:
        def shown(labelled: LabelledPaper) -> _Answers:
            answers = ask(labelled)
            self.progress.done()
            return answers

        return shown

    def _told(self, row: Row) -> None:
        """A new answer came. Raises SystemicError when the LM fails call after call."""
        with self._counting:
            self._failed = self._failed + 1 if row.answer.reason in RETRIED else 0
            failed = self._failed
        self.progress.answered(row)
        if failed >= _HOPELESS:
            advice = "see that it can be reached, then run again to resume"
            raise SystemicError(f"the LM failed for {failed} calls in a row ({row.error}); {advice}")

    def _result(self, carrier: Carrier, answers: Sequence[_Answers]) -> Result:
        views, stages = self._views(carrier), self.order.stages
        pairs = list(zip(self.papers, answers, strict=True))
        return Result(
            carrier.cell,
            {v: [item for p, each in pairs for item in judged(p, each[v].answers, v, stages)] for v in views},
            {v: cost([each[v].rows for each in answers], carrier.prices) for v in views},
        )

    def _views(self, carrier: Carrier) -> list[View]:
        return [view for view in self.order.views if view in carrier.views]
