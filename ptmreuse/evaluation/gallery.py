"""The figures of an evaluation, drawn from its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from program.answers import STAGES
from ptmreuse.evaluation import drawing, figures, pareto
from ptmreuse.evaluation.confusion import NOT_NAMED, UNRESOLVED, confusion
from ptmreuse.evaluation.drawing import settled
from ptmreuse.evaluation.headings import VIEW_WORDS
from ptmreuse.evaluation.headline import mean_accuracy
from ptmreuse.evaluation.judged import VIEWS, Cost, Judged, Result, View
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.sheets import began_at, percentile, usd_per_thousand
from ptmreuse.evaluation.tally import Tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACCURACY, ORIGINS, PARETO = "accuracy", "errors_begin", "cost"


@dataclass(frozen=True)
class Drawn:
    """A figure with the stem of its files, and what it shows."""

    name: str
    caption: str
    figure: "Figure"

    @cached_property
    def svg(self) -> str:
        """The figure as an SVG file."""
        return drawing.svg(self.figure)

    @property
    def element(self) -> str:
        """The figure as an element of a page."""
        return drawing.inline(self.svg, self.caption)


def drawn(tally: Tally) -> list[Drawn]:
    """Every figure that there is something to show in: accuracy, where errors began, cost, confusions."""
    found = [_accuracy(tally), _origins(tally), _pareto(tally)]
    return [each for each in found if each] + [
        each for number, result in enumerate(tally.results, 1) for each in _confusions(number, result)
    ]


def write(folder: Path, several: Sequence[Drawn]) -> list[Path]:
    """Write each as PNG and SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in several:
        picture, lines = folder / f"{each.name}.png", folder / f"{each.name}.svg"
        picture.write_bytes(drawing.png(each.figure))
        lines.write_text(each.svg, encoding="utf-8")
        paths += [picture, lines]
    return paths


def _accuracy(tally: Tally) -> Drawn | None:
    values = {
        stage: {view: [tally.of(cell, view, stage).get("accuracy") for cell in tally.cells] for view in tally.views}
        for stage in STAGES
        if any(stage in tally.stages(view) for view in tally.views)
    }
    caption = "Accuracy of each stage: a dot for the number, a line for its 95 % interval."
    return Drawn(ACCURACY, caption, settled(figures.accuracy(tally.cells, values))) if values else None


def _origins(tally: Tally) -> Drawn | None:
    began = {cell: began_at(found) for cell, found in tally.began.items()}
    caption = "Papers that are wholly right end to end, and the others by the first stage with an error."
    return Drawn(ORIGINS, caption, settled(figures.origins(list(began), began))) if began else None


def _pareto(tally: Tally) -> Drawn | None:
    """By papers wholly right end to end, else by the mean accuracy over the stages. One cell has no front."""
    if not tally.views or len(tally.cells) < 2:
        return None
    view = tally.views[-1]
    points = [
        pareto.Point(result.cell.name, _worth(tally, result.cell.name, view), *_prices(result.costs[view]))
        for result in tally.results
        if view in result.costs
    ]
    what = "papers wholly right" if tally.began else f"mean accuracy, {VIEW_WORDS[view]}"
    caption = "What accuracy costs. The dashed front joins the cells that no other is as good as for less."
    known = [point for point in points if point.accuracy.value is not None and point.seconds is not None]
    return Drawn(PARETO, caption, settled(pareto.figure(known, what))) if known else None


def _worth(tally: Tally, cell: str, view: View) -> Measure:
    if cell in tally.wholly_right:
        return tally.wholly_right[cell]
    return Measure(mean_accuracy(tally, cell, view), None, None, len(tally.labelled))


def _prices(cost: Cost) -> tuple[float | None, float | None]:
    return usd_per_thousand(cost), percentile(cost, 50)


def _confusions(number: int, result: Result) -> list[Drawn]:
    """Of pattern and step, end to end where there is that view."""
    view = next((view for view in reversed(VIEWS) if view in result.judged), None)
    if view is None:
        return []
    found = []
    for stage in STAGES[3:]:
        items = [item for item in result.judged[view] if item.stage == stage]
        if items:
            title = f"{stage} · {result.cell.name}"
            caption = f"{title}, {VIEW_WORDS[view]}: labels down, answers across; shaded by share of the label."
            found.append(Drawn(f"confusion_{number}_{stage}", caption, settled(_matrix(title, items))))
    return found


def _matrix(title: str, items: Sequence[Judged]) -> "Figure":
    counts = confusion(items)
    unused = [name for name in (UNRESOLVED, NOT_NAMED) if not counts[name].any()]
    counts = counts.drop(columns=unused)
    return figures.confusion(title, list(counts.index), list(counts.columns), counts.to_numpy().tolist())
