"""Versions of a compiled program in MLflow's registry, and the alias `champion`, which says which of them to use."""

import atexit
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse import tracking
from ptmreuse.compiled import load_compiled
from ptmreuse.errors import PtmReuseError, SystemicError, UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.outbox import connected, redacted, shown, tracking_uri
from ptmreuse.registering.bundle import COMPILED_PATH, bundle, metadata_of
from ptmreuse.registering.standing import objections

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION = "champion"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
_URI = re.compile(r"models:/[A-Za-z0-9][A-Za-z0-9 ._-]*(?:@[A-Za-z0-9_-]+|/[0-9]+)")


@dataclass(frozen=True)
class Registered:
    """A new version. `champion` is the version that has the alias now, `before` that which had it; `why` it stayed."""

    name: str
    version: str
    champion: str
    before: str = ""
    why: tuple[str, ...] = ()


def register(compiled: Path, name: str, lm: LMChoice, *, force: bool = False) -> Registered:
    """Register a compiled program, to be asked by this LM, and make it the champion if that is no step back.

    Raises UsageError for a name or file that can't be used, SystemicError when MLflow fails.
    """
    refuse(name, lm)
    load_compiled(Pipeline(), compiled)
    with _mlflow() as client, tempfile.TemporaryDirectory() as beside:
        folder = Path(beside) / "model"
        bundle(folder, compiled, lm)
        version = _version(client, folder, name, metadata_of(folder / COMPILED_PATH, lm))
        before = _champion(client, name)
        why = objections(compiled, compiled_of(f"models:/{name}/{before}")) if before and not force else []
        if not why:
            client.set_registered_model_alias(name, CHAMPION, version)
        return Registered(name, version, before if why else version, before, tuple(why))


def refuse(name: str, lm: LMChoice) -> None:
    """Raises UsageError for a name that can't be a model's, and for an LM whose address would give something away."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"--name {name}: letters, digits, spaces, dots, hyphens and underscores only, at most 100")
    if "@" in lm.api_base or "?" in lm.api_base:
        advice = "leave them out, keys come from the environment"
        raise UsageError(f"--api-base: the model would keep its name, password or query; {advice}")


def compiled_of(uri: str) -> Path:
    """The compiled program of `models:/NAME@ALIAS` or `models:/NAME/VERSION`, there until this process ends.

    Only that JSON file is fetched; nothing of the model is run. Raises UsageError for a model that is not there or is
    none of ours, SystemicError when MLflow fails.
    """
    if not _URI.fullmatch(uri):
        raise UsageError(f"{uri}: not a model; give models:/NAME@champion, or models:/NAME/VERSION")
    folder = tempfile.mkdtemp(prefix="ptmreuse-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _mlflow(uri):
        from mlflow.artifacts import download_artifacts

        where = tracking_uri()
        found = download_artifacts(
            artifact_uri=f"{uri}/{COMPILED_PATH}", dst_path=folder, tracking_uri=where, registry_uri=where
        )
    load_compiled(Pipeline(), Path(found))
    return Path(found)


def _version(client: "MlflowClient", folder: Path, name: str, metadata: dict[str, Any]) -> str:
    tags = _tags(metadata)
    model = client.create_logged_model(tracking.experiment(client), name.replace(".", "_"), tags=tags)
    client.log_model_artifacts(model.model_id, str(folder))
    client.finalize_logged_model(model.model_id, "READY")
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    made = client.create_model_version(name, f"models:/{model.model_id}", tags=tags, model_id=model.model_id)
    return str(made.version)


def _tags(metadata: dict[str, Any]) -> dict[str, str]:
    """A model's metadata as tags, which the user interface lists: `<stage>/val_accuracy` is named as in the runs."""
    told = {name: str(value) for name, value in metadata.items() if name != "stages"}
    stages = metadata["stages"]
    scores = {f"{s}/val_accuracy": stages[s]["val_accuracy"] for s in STAGES if stages[s]["val_accuracy"] is not None}
    digests = " ".join(sorted({each["trainset"] for each in stages.values() if each["trainset"]}))
    return told | {name: f"{value:.4f}" for name, value in scores.items()} | {"dataset_digest": digests}


def _champion(client: "MlflowClient", name: str) -> str:
    """The version that has the alias; "" when none has it."""
    return str(client.get_registered_model(name).aliases.get(CHAMPION, ""))


@contextmanager
def _mlflow(uri: str = "") -> Iterator["MlflowClient"]:
    """MLflow's client; its faults come out as ours. `uri` is the model that is looked for, if one is."""
    where = tracking_uri()
    try:
        yield connected(where)
    except PtmReuseError:
        raise
    except Exception as error:  # whatever server, database, storage and their clients raise
        said = shown(" ".join(str(error).split()))[:300]
        if uri and getattr(error, "error_code", "") in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise UsageError(
                f"{redacted(uri)}: not in MLflow at {shown(where)} ({said}); register one first"
            ) from error
        raise SystemicError(f"MLflow at {shown(where)} fails ({said}); look at MLFLOW_TRACKING_URI") from error
