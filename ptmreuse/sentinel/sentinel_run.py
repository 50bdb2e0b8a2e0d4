"""A series of a sentinel in MLflow: one run per series, in which each call is a step, so that MLflow draws its line.

Per stage `…/sentinel_accuracy` with `_lo` and `_hi`, `…/sentinel_changed` (share of answers other than those of the
last run), `…/sentinel_unresolved` and `…/sentinel_failed` (papers), `…/sentinel_p` (after Holm, of accuracy against the
last run); `total/usd`, `total/tokens`, `total/calls`, `total/seconds`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from ptmreuse.outbox import Outbox, tracking_uri
from ptmreuse.sentinel.answers import FAILED, UNRESOLVED, accuracy, number
from ptmreuse.sentinel.drift import Drift
from ptmreuse.sentinel.series import Asked
from ptmreuse.tracking import Run, experiment, git_commit

if TYPE_CHECKING:
    from mlflow import MlflowClient

SERIES = "sentinel_series"  # the tag by which a series is found again


class SentinelRun(Run):
    """The run of a series, which is made on its first call."""

    source = "ptmreuse sentinel"

    def add(self, run: Asked, drift: Drift) -> None:
        """One call of the sentinel as a step, and what it says as a table."""
        self._metrics(metrics(run, drift), run.number)
        self._tag("last_run", f"{run.number} at {run.at}")
        rows = [{"run": run.number, "stage": stage, "paper": paper, "state": said.state, "given": said.given}
                for stage, papers in run.answers.items() for paper, said in papers.items()]  # fmt: skip
        self._table(f"answers_{run.number:06}.json", rows)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The run, made or found again, for the time of the block."""

        def find(client: "MlflowClient") -> None:
            wanted = f"tags.{SERIES} = '{self.tags[SERIES]}'"
            known = client.search_runs([experiment(client)], wanted, max_results=1, order_by=["start_time ASC"])
            self.id = known[0].info.run_id if known else ""

        self._send(find)
        if not self.id:
            self._start()
        with self._ended():
            yield


def log(run: Asked, drift: Drift, data: str, warn: Callable[[str], None] | None = None) -> None:
    """Write a call into its series; a fault of MLflow is told and stops nothing."""
    tell = warn or Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print
    outbox = Outbox(tracking_uri(), tell, "sentinel")
    tags = {"evaluation": "sentinel", SERIES: run.series, "lm": run.lm, "program": run.program, "data": data}
    told = SentinelRun(f"sentinel · {run.program} · {run.lm}", {**tags, "git_commit": git_commit()}, outbox.put)
    try:
        with told.opened():
            told.add(run, drift)
    finally:
        outbox.close()


def metrics(run: Asked, drift: Drift) -> dict[str, float | None]:
    """By name; None where one is not defined or not known."""
    found: dict[str, float | None] = {}
    for stage, said in run.answers.items():
        measure = accuracy(said)
        accuracies = {"": measure.value, "_lo": measure.low, "_hi": measure.high}
        found |= {f"{stage}/sentinel_accuracy{suffix}": value for suffix, value in accuracies.items()}
        found |= {f"{stage}/sentinel_{state}": float(number(said, state)) for state in (UNRESOLVED, FAILED)}
    last = max((each.against for each in drift.changes), default=0)
    for each in drift.changes:
        if each.against == last:
            found |= {f"{each.stage}/sentinel_changed": each.share, f"{each.stage}/sentinel_p": each.adjusted}
    return found | {f"total/{name}": value for name, value in run.cost.items()}
