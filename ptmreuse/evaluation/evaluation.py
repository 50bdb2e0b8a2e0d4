"""An evaluation from its order to what is shown of it.

order ─ papers of each source ─ grid ─ results ─ tally ─ terminal, JSON, report, MLflow
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.evaluation import tracked
from ptmreuse.evaluation.about import about, is_real, notes, settings
from ptmreuse.evaluation.data import SPLITS, labelled_papers
from ptmreuse.evaluation.document import write_json
from ptmreuse.evaluation.grid import fill
from ptmreuse.evaluation.judged import Result
from ptmreuse.evaluation.order import REAL, Order
from ptmreuse.evaluation.plan import Plan, planned
from ptmreuse.evaluation.report import write_report
from ptmreuse.evaluation.tally import Tally, tally
from ptmreuse.evaluation.terminal import show
from ptmreuse.labelled import LabelledPaper
from ptmreuse.trainset import digest

OWN = "own"  # the word for a user's own labels in the names of metrics


def evaluate(order: Order, sources: Sequence[str], console: Console) -> bool:
    """Fill the grid on the papers of each source and show what came of it.

    Returns whether it is whole, which it is not when --max-usd stopped it. Raises UsageError, SystemicError and
    KeyboardInterrupt as `run_grid` does; UsageError for a place that can't be written to, before anything is asked.
    """
    for path in filter(None, (order.json, order.report and order.report / "report.html")):
        check_writable(path)
    plan = planned(order)
    orders = {source: replace(order, data=source) for source in dict.fromkeys(sources)}
    papers = {source: labelled_papers(each) for source, each in orders.items()}
    for line in plan.left_out:
        console.print(line, markup=False, soft_wrap=True)
    tallies = {}
    whole = True
    for source, each in orders.items():
        results = _filled(each, papers[source], plan, console)
        whole = whole and len(results) == len(plan.carriers)
        if results:
            tallies[source] = _tally(each, papers[source], plan, results)
            show(tallies[source], console)
    _write(orders, papers, plan, tallies, console)
    return whole


def check_writable(path: Path) -> None:
    """Raises UsageError when no file can be written there."""
    there = next(each for each in (path, *path.absolute().parents) if each.exists())
    if path.is_dir() or (there != path and not there.is_dir()) or not os.access(there, os.W_OK):
        raise UsageError(f"{path}: can't be written; give another --json or --report")


def _filled(order: Order, papers: Sequence[LabelledPaper], plan: Plan, console: Console) -> list[Result]:
    cells = f"{len(plan.carriers)} cell{'' if len(plan.carriers) == 1 else 's'}"
    console.print(
        f"{len(papers)} papers ({order.data}) · {cells} · {' and '.join(order.views)}", markup=False, soft_wrap=True
    )
    results = fill(order, papers, plan, console)
    console.print()
    return results


def _tally(order: Order, papers: Sequence[LabelledPaper], plan: Plan, results: Sequence[Result]) -> Tally:
    shown = {carrier.cell.name: carrier.shown for carrier in plan.carriers}
    return tally(results, papers, shown=shown, data=order.data, notes=notes(order, plan))


def _write(
    orders: Mapping[str, Order],
    papers: Mapping[str, Sequence[LabelledPaper]],
    plan: Plan,
    tallies: Mapping[str, Tally],
    console: Console,
) -> None:
    """Where the results go to files and to MLflow; the ledger has the answers already."""
    order = next(iter(orders.values()))
    told, written = about(order, plan, papers), [order.ledger]
    try:
        if order.json:
            write_json(order.json, list(tallies.values()), told)
            written.append(order.json)
        if tallies:
            with _folder(order) as folder:
                paths = write_report(folder, list(tallies.values()), told) if folder else []
                written += paths[:1] if order.report else []
                _track(orders, papers, tallies, paths, folder)
    except OSError as error:
        advice = "the answers are in the ledger: run it again with another --json or --report"
        raise SystemicError(
            f"{error.filename or order.report}: can't be written ({error.strerror}); {advice}"
        ) from error
    console.print(f"Written: {', '.join(map(str, written))}", markup=False, soft_wrap=True)


@contextmanager
def _folder(order: Order) -> Iterator[Path | None]:
    """Where the report goes: for MLflow alone it is made for a moment."""
    if order.report or not order.track:
        yield order.report
        return
    with TemporaryDirectory(prefix="ptmreuse-") as folder:
        yield Path(folder)


def _track(
    orders: Mapping[str, Order],
    papers: Mapping[str, Sequence[LabelledPaper]],
    tallies: Mapping[str, Tally],
    paths: Sequence[Path],
    folder: Path | None,
) -> None:
    order = next(iter(orders.values()))
    if not order.track or not folder:
        return
    words = _words(orders)
    data = {words[source]: (_where(each), digest(papers[source])) for source, each in orders.items()}
    parameters = {"data": ", ".join(orders), "lms": ", ".join(lm.name for lm in order.lms)}
    parameters |= {"programs": ", ".join(order.programs), **settings(order)}
    name = ", ".join(Path(source).stem for source in orders)
    with tracked.evaluation(name, parameters, {}, data) as run:
        run.result({words[source]: each for source, each in tallies.items()}, paths, folder)


def _words(orders: Mapping[str, Order]) -> dict[str, str]:
    """By source the word for its papers in the names of metrics: one each."""
    found: dict[str, str] = {}
    for source, order in orders.items():
        word = source if source in SPLITS else REAL if is_real(order) else OWN
        found[source] = word if word not in found.values() else f"{word}{len(found) + 1}"
    return found


def _where(order: Order) -> Path | str:
    return order.trainset if order.data in SPLITS else order.real if order.data == REAL else order.data
