"""Whether a compiled program may take the champion's place: no stage worse on val, on the same labelled papers."""

from pathlib import Path
from typing import Any

from program.answers import STAGES
from ptmreuse.compiled import compiled_metadata

_SAME = 1e-9  # accuracies that differ by less came from the same answers


def told_of(compiled: Path) -> dict[str, dict[str, Any]]:
    """What is said of each stage: `val_accuracy` and `val_f1` (0 to 1), `trainset`, `lm`; None where nothing is."""
    metadata = compiled_metadata(compiled)
    return {stage: _told(metadata.get(stage)) for stage in STAGES}


def objections(new: Path, champion: Path) -> list[str]:
    """Why a program should not take a champion's place, one line per stage; empty when nothing speaks against it."""
    theirs = told_of(champion)
    found = ((stage, _objection(told, theirs[stage])) for stage, told in told_of(new).items())
    return [f"{stage}: {why}" for stage, why in found if why]


def _told(metadata: Any) -> dict[str, Any]:
    told = metadata if isinstance(metadata, dict) else {}
    after = told.get("after")
    scores = after if isinstance(after, dict) else {}
    numbers = {f"val_{name}": scores.get(name) for name in ("accuracy", "f1")}
    known = {name: value if isinstance(value, float | int) else None for name, value in numbers.items()}
    texts = {name: told.get(name) for name in ("trainset", "lm")}
    return known | {name: value if isinstance(value, str) and value else None for name, value in texts.items()}


def _objection(new: dict[str, Any], champion: dict[str, Any]) -> str:
    ours, theirs = new["val_accuracy"], champion["val_accuracy"]
    if ours is None or theirs is None:
        return f"the {'new version' if ours is None else 'champion'} has no score on val"
    if new["trainset"] != champion["trainset"]:
        return f"scored on other papers ({new['trainset']}) than the champion ({champion['trainset']})"
    return f"{ours:.4f} on val, the champion {theirs:.4f}" if ours < theirs - _SAME else ""
