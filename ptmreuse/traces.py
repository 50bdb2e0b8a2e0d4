"""A sample of calls with their prompts and replies, for MLflow's trace view; off unless it is asked for."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dspy.utils.callback import ACTIVE_CALL_ID, BaseCallback

from ptmreuse.outbox import redacted

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(slots=True)
class Span:
    """A call of a stage (its fields in and out) or of the LM below it (its messages and replies). Times in ns."""

    name: str
    inputs: Any
    began: int = field(default_factory=time.time_ns)
    ended: int = 0
    outputs: Any = None
    calls: list["Span"] = field(default_factory=list)


class Sample(BaseCallback):
    """A DSPy callback that keeps the first `size` calls of a stage and the LM calls that each made."""

    def __init__(self, size: int) -> None:
        self.spans: list[Span] = []
        self._size = size
        self._open: dict[str, Span] = {}  # by call id; a call inside another one belongs to the outermost
        self._lock = threading.Lock()

    def on_module_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """Open a span for an outermost call; one inside it is the same call."""
        outer = self._open.get(ACTIVE_CALL_ID.get() or "")
        with self._lock:
            if outer is None and len(self.spans) < self._size:
                outer = Span(type(instance).__name__, inputs.get("kwargs", inputs))
                self.spans.append(outer)
        if outer:
            self._open[call_id] = outer

    def on_module_end(self, call_id: str, outputs: Any, exception: BaseException | None = None) -> None:
        """Close it with the prediction, or the error."""
        self._close(call_id, dict(outputs) if outputs is not None else None, exception)

    def on_lm_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """Open a span for a call of the LM."""
        if outer := self._open.get(ACTIVE_CALL_ID.get() or ""):
            asked = inputs.get("messages") or inputs.get("prompt") or inputs.get("request")
            span = self._open[call_id] = Span(str(instance.model), asked)
            outer.calls.append(span)

    def on_lm_end(self, call_id: str, outputs: Any, exception: BaseException | None = None) -> None:
        """Close it with the replies, or the error."""
        self._close(call_id, outputs, exception)

    def _close(self, call_id: str, outputs: Any, exception: BaseException | None) -> None:
        if span := self._open.pop(call_id, None):
            span.outputs, span.ended = (repr(exception) if exception else outputs), time.time_ns()


def write(client: "MlflowClient", experiment: str, run: str, span: Span) -> None:
    """Write a span and the calls in it as one trace of a run."""
    import mlflow

    mlflow.set_tracking_uri(client.tracking_uri)  # traces know no other way
    root = mlflow.start_span_no_context(
        span.name,
        "CHAIN",
        inputs=_clean(span.inputs),
        metadata={"mlflow.sourceRun": run},
        experiment_id=experiment,
        start_time_ns=span.began,
    )
    for call in span.calls:
        asked = _clean(call.inputs)
        below = mlflow.start_span_no_context(call.name, "CHAT_MODEL", root, asked, start_time_ns=call.began)
        below.end(outputs=_clean(call.outputs), end_time_ns=call.ended)
    root.end(outputs=_clean(span.outputs), end_time_ns=span.ended)


def _clean(value: Any) -> Any:
    """As JSON, without the keys that are in the environment."""
    return json.loads(redacted(json.dumps(value, default=str)))
