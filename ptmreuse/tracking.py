"""Optimization runs in MLflow, written by hand: one parent run per call of optimize.py, one child run per stage.

    with optimization(parameters, tags, trainset, digest) as parent:
        with parent.stage("uses_deep_learning") as child:
            child.candidate(0, {"val_accuracy": 0.8, "val_f1": 0.7, "calls": 80, "tokens": 90_000, "seconds": 2.1})
            child.result(before, after, prompt, demos, predictions)
        parent.result(before, after, cost, compiled)

MLflow is imported when the first run opens. Its faults never stop an optimization: see `outbox`.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from program.answers import STAGES
from ptmreuse import curves, views
from ptmreuse.outbox import Outbox, Sending, artifact_root, redacted, tracking_uri
from ptmreuse.traces import Span, write

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "ptm-reuse"

Scores = Mapping[str, float]  # accuracy and f1, 0 to 1
_SCORES = ("accuracy", "f1")
_DIGITS = 4  # the runs table shows every digit that there is
_OWN_TAGS = ("optimizer", "lm", "seed", "git_commit")  # of the parent that its stages carry too


class Run:
    """One run in MLflow. Without a `put` nothing is written."""

    source = "optimize.py"

    def __init__(self, name: str, tags: Mapping[str, Any], put: Callable[[Sending], None] | None) -> None:
        self.name = name
        self.tags = dict(tags)
        self.id = ""
        self._put = put

    def _send(self, sending: Sending) -> None:
        if self._put:
            self._put(sending)

    def _start(self, parent: "Run | None" = None) -> None:
        began = _now()

        def create(client: "MlflowClient") -> None:
            own = {"mlflow.source.name": self.source, "mlflow.source.type": "LOCAL"}
            if parent:
                own["mlflow.parentRunId"] = parent.id
            tags = {name: redacted(value) for name, value in self.tags.items()} | own
            self.id = client.create_run(experiment(client), began, tags, redacted(self.name)).info.run_id

        self._send(create)

    @contextmanager
    def _ended(self) -> Iterator[None]:
        status = "FINISHED"
        try:
            yield
        except BaseException as error:
            status = "FAILED" if isinstance(error, Exception) else "KILLED"
            raise
        finally:
            ended = _now()
            self._send(lambda client: client.set_terminated(self.id, status, ended))

    def _metrics(self, values: Mapping[str, float | None], step: int = 0) -> None:
        now = _now()

        def log(client: "MlflowClient") -> None:
            from mlflow.entities import Metric

            known = {
                redacted(name): round(float(value), _DIGITS) for name, value in values.items() if value is not None
            }
            client.log_batch(self.id, [Metric(name, value, now, step) for name, value in known.items()])

        self._send(log)

    def _parameters(self, values: Mapping[str, Any]) -> None:
        def log(client: "MlflowClient") -> None:
            from mlflow.entities import Param

            client.log_batch(self.id, params=[Param(redacted(n), redacted(v)) for n, v in values.items()])

        self._send(log)

    def _tag(self, name: str, value: str) -> None:
        self._send(lambda client: client.set_tag(self.id, name, redacted(value)))

    def _file(self, name: str, content: Callable[[], bytes], under: str | None = None) -> None:
        def log(client: "MlflowClient") -> None:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / name
                file.write_bytes(content())
                client.log_artifact(self.id, str(file), under)

        self._send(log)

    def _table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        table = {redacted(column): [_cell(row.get(column)) for row in rows] for column in columns}
        if rows:
            self._send(lambda client: client.log_table(self.id, table, name))

    def _inputs(self, data: Path | str, digest: str, context: str = "train") -> None:
        def log(client: "MlflowClient") -> None:
            from mlflow.entities import Dataset, DatasetInput, InputTag

            name, source = Path(data).stem, json.dumps({"uri": redacted(_relative(data))})
            dataset = Dataset(redacted(name), digest[:36], "local" if Path(data).exists() else "hub", source)
            client.log_inputs(self.id, [DatasetInput(dataset, [InputTag("mlflow.data.context", context)])])

        self._send(log)

    def traces(self, spans: Sequence[Span]) -> None:
        """Write calls that `traces.Sample` kept, with their prompts and replies, as traces of this run."""
        for span in spans:
            self._send(lambda client, span=span: write(client, experiment(client), self.id, span))  # type: ignore[misc]


class StageRun(Run):
    """The child run of a stage."""

    def __init__(self, stage: str, tags: Mapping[str, Any], put: Callable[[Sending], None] | None) -> None:
        super().__init__(f"{STAGES.index(stage) + 1} {stage}", {**tags, "stage": stage}, put)
        self.candidates: list[tuple[int, float]] = []

    def candidate(self, step: int, metrics: Mapping[str, float | None]) -> None:
        """What a candidate scored and cost: val_accuracy, val_f1 (0 to 1), calls, tokens, seconds."""
        if (accuracy := metrics.get("val_accuracy")) is not None:
            self.candidates.append((step, accuracy))
        self._metrics(metrics, step)

    def result(
        self,
        before: Scores,
        after: Scores,
        prompt: str,
        demos: Sequence[Mapping[str, Any]],
        predictions: Sequence[Mapping[str, Any]],
    ) -> None:
        """How the stage ended: scores on val, and as artifacts its prompt, demos and predictions on val."""
        for name in _SCORES:
            self._tag(f"val_{name}", f"{before[name]:.4f} → {after[name]:.4f}")
        self._file("prompt.txt", redacted(prompt).encode)
        self._table("demos.json", demos)
        self._table("predictions.json", predictions)


class Optimization(Run):
    """The parent run of a call of optimize.py."""

    def __init__(self, name: str, tags: Mapping[str, Any], put: Callable[[Sending], None] | None) -> None:
        super().__init__(name, tags, put)
        self.stages: dict[str, StageRun] = {}

    @contextmanager
    def stage(self, stage: str) -> Iterator[StageRun]:
        """Open the child run of a stage."""
        tags = {name: self.tags[name] for name in _OWN_TAGS if name in self.tags}
        child = self.stages[stage] = StageRun(stage, tags, self._put)
        child._start(self)
        with child._ended():
            yield child

    def result(
        self,
        before: Mapping[str, Scores],
        after: Mapping[str, Scores],
        cost: Mapping[str, float | None],
        compiled: Path,
    ) -> None:
        """How it ended: scores on val per stage, cost (calls, tokens, usd, seconds), and the compiled state."""
        self._scores("val", before, after)
        self._metrics({f"total/{name}": value for name, value in cost.items()})
        self._file(compiled.name, redacted(compiled.read_text(encoding="utf-8")).encode)
        if seen := {stage: child.candidates for stage, child in self.stages.items() if child.candidates}:
            accuracies = {stage: scores["accuracy"] for stage, scores in before.items()}
            self._file("accuracy.png", partial(curves.png, seen, accuracies, redacted(self.name)))

    def final(self, before: Mapping[str, Scores], after: Mapping[str, Scores]) -> None:
        """Scores on the test split, which is used for the very last word only: a tag says that it was."""
        self._tag("test_split_used", "true")
        self._scores("test", before, after)

    def _scores(self, split: str, before: Mapping[str, Scores], after: Mapping[str, Scores]) -> None:
        """Per stage and their mean, before the optimization and (the name without a suffix) after it."""
        values: dict[str, float] = {}
        for suffix, scores in (("_before", before), ("", after)):
            accuracies = {stage: scores[stage]["accuracy"] for stage in STAGES if stage in scores}
            if len(accuracies) == len(STAGES):  # the mean of fewer would stand in the same column as that of all
                accuracies["mean"] = sum(accuracies.values()) / len(STAGES)
            values |= {f"{name}/{split}_accuracy{suffix}": value for name, value in accuracies.items()}
        if (mean := f"mean/{split}_accuracy") in values:
            values[f"mean/{split}_gain"] = values[mean] - values[f"{mean}_before"]
        self._metrics(values)


@contextmanager
def optimization(
    parameters: Mapping[str, Any],
    tags: Mapping[str, Any],
    trainset: Path | str,
    dataset_digest: str,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Optimization]:
    """Open the parent run; it ends with the block, as killed or failed when an exception leaves it.

    `warn` is told when MLflow fails; without it a line goes to stderr.
    """
    outbox = Outbox(tracking_uri(), warn or Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print)
    given = {"git_commit": git_commit(), "dataset_digest": dataset_digest, **tags}
    parent = Optimization(_name({**parameters, **tags}), given, outbox.put)
    try:
        parent._start()
        parent._parameters(parameters)
        parent._inputs(trainset, dataset_digest)
        with parent._ended():
            yield parent
    finally:
        outbox.close()


@contextmanager
def disabled() -> Iterator[Optimization]:
    """The same without MLflow: nothing is imported, nothing is written."""
    yield Optimization("", {}, None)


def git_commit() -> str:
    """The commit of this project's code, with `-dirty` when files differ from it; "" outside a repository."""
    folder = Path(__file__).parent
    said = [
        subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607
        for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    ]
    return f"{said[0]}-dirty" if all(said) else said[0]


def _name(told: Mapping[str, Any]) -> str:
    """A parent run's name: what differs from run to run, the most telling first."""
    shapes = {"optimizer": "{}", "demos": "{} demos", "seed": "seed {}", "lm": "{}"}
    return " · ".join(shape.format(told[key]) for key, shape in shapes.items() if key in told) or "optimization"


def experiment(client: "MlflowClient") -> str:
    """The id of our experiment, which is made when it is not there."""
    known = client.get_experiment_by_name(EXPERIMENT)
    if known is None:
        made = client.create_experiment(EXPERIMENT, artifact_root(client.tracking_uri), views.tags())
        return str(made)
    if known.lifecycle_stage != "active":
        client.restore_experiment(known.experiment_id)
    return str(known.experiment_id)


def _cell(value: Any) -> Any:
    """A value of a table: numbers and nothing stay, all else is text without keys."""
    return value if value is None or isinstance(value, bool | int | float) else redacted(_text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _relative(path: Path | str) -> str:
    full = Path(path).resolve()
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else Path(path).name


def _now() -> int:
    return time.time_ns() // 1_000_000
