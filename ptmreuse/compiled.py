"""Compiled programs: JSON state, never anything pickled."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dspy.utils.saving import get_dependency_versions

import program
from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.errors import SystemicError, UsageError

METADATA = "metadata"  # beside the stages' states: where they come from; not loaded
_LOADED = ("signature", "demos", "fields")  # of a predictor's state; DSPy would set any other name as an attribute


def path_of(lm: str) -> Path:
    """Where the compiled program of an LM is kept, by the LM's name."""
    return Path(program.__file__).parent / "compiled" / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', lm)}.json"


def chosen(lm: str, given: Path | None, *, zero_shot: bool) -> Path | None:
    """The compiled program to use: the one that was given, else that of the LM, if there is one; None is zero-shot.

    Raises UsageError when both are asked for, and when the file that was given is none.
    """
    if zero_shot and given:
        raise UsageError(f"--zero-shot --compiled {given}: give one of them")
    if given:
        compiled_states(given)
    return None if zero_shot else given or (path_of(lm) if path_of(lm).is_file() else None)


def load_compiled(pipeline: Pipeline, path: Path) -> None:
    """Load a compiled state into the program: its instructions and demos, never an LM.

    Raises UsageError when the file is missing, is not JSON, or is not the state of these five stages; the program is
    then as it was.
    """
    state = {f"{stage}.predict": each for stage, each in compiled_states(path).items()}
    trial = Pipeline()
    try:
        trial.load_state(state)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: not a state of this program ({error}); compile it again with optimize.py") from error
    pipeline.load_state(state)


def compiled_states(path: Path) -> dict[str, dict[str, Any]]:
    """What is loaded of each stage. Raises UsageError as `load_compiled` does."""
    state = _content(path)
    missing = [stage for stage in STAGES if f"{stage}.predict" not in state]
    if missing:
        raise UsageError(f"{path}: has no state for {', '.join(missing)}; give a file that optimize.py wrote")
    return {stage: _loaded(state[f"{stage}.predict"], stage, path) for stage in STAGES}


def compiled_metadata(path: Path) -> dict[str, Any]:
    """Where the states of a compiled program come from, by stage; empty where the file does not say."""
    found = _content(path).get(METADATA)
    return found if isinstance(found, dict) else {}


def write_compiled(path: Path, states: Mapping[str, Mapping[str, Any]], told: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the states of the five stages with what is told of each, whole or not at all.

    Raises SystemicError when the file can't be written.
    """
    content: dict[str, Any] = {f"{stage}.predict": states[stage] for stage in STAGES}
    content[METADATA] = {"dependency_versions": get_dependency_versions(), **told}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(f"{text}\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SystemicError(f"{path}: can't be written ({error.strerror}); give another --out") from error


def _content(path: Path) -> dict[str, Any]:
    if path.suffix != ".json":
        raise UsageError(f"{path}: compiled programs are .json files; give one that optimize.py wrote")
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: can't be read as JSON ({error}); give a file that optimize.py wrote") from error
    return state if isinstance(state, dict) else {}


def _loaded(state: Any, stage: str, path: Path) -> dict[str, Any]:
    demos = state.get("demos") if isinstance(state, dict) else None
    if not isinstance(demos, list) or not all(isinstance(demo, dict) for demo in demos):
        raise UsageError(f"{path}: the demos of {stage} are no list of objects; compile it again with optimize.py")
    return {name: state[name] for name in _LOADED if name in state} | {"lm": None}
