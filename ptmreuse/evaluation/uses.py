"""Uses of the test split by evaluations, written down beside those by compiles."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ptmreuse.evaluation.judged import Judged, Result
from ptmreuse.evaluation.order import Order
from ptmreuse.evaluation.plan import Plan
from ptmreuse.final import append_use
from ptmreuse.labelled import LabelledPaper
from ptmreuse.trainset import digest

TEST = "test"


def grid_digest(order: Order, papers: Sequence[LabelledPaper], plan: Plan) -> str:
    """16 hexadecimal digits of what the results depend on: papers and labels, cells, views, stages."""
    cells = [sorted((stage, key.program, key.lm) for stage, key in carrier.keys.items()) for carrier in plan.carriers]
    told = json.dumps([digest(papers), sorted(cells), sorted(order.views), sorted(order.stages)])
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def note_use(order: Order, papers: Sequence[LabelledPaper], plan: Plan, results: Sequence[Result]) -> None:
    """Append a use of the test split, if it is one.

    The same grid that gives the same again is no other use. Raises SystemicError when it can't be written.
    """
    if order.data != TEST or not results:
        return
    grid, cells = grid_digest(order, papers, plan), [_told(result) for result in results]
    if [grid, cells] in _noted(order):
        return
    asked = {"test": digest(papers), "views": list(order.views), "stages": list(order.stages)}
    append_use(order.test_uses, {"use": "evaluate.py", "grid": grid, **asked, "cells": cells})


def _noted(order: Order) -> list[list[Any]]:
    """The grids that are written down, with what they gave."""
    if not order.test_uses.exists():
        return []
    lines = order.test_uses.read_text(encoding="utf-8").splitlines()
    return [[each.get("grid"), each.get("cells")] for each in map(json.loads, filter(str.strip, lines))]


def _told(result: Result) -> dict[str, Any]:
    right = {view: _right(items) for view, items in result.judged.items()}
    return {"lm": result.cell.lm, "program": result.cell.program, "repeat": result.cell.repeat, "right": right}


def _right(items: Sequence[Judged]) -> dict[str, float]:
    """The share of right answers by stage, 0 to 1."""
    by_stage: defaultdict[str, list[bool]] = defaultdict(list)
    for item in items:
        by_stage[item.stage].append(item.right)
    return {stage: round(sum(each) / len(each), 4) for stage, each in by_stage.items()}
