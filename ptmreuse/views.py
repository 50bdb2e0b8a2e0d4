"""Saved views of MLflow's runs table: which columns, in which order, how wide.

MLflow shows no metric before it is ticked, and sorts columns by name. Its user interface keeps saved views as tags of
the experiment, so the views that show accuracy per stage are there from the first run on. `make mlflow` prints the
address of the first one.
"""

import base64
import json
import zlib
from collections.abc import Sequence

from program.answers import STAGES

_TAG = "mlflow.sharedViewState."
_FIRST = {"attributes.`Run Name`": 320, "runDateAndNestInfo": 125, "duration": 75}  # columns, widths in pixels
_LETTER, _MARGIN = 6.7, 22.0  # width of a letter of a heading and around it, in pixels


def tags() -> dict[str, str]:
    """The views as tags of an experiment."""
    cost = ["total/calls", "total/usd"]
    accuracy = [f"{each}/val_accuracy" for each in ("mean", *STAGES)]
    brief = {name: max(len(name.partition("/")[0]) + 1, 8) for name in accuracy}  # the stage: all end in val_accuracy
    accuracies = ["mean/val_gain", *accuracy]
    pairs = [name for after in accuracy for name in (f"{after}_before", after)]
    tested = [name for each in ("mean", *STAGES) for name in (f"{each}/test_accuracy_before", f"{each}/test_accuracy")]
    evaluated = [f"{each}/test_accuracy" for each in ("mean", *STAGES)]
    whole = [f"papers/{split}_end_to_end_wholly_right" for split in ("test", "real")]
    cells = [*whole, *evaluated, "mean/real_accuracy", "total/usd", "total/seconds"]
    return {
        f"{_TAG}accuracy-per-stage": _view("1 · Accuracy per stage", [*accuracies, *cost], brief, 3),
        f"{_TAG}before-and-after": _view("2 · Before and after", pairs, {}, 2),
        f"{_TAG}test-split": _view("3 · Test split, used once", ["mean/test_gain", *tested], {}, 1),
        f"{_TAG}evaluations": _view("4 · Evaluations", cells, {}, 0, "tags.evaluation = 'cell'"),
    }


def _view(name: str, metrics: Sequence[str], letters: dict[str, int], rank: int, wanted: str = "") -> str:
    """A view as MLflow 3.17 stores it, of the runs that are `wanted`; the one with the highest rank is listed first."""
    columns = {f"metrics.`{m}`": round(letters.get(m, len(m)) * _LETTER + _MARGIN) for m in metrics}
    state = {
        "searchFilter": wanted,
        "orderByKey": "attributes.start_time",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": list(columns),
        "columnOrder": [*_FIRST, *columns],
        "columnWidths": _FIRST | columns,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(state).encode())).decode()
    return json.dumps({"name": name, "createdAt": rank, "updatedAt": rank, "state": f"deflate;{packed}"})
