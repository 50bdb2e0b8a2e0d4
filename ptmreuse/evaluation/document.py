"""The whole evaluation as one JSON document, for programs that read it on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ptmreuse.evaluation.comparisons import Comparison
from ptmreuse.evaluation.judged import Cost, Judged, Result
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.sheets import began_at, percentile, usd_per_thousand, verdict
from ptmreuse.evaluation.tally import Tally

SCHEMA = 1


def document(tallies: Sequence[Tally], about: Mapping[str, Any]) -> dict[str, Any]:
    """The document. What is not defined or not known is null.

    `schema` · `about` (versions, digests, settings as given) · `evaluations`, one for each source of papers, each with
    `data`, `papers` (number), `notes`, `cells`, `comparisons`, `failures`. A cell has `name`, `lm`, `program`,
    `repeat`, `wholly_right`, `errors_begin` (papers by stage, "right" for none) and by view `measures` (stage, then
    name: value, low, high, n, small), `cost` and `answers` (one per judged answer).
    """
    return {"schema": SCHEMA, "about": dict(about), "evaluations": [_evaluation(tally) for tally in tallies]}


def _evaluation(tally: Tally) -> dict[str, Any]:
    return {
        "data": tally.data,
        "papers": len(tally.labelled),
        "notes": list(tally.notes),
        "cells": [_cell(tally, result) for result in tally.results],
        "comparisons": [_comparison(each) for each in tally.comparisons],
        "failures": [asdict(failure) for failure in tally.failures],
    }


def write_json(path: Path, tallies: Sequence[Tally], about: Mapping[str, Any]) -> None:
    """Write the document to a file."""
    text = json.dumps(document(tallies, about), indent=1, allow_nan=False, default=str)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8", errors="replace")


def _comparison(each: Comparison) -> dict[str, Any]:
    words = {"shown": each.shown, "verdict": verdict(each), "sentence": each.sentence}
    return {**asdict(each), "one": each.one.name, "other": each.other.name, **words}


def _cell(tally: Tally, result: Result) -> dict[str, Any]:
    name = result.cell.name
    right, began = tally.wholly_right.get(name), tally.began.get(name)
    by_stage = began_at(began) if began else {}
    return {
        "name": name,
        **asdict(result.cell),
        "wholly_right": _measure(right) if right else None,
        "errors_begin": {stage or "right": papers for stage, papers in by_stage.items()},
        "views": {view: _view(tally, result, view) for view in result.judged},
    }


def _view(tally: Tally, result: Result, view: Any) -> dict[str, Any]:
    named = {stage: tally.of(result.cell.name, view, stage) for stage in tally.stages(view)}
    return {
        "measures": {stage: {name: _measure(m) for name, m in of.items()} for stage, of in named.items()},
        "cost": _cost(result.costs[view]) if view in result.costs else None,
        "answers": [_answer(item) for item in result.judged[view]],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {**asdict(measure), "small": measure.small}


def _cost(cost: Cost) -> dict[str, Any]:
    told = {name: getattr(cost, name) for name in ("calls", "input_tokens", "output_tokens", "usd")}
    times = {f"seconds_p{share}": percentile(cost, share) for share in (50, 95)}
    return {**told, "usd_per_1000_papers": usd_per_thousand(cost), **times, "seconds": list(cost.seconds)}


def _answer(item: Judged) -> dict[str, Any]:
    return {**asdict(item), "true": sorted(item.true), "given": sorted(item.given), "right": item.right}
