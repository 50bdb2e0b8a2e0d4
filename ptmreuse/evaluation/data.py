"""The labelled papers that a grid is carried over."""

from pathlib import Path

from ptmreuse.errors import UsageError
from ptmreuse.evaluation.order import REAL, Order
from ptmreuse.labelled import LabelledPaper
from ptmreuse.trainset import load

SPLITS = ("val", "test")


def labelled_papers(order: Order) -> list[LabelledPaper]:
    """The papers of an order, each text once. Raises UsageError as `load` does, and where there are none."""
    if not order.data.strip():
        raise UsageError("--data: without a name; give val, test, real or a file of labels")
    if order.data in SPLITS:
        found = load(str(order.trainset), order.data, order.papers)
    else:
        found = load(_source(order), None, order.papers)
    once = {labelled.paper.text_hash: labelled for labelled in reversed(found)}
    if not once:
        raise UsageError(f"--data {order.data}: no labelled paper there; give val, test, real or a file of labels")
    return list(reversed(once.values()))


def _source(order: Order) -> str:
    if order.data == REAL:
        return str(order.real)
    if Path(order.data).exists() and order.trainset.exists() and Path(order.data).samefile(order.trainset):
        raise UsageError(f"--data {order.data}: holds the papers to train on, too; give val or test")
    return order.data
