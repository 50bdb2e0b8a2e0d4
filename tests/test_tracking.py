"""Optimization runs in MLflow: a real SQLite store, a real server that fails, and nothing of a key anywhere."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from labelling import trainset
from rich.console import Console
from scripted import scripted

from program.answers import STAGES
from ptmreuse import outbox, tracking
from ptmreuse.optimization import Order, optimize
from ptmreuse.traces import Sample

KEY = "sk-planted-0123456789abcdef"
BEFORE = {stage: {"accuracy": 0.5 + n / 10, "f1": 0.4, "n": 80} for n, stage in enumerate(STAGES)}
AFTER = {stage: {"accuracy": 0.61234567 + n / 10, "f1": 0.6, "n": 80} for n, stage in enumerate(STAGES)}
PARAMETERS = {"optimizer": "random-search", "lm": "embedded", "demos": 4, "seed": 0, "api_base": f"http://x/?key={KEY}"}
TAGS = {"optimizer": "random-search", "lm": "embedded", "seed": 0, "note": KEY}
COST = {"calls": 900, "tokens": 80_000, "usd": None, "seconds": 12.5}


def told(parent: tracking.Optimization, folder: Path) -> None:
    """What optimize.py tells of an optimization, with a key in every text."""
    for stage in STAGES:
        with parent.stage(stage) as child:
            for step, accuracy in enumerate((0.5, 0.7, 0.6)):
                cost = {"calls": 80 * step, "tokens": 900, "seconds": 0.5}
                child.candidate(step, {"val_accuracy": accuracy, "val_f1": 0.4, **cost})
            demos = [{"title": f"Counting {KEY}", "passages": "…", stage: True}, {"title": "Leaves", "more": [KEY]}]
            rows = [{"paper": "syn-1", "score": 1.0, "given": {"evidence": KEY}}]
            child.result(BEFORE[stage], AFTER[stage], f"The question of {stage}. {KEY}", demos, rows)
            child.traces(called(stage))
    compiled = folder / "embedded.json"
    compiled.write_text(json.dumps({"stages": STAGES, "kept": KEY}))
    parent.result(BEFORE, AFTER, COST, compiled)
    parent.final(BEFORE, AFTER)


def called(stage: str) -> list[Any]:
    """Two of three calls, kept for the trace view."""
    sample = Sample(2)
    lm, _ = scripted(*[{"answer": f"42 {KEY}"}] * 3)
    predict = dspy.Predict("question -> answer")
    with dspy.context(lm=lm, callbacks=[sample]):
        for _ in range(3):
            predict(question=f"{stage}? {KEY}")
    return sample.spans


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """What an optimization wrote into a store of its own while a key was in the environment."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        (folder / "papers.jsonl").write_text("{}\n")
        said: list[str] = []
        opened = tracking.optimization(PARAMETERS, TAGS, Path("papers.jsonl"), "0123456789abcdef", said.append)
        with opened as parent:
            told(parent, tmp_path_factory.mktemp("compiled"))
        from mlflow import MlflowClient

        client = MlflowClient(outbox.tracking_uri())
        experiment = client.get_experiment_by_name("ptm-reuse")
        assert experiment is not None
        runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
        yield SimpleNamespace(
            folder=folder, said=said, client=client, experiment=experiment, parent=runs.pop(parent.name), children=runs
        )


def test_what_lies_in_the_folder(written: SimpleNamespace) -> None:
    assert sorted(path.name for path in written.folder.iterdir()) == ["mlartifacts", "mlflow.db", "papers.jsonl"]
    assert written.experiment.artifact_location == (written.folder / "mlartifacts").as_uri()
    assert written.experiment.experiment_id == "1"  # `make mlflow` prints its address
    assert written.said == []


def test_the_parent_tells_accuracy_per_stage_before_and_after(written: SimpleNamespace) -> None:
    run = written.parent
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "random-search · 4 demos · seed 0 · embedded"
    metrics = dict(run.data.metrics)
    for split in ("val", "test"):
        for stage in STAGES:
            assert metrics.pop(f"{stage}/{split}_accuracy_before") == round(BEFORE[stage]["accuracy"], 4)
            assert metrics.pop(f"{stage}/{split}_accuracy") == round(AFTER[stage]["accuracy"], 4)
        assert metrics.pop(f"mean/{split}_accuracy_before") == 0.7
        assert metrics.pop(f"mean/{split}_accuracy") == 0.8123
        assert metrics.pop(f"mean/{split}_gain") == 0.1123
    assert metrics == {"total/calls": 900, "total/tokens": 80_000, "total/seconds": 12.5}
    assert run.data.params == {**{k: str(v) for k, v in PARAMETERS.items()}, "api_base": "http://x/?key=[removed]"}
    tags = {name: value for name, value in run.data.tags.items() if not name.startswith("mlflow.")}
    assert len(tags.pop("git_commit").removesuffix("-dirty")) in (0, 40)
    assert tags == {
        "optimizer": "random-search", "lm": "embedded", "seed": "0", "note": "[removed]",
        "dataset_digest": "0123456789abcdef", "test_split_used": "true",
    }  # fmt: skip
    (used,) = run.inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("papers", "0123456789abcdef")
    assert json.loads(used.dataset.source) == {"uri": "papers.jsonl"}
    assert {tag.key: tag.value for tag in used.tags} == {"mlflow.data.context": "train"}


