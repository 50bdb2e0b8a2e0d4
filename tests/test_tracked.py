"""Evaluations in MLflow: a real SQLite store, read back."""

import base64
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from evaluated import ABOUT, SKILLS, made

from program.answers import STAGES
from ptmreuse import metrics as scoring
from ptmreuse import outbox, tracking, views
from ptmreuse.evaluation import tracked
from ptmreuse.evaluation.judged import Cost, Judged
from ptmreuse.evaluation.report import write_report

KEY = "sk-planted-0123456789abcdef"
PARAMETERS = {"split": "test", "views": "both", "api_base": f"http://x/?key={KEY}"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """What an evaluation of two cells wrote into a store of its own while a key was in the environment."""
    folder = tmp_path_factory.mktemp("store")
    tally = made(cells=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        Path("papers.jsonl").write_text("{}\n")
        report = tmp_path_factory.mktemp("report")
        paths = write_report(report, [made(cells=1)], {**ABOUT, "key": KEY})
        said: list[str] = []
        data = {"test": (Path("papers.jsonl"), "0123456789abcdef")}
        with tracked.evaluation("papers", PARAMETERS, {"note": KEY}, data, said.append) as run:
            run.result({"test": tally}, paths, report)
        from mlflow import MlflowClient

        client = MlflowClient(outbox.tracking_uri())
        experiment = client.get_experiment_by_name("ptm-reuse")
        assert experiment is not None
        runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
        yield SimpleNamespace(
            folder=folder, said=said, client=client, paths=paths, parent=runs.pop("evaluation · papers"), cells=runs
        )


def test_the_parent_has_parameters_tags_and_the_cost_of_all(written: SimpleNamespace) -> None:
    run = written.parent
    assert written.said == []
    assert run.info.status == "FINISHED"
    assert run.data.params == {"split": "test", "views": "both", "api_base": "http://x/?key=[removed]"}
    assert run.data.tags["mlflow.source.name"] == "evaluate.py" != tracking.Run.source
    assert run.data.tags["dataset_digest"] == "0123456789abcdef"
    assert run.data.tags["note"] == "[removed]"
    assert len(run.data.tags["git_commit"].removesuffix("-dirty")) in (0, 40)
    (used,) = run.inputs.dataset_inputs
    assert (used.dataset.name, used.tags[0].value) == ("papers", "test")
    assert run.data.metrics["total/calls"] == 4 * 4 * 40
    assert "total/usd" not in run.data.metrics  # of one cell the price is not known


def test_a_nested_run_per_cell(written: SimpleNamespace) -> None:
    assert sorted(written.cells) == ["compiled · openai/large", "zero-shot · embedded"]
    for cell in list(SKILLS)[-2:]:
        run = written.cells[cell.name]
        assert run.data.tags["mlflow.parentRunId"] == written.parent.info.run_id
        assert run.data.params == {"lm": cell.lm, "program": cell.program, "repeat": "1"}
        assert (run.data.tags["lm"], run.data.tags["evaluation"]) == (cell.lm, "cell")
    assert "total/usd" not in written.cells["zero-shot · embedded"].data.metrics
    assert written.cells["compiled · openai/large"].data.metrics["total/usd"] == 0.16
    assert written.cells["compiled · openai/large"].data.metrics["total/end_to_end_usd"] == 0.16


def test_metrics_have_their_intervals_beside_them(written: SimpleNamespace) -> None:
    tally = made(cells=2)
    cell = "zero-shot · embedded"
    found = written.cells[cell].data.metrics
    for stage in STAGES:
        for view, kind in (("isolated", ""), ("end-to-end", "end_to_end_")):
            name = "accuracy" if kind or stage in STAGES[:2] else "answers_right"
            measure = tally.of(cell, view, stage)["accuracy"]  # type: ignore[arg-type]
            told = [found[f"{stage}/test_{kind}{name}{suffix}"] for suffix in ("", "_lo", "_hi")]
            assert told == pytest.approx([measure.value, measure.low, measure.high], abs=1e-4)
            assert f"{stage}/test_{kind}f1" in found
    right = tally.wholly_right[cell].value
    assert found["papers/test_end_to_end_wholly_right"] == pytest.approx(right, abs=1e-4)
    assert "uses_deep_learning/test_kappa_lo" in found


def test_a_column_holds_the_same_number_as_that_of_an_optimization(written: SimpleNamespace) -> None:
    """An optimization logs `mean/test_accuracy` and its five stages: the mean score per paper."""
    result = next(r for r in made(cells=2).results if r.cell.program == "zero-shot")
    found = written.cells["zero-shot · embedded"].data.metrics
    means = []
    for stage in STAGES:
        scores: dict[str, list[float]] = {}
        for item in (item for item in result.judged["isolated"] if item.stage == stage):
            right = float(item.right)
            if stage == "names_ptms":
                right = scoring.f1_of(len(item.true), len(item.given), len(item.true & item.given))
            scores.setdefault(item.paper, []).append(right)
        means.append(sum(sum(each) / len(each) for each in scores.values()) / len(scores))
        assert found[f"{stage}/test_accuracy"] == pytest.approx(means[-1], abs=1e-4)
        assert (
            found[f"{stage}/test_accuracy_lo"] <= found[f"{stage}/test_accuracy"] <= found[f"{stage}/test_accuracy_hi"]
        )
    assert found["mean/test_accuracy"] == pytest.approx(sum(means) / 5, abs=1e-4)


def test_the_view_of_evaluations_shows_what_cells_have(written: SimpleNamespace) -> None:
    view = json.loads(views.tags()["mlflow.sharedViewState.evaluations"])
    state = json.loads(zlib.decompress(base64.b64decode(view["state"].removeprefix("deflate;"))))
    known = {f"metrics.`{name}`" for name in written.cells["compiled · openai/large"].data.metrics}
    assert {column.replace("/real_", "/test_") for column in state["selectedColumns"]} <= known
    experiment = written.parent.info.experiment_id
    assert len(written.client.search_runs([experiment], state["searchFilter"])) == 2


def test_report_tables_and_figures_are_artifacts_without_keys(written: SimpleNamespace) -> None:
    folder = written.folder / "mlartifacts" / written.parent.info.run_id / "artifacts"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "report.html",
        "tables/cost.csv",
        "tables/cost.tex",
        "figures/accuracy.png",
        "figures/errors_begin.svg",
    } < found
    assert len(found) == len(written.paths)
    files = [path for path in written.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert KEY in written.paths[0].read_text(encoding="utf-8")  # it was there to be removed


@pytest.mark.parametrize(("raised", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_how_a_run_ends_that_is_left_by_an_exception(
    written: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException], status: str
) -> None:
    monkeypatch.chdir(written.folder)
    with pytest.raises(raised), tracked.evaluation("x", {}, {}, {}) as parent:
        raise raised
    assert written.client.get_run(parent.id).info.status == status


def test_a_server_that_is_away_does_not_stop_an_evaluation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    said: list[str] = []
    with tracked.evaluation("x", {}, {}, {"test": ("papers", "0")}, said.append) as run:
        run.result({"test": made(cells=1)}, (), tmp_path)
    assert "the evaluation goes on, it is tried again later" in said[0]
    assert "records of this evaluation are not in http://127.0.0.1:9" in said[-1]


def test_disabled_does_nothing(python: dict[str, str], tmp_path: Path) -> None:
    with tracked.disabled() as parent:
        parent.result({"test": made(cells=1)}, [tmp_path / "not there"], tmp_path)
    code = "import sys\nfrom ptmreuse.evaluation import tracked\nprint('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=python, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([Cost(2, 10, 5, 0.5, (1.0,)), Cost(3, 1, 1, 0.25, (2.0,))], (5, 17, 0.75, 3.0)),
        ([Cost(2, 10, 5, 0.5, (1.0,)), Cost(3, None, 1, None, (2.0,))], (5, None, None, 3.0)),
        ([], (0, 0, 0, 0)),
    ],
)
def test_total(costs: list[Cost], expected: tuple[Any, ...]) -> None:
    assert tuple(tracked.total(costs).values()) == expected


def test_score_of_nothing_and_of_all() -> None:
    assert tracked.score([]).value is None
    yes = frozenset({"yes"})
    right = tracked.score([Judged(f"p{n}", STAGES[0], yes, yes) for n in range(5)])
    assert (right.value, right.high, right.n) == (1.0, 1.0, 5)
    assert right.low is not None
    assert right.low < 0.9  # all right in five papers is no certainty
