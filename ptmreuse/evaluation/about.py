"""What an evaluation says about itself: data, code and settings, and what to be careful about."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ptmreuse.digests import program_digest
from ptmreuse.evaluation.order import REAL, Order
from ptmreuse.evaluation.plan import Plan
from ptmreuse.labelled import LabelledPaper
from ptmreuse.lm import EMBEDDED
from ptmreuse.tracking import git_commit
from ptmreuse.trainset import digest

_PACKAGES = ("ptm-reuse", "dspy")


def about(order: Order, plan: Plan, papers: Mapping[str, Sequence[LabelledPaper]]) -> dict[str, str]:
    """By name in the order in which it is shown; `papers` by their source."""
    told = {
        "data": ", ".join(papers),
        "papers": ", ".join(f"{source}: {len(each)}, digest {digest(each)}" for source, each in papers.items()),
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "LMs": ", ".join(
            dict.fromkeys(key.lm for carrier in plan.carriers for key in carrier.keys.values() if carrier.calls)
        ),
        "programs": ", ".join(dict.fromkeys(carrier.cell.program for carrier in plan.carriers)),
        "program digest": program_digest(None),
        "git commit": git_commit(),
        "versions": ", ".join(
            [f"{name} {version(name)}" for name in _PACKAGES] + [f"Python {platform.python_version()}"]
        ),
    }
    return told | settings(order)


def settings(order: Order) -> dict[str, str]:
    """The flags as they were given, for what is not told by the cells."""
    told = {
        "views": " and ".join(order.views),
        "stages": ", ".join(order.stages),
        "stage LMs": ", ".join(f"{stage}={lm.name}" for stage, lm in order.stage_lms.items()),
        "repeats": str(order.repeat) if order.repeat > 1 else "",
        "max USD": "" if order.max_usd is None else f"{order.max_usd:g}",
    }
    return {name: value for name, value in told.items() if value}


def notes(order: Order, plan: Plan) -> list[str]:
    """What to be careful about when the numbers on an order's papers are read."""
    return [*_in_sample(order, plan), *_chosen(order), *_alike(plan), *plan.left_out]


def _in_sample(order: Order, plan: Plan) -> Iterator[str]:
    embedded = any(key.lm.startswith(f"{EMBEDDED}@") for carrier in plan.carriers for key in carrier.keys.values())
    if embedded and is_real(order):
        yield "In sample: the embedded LM's prior was fitted on these papers, so its numbers are too good."


def _chosen(order: Order) -> Iterator[str]:
    if order.data == "val" and any(program.endswith(".json") for program in order.programs):
        yield "Compiled programs were chosen by their accuracy on val, so it may be too good; the last word is test."


def _alike(plan: Plan) -> Iterator[str]:
    """Cells that ask every stage the same way, as zero-shot and a program whose stages stayed as they were."""
    first: dict[str, str] = {}
    for carrier in plan.carriers:
        name = first.setdefault(str(sorted(carrier.keys.items())), carrier.cell.name)
        if name != carrier.cell.name:
            yield f"{carrier.cell.name} asks every stage as {name} does, so their answers are the same."


def is_real(order: Order) -> bool:
    """Whether the papers are those that the prior of the embedded LM is fitted on."""
    path = Path(order.data)
    return order.data == REAL or (path.exists() and order.real.exists() and path.samefile(order.real))