def test_every_candidate_is_a_step_of_its_stage(written: SimpleNamespace) -> None:
    assert sorted(written.children) == [f"{n} {stage}" for n, stage in enumerate(STAGES, 1)]
    for name, run in written.children.items():
        assert run.data.tags["mlflow.parentRunId"] == written.parent.info.run_id
        assert run.data.tags["stage"] == name[2:]
        assert run.data.tags["optimizer"] == "random-search"
        history = written.client.get_metric_history(run.info.run_id, "val_accuracy")
        assert [(metric.step, metric.value) for metric in history] == [(0, 0.5), (1, 0.7), (2, 0.6)]
        assert set(run.data.metrics) == {"val_accuracy", "val_f1", "calls", "tokens", "seconds"}
        assert run.data.tags["val_f1"] == "0.4000 → 0.6000"


def artifacts(written: SimpleNamespace, run: Any) -> dict[str, Path]:
    folder = written.folder / "mlartifacts" / run.info.run_id / "artifacts"
    return {path.name: path for path in folder.iterdir()}


def test_artifacts(written: SimpleNamespace) -> None:
    found = artifacts(written, written.parent)
    assert sorted(found) == ["accuracy.png", "embedded.json"]
    assert found["accuracy.png"].read_bytes().startswith(b"\x89PNG")
    assert json.loads(found["embedded.json"].read_text())["stages"] == list(STAGES)
    child = written.children["1 uses_deep_learning"]
    found = artifacts(written, child)
    assert sorted(found) == ["demos.json", "predictions.json", "prompt.txt"]
    assert found["prompt.txt"].read_text() == "The question of uses_deep_learning. [removed]"
    demos = json.loads(found["demos.json"].read_text())
    assert demos["columns"] == ["title", "passages", "uses_deep_learning", "more"]
    assert demos["data"] == [["Counting [removed]", "…", True, None], ["Leaves", None, None, '["[removed]"]']]
    assert json.loads(found["predictions.json"].read_text())["data"] == [["syn-1", 1.0, '{"evidence": "[removed]"}']]


def test_a_sample_of_calls_is_traced(written: SimpleNamespace) -> None:
    traces = written.client.search_traces(locations=[written.experiment.experiment_id])
    assert len(traces) == 2 * len(STAGES)
    child = written.children["5 science_step"].info.run_id
    trace, _ = (t for t in traces if t.info.trace_metadata["mlflow.sourceRun"] == child)
    root, call = trace.data.spans
    assert (root.name, root.inputs, root.outputs) == (
        "Predict", {"question": "science_step? [removed]"}, {"answer": "42 [removed]"},
    )  # fmt: skip
    assert (call.name, call.parent_id) == ("scripted/one", root.span_id)
    assert "science_step? [removed]" in json.dumps(call.inputs)
    assert 0 < call.end_time_ns - call.start_time_ns <= root.end_time_ns - root.start_time_ns


def test_no_key_reaches_what_is_written(written: SimpleNamespace) -> None:
    files = [path for path in written.folder.rglob("*") if path.is_file()]
    assert len(files) > 15
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_the_views_show_what_the_runs_have(written: SimpleNamespace) -> None:
    import base64
    import zlib

    views = {k.removeprefix("mlflow.sharedViewState."): json.loads(v) for k, v in written.experiment.tags.items()}
    assert list(views) == ["accuracy-per-stage", "before-and-after", "test-split", "evaluations"]
    known = {f"metrics.`{name}`" for name in (*written.parent.data.metrics, "total/usd")}
    for name, view in views.items():
        state = json.loads(zlib.decompress(base64.b64decode(view["state"].removeprefix("deflate;"))))
        assert set(state["selectedColumns"]) <= known or name == "evaluations"  # for these see test_tracked
        assert state["columnOrder"] == list(state["columnWidths"])


