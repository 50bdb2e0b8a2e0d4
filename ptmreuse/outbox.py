"""What waits to be written to MLflow: sent in order, kept while the server is away, never a reason to stop.

An optimization or an evaluation costs more than its record. So a fault of the tracking server is one warning, what
could not be written waits, and the server is tried again now and then and at the end. What a server refuses is dropped.
No key that is in the environment gets through.
"""

import logging
import os
import re
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mlflow import MlflowClient

ARTIFACTS = "mlartifacts"  # folder of the artifacts when there is a database and no server
_LOCAL = "mlflow.db"
_PAUSE = 20.0  # seconds until a server that failed is tried again; doubled with each failure
_FAULTS = 2  # in a row, after which the rest is given up at the end
_SECRET_NAME = re.compile(r"(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)", re.IGNORECASE)
_SHORTEST = 8  # characters of a secret; shorter values (EMPTY, none, x) are placeholders, and words of any text
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_DISABLE_AGENT_HINT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # MLflow's own seven, with two minutes each, would hold up the compile
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}

Sending = Callable[["MlflowClient"], object]


class Outbox:
    """Sends what is put into it. `uri` is that of a tracking server or database; `warn` is told of faults.

    `work` is the word for what goes on without its record.
    """

    def __init__(self, uri: str, warn: Callable[[str], None], work: str = "optimization") -> None:
        self.uri = uri
        self._work = work
        self._warn = warn
        self._waiting: deque[Sending] = deque()
        self._lock = threading.Lock()
        self._client: MlflowClient | None = None
        self._told = False
        self._failures = self._lost = 0
        self._again = 0.0  # when a server that failed is tried again

    def put(self, sending: Sending) -> None:
        """Send this after all that waits."""
        with self._lock:
            self._waiting.append(sending)
            while self._waiting and time.monotonic() >= self._again:
                self._send_first()

    def close(self) -> None:
        """Try what still waits, and say how much is not written."""
        with self._lock:
            self._failures = 0
            while self._waiting and self._failures < _FAULTS:
                if not self._send_first():
                    self._waiting.rotate(-1)
            self._lost += len(self._waiting)
            self._waiting.clear()
            if self._lost:
                self._warn(f"MLflow: {self._lost} records of this {self._work} are not in {shown(self.uri)}")

    def _send_first(self) -> bool:
        try:
            with warnings.catch_warnings(action="ignore"):  # deprecations inside MLflow are no news for a user
                self._waiting[0](self._connected())
        except Exception as error:  # noqa: BLE001  whatever server, database, storage and their clients raise
            if keeps := _passes(error):
                self._failures += 1
                self._again = time.monotonic() + _PAUSE * 2 ** (self._failures - 1)
            else:
                self._waiting.popleft()
                self._lost += 1
            self._tell(error, "it is tried again later" if keeps else "look at MLFLOW_TRACKING_URI")
            return False
        self._waiting.popleft()
        self._failures = 0
        return True

    def _tell(self, error: Exception, then: str) -> None:
        if not self._told:
            said = shown(" ".join(str(error).split()))[:300]
            self._warn(f"MLflow at {shown(self.uri)} fails ({said}); the {self._work} goes on, {then}")
        self._told = True

    def _connected(self) -> "MlflowClient":
        if self._client is None:
            self._client = connected(self.uri)
        return self._client


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, or the database `mlflow.db` in the current folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path.cwd() / _LOCAL}"


def artifact_root(uri: str) -> str | None:
    """Where the artifacts of an experiment lie: in `mlartifacts` for a database, else where the server wants them."""
    scheme = urlsplit(uri).scheme.partition("+")[0]
    databases = ("sqlite", "postgresql", "mysql", "mssql")
    return (Path.cwd() / ARTIFACTS).as_uri() if scheme in databases else None


def shown(text: str) -> str:
    """A text such as a tracking URI without names and passwords."""
    return redacted(re.sub(r"(?<=//)[^/@\s]*@", "", text))


def redacted(value: Any) -> str:
    """A text without the keys, tokens and passwords that are in the environment."""
    text = str(value)
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, "[removed]")
    return text


def _secrets() -> set[str]:
    return {value for name, value in os.environ.items() if len(value) >= _SHORTEST and _SECRET_NAME.search(name)}


def connected(uri: str) -> "MlflowClient":
    """MLflow's client for a server or database, without telemetry and long waits."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every table of a new database
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    return mlflow.MlflowClient(uri, registry_uri=uri)


def _passes(error: Exception) -> bool:
    """Whether a fault may pass by itself: no connection, a full disk, a server's own fault; not a refusal."""
    from mlflow.exceptions import MlflowException

    if isinstance(error, MlflowException):
        status: int = error.get_http_status_code()  # type: ignore[no-untyped-call]
    else:
        status = getattr(getattr(error, "response", None), "status_code", 500 if isinstance(error, OSError) else 400)
    return status >= 500 or status in (408, 429)
