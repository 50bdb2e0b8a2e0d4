"""Compiled programs: JSON state, never anything pickled."""

import json
from pathlib import Path
from typing import Any

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.errors import UsageError

_LOADED = ("signature", "demos", "fields")  # of a predictor's state; DSPy would set any other name as an attribute


def load_compiled(pipeline: Pipeline, path: Path) -> None:
    """Load a compiled state into the program: its instructions and demos, never an LM.

    Raises UsageError when the file is missing, is not JSON, or is not the state of these five stages; the program is
    then as it was.
    """
    state = _state(path)
    trial = Pipeline()
    try:
        trial.load_state(state)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: not a state of this program ({error}); compile it again with optimize.py") from error
    pipeline.load_state(state)


def _state(path: Path) -> dict[str, dict[str, Any]]:
    if path.suffix != ".json":
        raise UsageError(f"{path}: compiled programs are .json files; give one that optimize.py wrote")
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: can't be read as JSON ({error}); give a file that optimize.py wrote") from error
    missing = [stage for stage in STAGES if not isinstance(state, dict) or f"{stage}.predict" not in state]
    if missing:
        raise UsageError(f"{path}: has no state for {', '.join(missing)}; give a file that optimize.py wrote")
    return {f"{stage}.predict": _loaded(state[f"{stage}.predict"], stage, path) for stage in STAGES}


def _loaded(state: Any, stage: str, path: Path) -> dict[str, Any]:
    demos = state.get("demos") if isinstance(state, dict) else None
    if not isinstance(demos, list) or not all(isinstance(demo, dict) for demo in demos):
        raise UsageError(f"{path}: the demos of {stage} are no list of objects; compile it again with optimize.py")
    return {name: state[name] for name in _LOADED if name in state} | {"lm": None}