@pytest.mark.parametrize(("raised", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_how_a_run_ends_that_is_left_by_an_exception(
    written: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException], status: str
) -> None:
    monkeypatch.chdir(written.folder)
    opened = tracking.optimization({"seed": 7}, {}, "hub/papers", "0")
    with pytest.raises(raised), opened as parent, parent.stage("reuses_ptm") as child:
        child.candidate(0, {"val_accuracy": 0.5})
        raise raised
    assert [written.client.get_run(run.id).info.status for run in (parent, child)] == [status, status]
    assert parent.name == "seed 7"


def test_an_experiment_in_the_bin_is_taken_out(written: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written.folder)
    written.client.delete_experiment(written.experiment.experiment_id)
    said: list[str] = []
    with tracking.optimization({}, {}, "papers", "0", said.append) as parent:
        pass
    assert written.client.get_run(parent.id).info.status == "FINISHED"
    assert said == []


def test_fewer_stages_have_no_mean(written: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(written.folder)
    (tmp_path / "x.json").write_text("{}")
    with tracking.optimization({}, {}, "papers", "0") as parent:
        parent.result(
            {"reuses_ptm": BEFORE["reuses_ptm"]}, {"reuses_ptm": AFTER["reuses_ptm"]}, {}, tmp_path / "x.json"
        )
    metrics = written.client.get_run(parent.id).data.metrics
    assert metrics == {"reuses_ptm/val_accuracy_before": 0.6, "reuses_ptm/val_accuracy": 0.7123}


def test_a_whole_compile(written: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(written.folder)
    train = trainset(tmp_path / "papers.jsonl")
    order = Order(tmp_path / "c.json", optimizer="labeled", train=str(train), demos=4, trials=2, seed=5, trace=2)
    optimize(order, Console(file=io.StringIO()))
    found = {run.info.run_name: run for run in written.client.search_runs(["1"], "tags.seed = '5'")}
    assert sorted(found) == [*(f"{n} {s}" for n, s in enumerate(STAGES, 1)), "labeled · 4 demos · seed 5 · embedded"]
    parent = found["labeled · 4 demos · seed 5 · embedded"]
    assert {f"{stage}/val_accuracy" for stage in STAGES} < set(parent.data.metrics)
    assert {"total/calls", "total/usd"} < set(parent.data.metrics)
    child = found["1 uses_deep_learning"]
    history = written.client.get_metric_history(child.info.run_id, "val_accuracy")
    assert [metric.step for metric in history] == list(range(len(history))) != [0]
    assert sorted(artifacts(written, child)) >= ["predictions.json", "prompt.txt"]
    traces = written.client.search_traces(locations=["1"], max_results=100)
    assert [t.info.trace_metadata["mlflow.sourceRun"] for t in traces].count(child.info.run_id) == 2


class Server:
    """A tracking server that answers every request with one status, or not at all."""

    def __init__(self, status: int) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                self.end_headers()

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@pytest.mark.parametrize("status", [500, 503, 403, 404])
def test_a_server_that_fails_does_not_stop_an_optimization(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    said: list[str] = []
    with Server(status) as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:secret@127.0.0.1:{server.port}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with tracking.optimization(PARAMETERS, TAGS, "papers", "0", said.append) as parent:
            told(parent, tmp_path)
    assert len(said) == 2
    assert said[0].startswith(f"MLflow at http://127.0.0.1:{server.port} fails (")
    then = "it is tried again later" if status >= 500 else "look at MLFLOW_TRACKING_URI"
    assert said[0].endswith(f"the optimization goes on, {then}")
    assert said[1].endswith(f"records of this optimization are not in http://127.0.0.1:{server.port}")
    assert "secret" not in " ".join(said)
    assert 1 < len(server.asked) < 100


def test_no_server_at_all_and_stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with tracking.optimization({}, {}, "papers", "0"):
        pass
    assert capsys.readouterr().err.count("MLflow") >= 2


def test_what_waits_is_written_when_the_server_is_back(
    written: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(written.folder)
    away = OSError("the disk is full")

    def connect(_: str) -> Any:
        if away:
            raise away
        return written.client

    monkeypatch.setattr(outbox, "connected", connect)
    said: list[str] = []
    with tracking.optimization(PARAMETERS, TAGS, "papers", "0", said.append) as parent:
        told(parent, tmp_path)
        away = None  # type: ignore[assignment]
    assert said == [
        f"MLflow at {outbox.tracking_uri()} fails (the disk is full); the optimization goes on, it is tried again later"
    ]
    run = written.client.get_run(parent.id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["mean/val_accuracy"] == 0.8123


def test_disabled_does_nothing(tmp_path: Path) -> None:
    with tracking.disabled() as parent:
        told(parent, tmp_path)
    assert not list(Path.cwd().iterdir())


def test_a_run_and_a_disabled_optimization_do_not_import_mlflow(python: dict[str, str]) -> None:
    code = "import sys, ptmreuse.run; from ptmreuse import tracking\nwith tracking.disabled(): pass\n"
    code += "print([name for name in ('mlflow', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env=python, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_counts_as_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "tok-12345")
    monkeypatch.setenv("DB_PASSWORD", "tok-12345-longer")
    monkeypatch.setenv("OPENAI_API_KEY", "EMPTY")
    monkeypatch.setenv("KEYBOARD", "querty-uiop")
    assert outbox.redacted("tok-12345-longer tok-12345 EMPTY querty-uiop") == "[removed] [removed] EMPTY querty-uiop"
    assert outbox.shown("https://me:pass@host/x") == "https://host/x"


@pytest.mark.parametrize(
    ("uri", "own"),
    [("sqlite:///a.db", True), ("postgresql+psycopg://h/db", True), ("http://h", False), ("databricks", False)],
)
def test_where_artifacts_lie(uri: str, own: bool) -> None:
    assert (outbox.artifact_root(uri) == (Path.cwd() / "mlartifacts").as_uri()) is own
    assert own or outbox.artifact_root(uri) is None
    assert "MLFLOW_TRACKING_URI" in os.environ or outbox.tracking_uri() == f"sqlite:///{Path.cwd() / 'mlflow.db'}"
