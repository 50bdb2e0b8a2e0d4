"""An evaluation from its order to what is shown of it."""

from collections.abc import Sequence

from rich.console import Console

from ptmreuse.evaluation.data import labelled_papers
from ptmreuse.evaluation.grid import fill
from ptmreuse.evaluation.judged import Result
from ptmreuse.evaluation.order import Order
from ptmreuse.evaluation.plan import planned
from ptmreuse.labelled import LabelledPaper


def evaluate(order: Order, console: Console) -> bool:
    """Fill the grid and show what came of it; returns whether it is whole, which it is not when --max-usd stopped it.

    Raises UsageError, SystemicError and KeyboardInterrupt as `run_grid` does.
    """
    plan = planned(order)
    papers = labelled_papers(order)
    told = f"{len(papers)} papers ({order.data}) · {len(plan.carriers)} cells · {' and '.join(order.views)}"
    console.print(told, markup=False, soft_wrap=True)
    results = fill(order, papers, plan, console)
    _show(order, papers, results, console)
    return len(results) == len(plan.carriers)


def _show(order: Order, papers: Sequence[LabelledPaper], results: Sequence[Result], console: Console) -> None:
    """Where the results go to tables, files, figures, the report and MLflow."""
    del papers
    for result in results:
        for view, cost in result.costs.items():
            right = sum(item.right for item in result.judged[view])
            usd = "price not known" if cost.usd is None else f"${cost.usd:,.2f}"
            shown = f"{result.cell.name} · {view} · {right} of {len(result.judged[view])} right · {cost.calls:,} calls"
            console.print(f"{shown} · {usd}", markup=False, soft_wrap=True)
    console.print(f"Written: {order.ledger}", markup=False, soft_wrap=True)
