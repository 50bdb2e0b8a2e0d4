"""One call of a sentinel: ask a small labelled set anew, compare with the runs before, write down, say what changed.

Nothing that was answered before answers for the LM: the LM has no cache, and each run has a ledger of its own.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from ptmreuse.errors import SystemicError
from ptmreuse.evaluation import tracked
from ptmreuse.evaluation.grid import fill
from ptmreuse.evaluation.judged import Result
from ptmreuse.evaluation.order import ZERO_SHOT
from ptmreuse.evaluation.order import Order as Grid
from ptmreuse.evaluation.plan import planned
from ptmreuse.hold import hold
from ptmreuse.lm import LMChoice
from ptmreuse.sentinel import labelled_set, series
from ptmreuse.sentinel.answers import FAILED, answers, number
from ptmreuse.sentinel.drift import LEVEL, Drift, drift
from ptmreuse.sentinel.sentinel_run import log
from ptmreuse.sentinel.series import Asked
from ptmreuse.trainset import digest

_MOST_FAILED = 0.5  # share of the questions; with more the provider is at fault, and nothing can be said of its LM


@dataclass(frozen=True)
class Order:
    """What a sentinel is asked to do. `reference` is the number of an earlier run, 0 for none; `max_usd` US dollars."""

    out: Path
    lm: LMChoice = field(default_factory=LMChoice)
    compiled: Path | None = None
    labels: str = ""
    papers: Path | None = None
    n: int = labelled_set.PAPERS
    reference: int = 0
    jobs: int = 8
    max_usd: float | None = None
    level: float = LEVEL
    track: bool = True


@dataclass(frozen=True)
class Watched:
    """This run, the one before it in its series, and what changed; `seen` runs were before."""

    run: Asked
    last: Asked | None
    drift: Drift
    seen: int


def watch(order: Order, console: Console) -> Watched | None:
    """Ask and compare; None when --max-usd stopped it before every answer was there.

    Raises UsageError for what can't be used, SystemicError for a fault that meets every call or most of them: then
    there is no run to compare with later.
    """
    with hold(order.out):
        return _watched(order, console)


def _watched(order: Order, console: Console) -> Watched | None:
    papers = labelled_set.chosen(order.labels, order.papers, order.n)
    at, named = datetime.now(UTC).isoformat(timespec="seconds"), digest(papers)
    place = series.next_number(order.out)
    grid = _grid(order, series.folder(order.out, place))
    plan = planned(grid)
    (carrier,) = plan.carriers
    known = series.earlier(order.out, series.series_of(carrier.keys, named))
    pinned = series.reference(known, order.reference)
    results = fill(grid, papers, plan, console)
    if not results:
        return None
    run = Asked(
        place,
        at,
        series.series_of(carrier.keys, named),
        order.lm.identity,
        carrier.cell.program,
        f"{len(papers)}, digest {named}",
        answers(results[0].judged["isolated"]),
        _cost(results[0]),
    )
    _refuse_failed(run)
    series.write(order.out, run)
    found = drift(run.answers, [(each.number, each.answers) for each in known], pinned, order.level)
    if order.track:
        log(run, found, order.labels or "val")
    return Watched(run, known[-1] if known else None, found, len(known))


def _grid(order: Order, out: Path) -> Grid:
    program = str(order.compiled) if order.compiled else ZERO_SHOT
    return Grid(
        out,
        lms=(order.lm,),
        programs=(program,),
        data="val",
        views=("isolated",),
        jobs=order.jobs,
        max_usd=order.max_usd,
        baselines=False,
        track=False,
    )


def _cost(result: Result) -> dict[str, float | None]:
    return tracked.total([result.costs["isolated"]])


def _refuse_failed(run: Asked) -> None:
    failed = sum(number(said, FAILED) for said in run.answers.values())
    asked = sum(map(len, run.answers.values()))
    if failed > asked * _MOST_FAILED:
        raise SystemicError(
            f"{failed} of {asked} questions failed at the provider of {run.lm}: nothing can be said of the LM; "
            "see that it can be reached, then run again"
        )
