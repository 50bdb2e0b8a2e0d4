"""The cluster that a run uses: one that is there, or one on this machine for the time of the run."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import program
import ptmreuse
import signatures
from ptmreuse.errors import SystemicError, UsageError

_STORE = 256 * 2**20  # bytes of memory for what travels between processes of this machine; what is more goes to disk
_BLOCK = 2**20  # bytes of papers that are handed out together at most

# Of a CPU, what an actor and a reader ask for. There is one of each per CPU at most; that they ask for less leaves room
# for those of a node that is lost, which would else wait for it to come back.
ACTOR, READER = 0.4, 0.1

# No word to anyone, no warnings about what does not matter here.
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
}
_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # Ray's word for listening on the loopback address only


@contextmanager
def cluster(address: str, jobs: int, log: Path) -> Iterator[Any]:
    """Ray, connected; without an address with so many CPUs of this machine, heard of by no other.

    What it says is written to `log`. Raises UsageError when Ray is not installed, SystemicError when there is no
    cluster at the address.
    """
    for name, value in (_ENVIRONMENT if address else _ENVIRONMENT | _ALONE).items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UsageError(f"--engine ray: {error}; run: pip install 'ptm-reuse[ray]'") from error
    told: dict[str, Any] = {"runtime_env": _runtime(), "log_to_driver": False, "logging_level": logging.ERROR}
    if not address:
        told |= {"num_cpus": jobs, "object_store_memory": _STORE, "include_dashboard": False}
    with _aside(log):
        _connect(ray, address, told)
        try:
            _settle(ray)
            yield ray
        finally:
            ray.shutdown()


def _connect(ray: Any, address: str, told: dict[str, Any]) -> None:
    try:
        ray.init(address=address or "local", **told)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        where = f"--address {address}" if address else "--engine ray"
        first = (str(error).strip().splitlines() or [""])[0]
        raise SystemicError(f"{where}: no cluster there ({first}); start one, see docs/cluster.md") from error


@contextmanager
def _aside(log: Path) -> Iterator[None]:
    """Write to a file what goes to the standard error: Ray's native part can't be told to be silent."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _runtime() -> dict[str, Any]:
    """Our own packages, with their data, go with the run; all others must be installed on every node."""
    folders = [str(Path(str(package.__file__)).parent) for package in (signatures, program, ptmreuse)]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {"py_modules": folders, "env_vars": {**threads, "LITELLM_LOCAL_MODEL_COST_MAP": "true"}}


def _settle(ray: Any) -> None:
    """How Ray Data works for us: quietly, in small blocks, and in order where papers are read."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.target_max_block_size = _BLOCK
    context.execution_options.preserve_order = True
    for name in ("ray.data", "ray"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def cpus(ray: Any) -> int:
    """How many CPUs it has."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def actors(ray: Any, *, computes: bool, calls: int | None, each: int) -> int:
    """How many actors answer: one per CPU to compute; to call one per node, and more for more than `each` at once."""
    if computes:
        return cpus(ray)
    nodes = sum(1 for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU"))
    return max(1, min(cpus(ray), max(nodes, -(-(calls or 0) // each))))
