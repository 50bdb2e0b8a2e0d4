"""Evaluations in MLflow: one parent run per call of evaluate.py, one child run per cell of the grid.

A child's metrics are named as an optimization names its own, so that both stand in one column where they are the same
number: `uses_deep_learning/test_accuracy` is the isolated mean score per paper (see `ptmreuse.metrics.score`). All else
has a name of its own: other measures, the end-to-end view (`…/test_end_to_end_accuracy`), and `_lo` and `_hi` of each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from rich.console import Console

from program.answers import STAGES
from ptmreuse.evaluation.estimates import estimate
from ptmreuse.evaluation.headings import F1
from ptmreuse.evaluation.judged import Cost, Judged, Result, View
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.scores import moved_share, ratio
from ptmreuse.evaluation.sheets import percentile
from ptmreuse.evaluation.tally import Named, Tally
from ptmreuse.metrics import f1_of
from ptmreuse.outbox import Outbox, redacted, tracking_uri
from ptmreuse.tracking import Run, git_commit

NAMES = STAGES[2]
_SAME = STAGES[:2]  # where accuracy, the share of right answers, is the mean score per paper


class EvaluationRun(Run):
    """A run of evaluate.py, or of one of its cells."""

    source = "evaluate.py"

    def result(self, tallies: Mapping[str, Tally], files: Sequence[Path], folder: Path) -> None:
        """How it ended: a child run per cell with its measures, the cost of all, and files as artifacts.

        `tallies` are by the word for their papers in the names of metrics (val, test, real). Files lie as in `folder`.
        """
        for split, tally in tallies.items():
            for result in tally.results:
                self._cell(tally, result, split, several=len(tallies) > 1)
        spent = total(
            [cost for tally in tallies.values() for result in tally.results for cost in result.costs.values()]
        )
        self._metrics({f"total/{name}": value for name, value in spent.items()})
        for path in files:
            under = path.relative_to(folder).parent.as_posix()
            self._file(path.name, lambda path=path: _clean(path), None if under == "." else under)  # type: ignore[misc]

    def _cell(self, tally: Tally, result: Result, split: str, *, several: bool) -> None:
        name = f"{result.cell.name} · {split}" if several else result.cell.name
        child = EvaluationRun(name, self._cell_tags(result) | {"data": split}, self._put)
        child._start(self)
        with child._ended():
            child._parameters({"lm": result.cell.lm, "program": result.cell.program, "repeat": result.cell.repeat})
            child._metrics(metrics(tally, result, split))

    def _cell_tags(self, result: Result) -> dict[str, Any]:
        cell = result.cell
        return {**self.tags, "evaluation": "cell", "lm": cell.lm, "program": cell.program, "repeat": cell.repeat}


@contextmanager
def evaluation(
    name: str,
    parameters: Mapping[str, Any],
    tags: Mapping[str, Any],
    data: Mapping[str, tuple[Path | str, str]],
    warn: Callable[[str], None] | None = None,
) -> Iterator[EvaluationRun]:
    """Open the parent run; it ends with the block, as killed or failed when an exception leaves it.

    `data` has by name where labelled papers are, and their digest. `warn` is told when MLflow fails; without it a line
    goes to stderr.
    """
    tell = warn or Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print
    outbox = Outbox(tracking_uri(), tell, "evaluation")
    digests = ", ".join(digest for _, digest in data.values())
    given = {"git_commit": git_commit(), "dataset_digest": digests, "evaluation": "grid", **tags}
    parent = EvaluationRun(f"evaluation · {name}", given, outbox.put)
    try:
        parent._start()
        parent._parameters(parameters)
        for where, digest in data.values():
            parent._inputs(where, digest, "test")
        with parent._ended():
            yield parent
    finally:
        outbox.close()


@contextmanager
def disabled() -> Iterator[EvaluationRun]:
    """The same without MLflow: nothing is imported, nothing is written."""
    yield EvaluationRun("", {}, None)


def metrics(tally: Tally, result: Result, split: str) -> dict[str, float | None]:
    """A cell's metrics by name; None where one is not defined or not known."""
    name = result.cell.name
    found: dict[str, float | None] = {}
    for view in tally.views:
        kind = "" if view == "isolated" else "end_to_end_"
        for stage in tally.stages(view):
            found |= _numbers(f"{stage}/{split}_{kind}", _renamed(stage, view, tally.of(name, view, stage)))
        if view in result.costs:
            found |= _cost(f"total/{kind}", result.costs[view])
    if name in tally.wholly_right:
        found |= _numbers(f"papers/{split}_end_to_end_", {"wholly_right": tally.wholly_right[name]})
    return found | _comparable(result.judged.get("isolated", ()), split)


def score(items: Iterable[Judged]) -> Measure:
    """The mean score per paper of one stage, as `ptmreuse.metrics.score` has it, from items of the isolated view."""
    papers: dict[str, list[float]] = {}
    for item in items:
        papers.setdefault(item.paper, []).append(_right(item))
    each = [[fmean(values), 1.0] for values in papers.values()]
    return estimate(np.array(each).reshape(-1, 2), ratio, moved_share)


def _right(item: Judged) -> float:
    both = len(item.true & item.given)
    return f1_of(len(item.true), len(item.given), both) if item.stage == NAMES else float(item.right)


def _comparable(judged: Iterable[Judged], split: str) -> dict[str, float | None]:
    """Accuracy as optimizations log it, and its mean over the stages where there are all five."""
    items = list(judged)
    found: dict[str, float | None] = {}
    values = []
    for stage in STAGES:
        measure = score(item for item in items if item.stage == stage)
        values += [measure.value] if measure.value is not None else []
        if stage not in _SAME:
            found |= _numbers(f"{stage}/{split}_", {"accuracy": measure})
    return found | ({f"mean/{split}_accuracy": fmean(values)} if len(values) == len(STAGES) else {})


def _renamed(stage: str, view: View, named: Named) -> Named:
    """The F1 that a stage is known by is `f1`; where a stage's accuracy is not its score, it makes way for that."""
    known = {**named, "f1": named[F1[stage]]} if F1[stage] in named else dict(named)
    if stage not in _SAME and view == "isolated" and "accuracy" in known:
        known["answers_right"] = known.pop("accuracy")
    return known


def _numbers(prefix: str, named: Named) -> dict[str, float | None]:
    several = {f"{prefix}{name}{suffix}": value for name, m in named.items() for suffix, value in _parts(m)}
    return {name: value for name, value in several.items() if value is not None}


def _parts(measure: Measure) -> Iterable[tuple[str, float | None]]:
    return ("", measure.value), ("_lo", measure.low), ("_hi", measure.high)


def _cost(prefix: str, cost: Cost) -> dict[str, float | None]:
    return {f"{prefix}{name}": value for name, value in total([cost]).items()} | {
        f"{prefix}seconds_p{share}": percentile(cost, share) for share in (50, 95)
    }


def total(costs: Sequence[Cost]) -> dict[str, float | None]:
    """Calls, tokens, US dollars and seconds; None as soon as one of them does not say."""
    tokens = [number for cost in costs for number in (cost.input_tokens, cost.output_tokens)]
    return {
        "calls": sum(cost.calls for cost in costs),
        "tokens": _sum(tokens),
        "usd": _sum([cost.usd for cost in costs]),
        "seconds": sum(sum(cost.seconds) for cost in costs),
    }


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _clean(path: Path) -> bytes:
    """A file without keys; a picture holds none."""
    data = path.read_bytes()
    return data if path.suffix == ".png" else redacted(data.decode("utf-8")).encode()
