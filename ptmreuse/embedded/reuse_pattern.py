"""Stage 4 for the embedded LM: one item per model, one class per pattern."""

from typing import get_args

from pydantic import TypeAdapter

from ptmreuse.embedded.handling import handled
from ptmreuse.embedded.items import Features, Item, count, share_of_cues
from ptmreuse.embedded.learner import Array
from ptmreuse.embedded.models import Asked, asked, close_features, kind_features
from ptmreuse.embedded.prompt import Fields, list_of
from ptmreuse.embedded.quoting import best_quote
from ptmreuse.embedded.reading import Reading, read_inputs
from signatures.labels import ModelPattern, Pattern

CLASSES: tuple[str, ...] = get_args(Pattern)
_PATTERNS = TypeAdapter(list[ModelPattern])
_BEFORE, _AFTER = 60, 100  # characters around a mention
_PAPER_CUES = ("pretrained", "finetune", "features", "scratch", "training", "train", "own_design", "baseline")


def items(inputs: Fields) -> list[Item]:
    """Every model that is asked about, with what its sentences say of weights and training."""
    reading = read_inputs(inputs)
    return [Item(model.name, _features(model, reading), model.lines) for model in asked(inputs, reading)]


def _features(model: Asked, reading: Reading) -> Features:
    lines = [line for line, _, _ in model.lines]
    told: Features = {"bias": 1.0, "often": count(len(lines))}
    told |= kind_features(model.entry) | share_of_cues(lines, "said_") | share_of_cues(model.near, "near_")
    told |= close_features(model.lines)
    for cue in _PAPER_CUES:
        told[f"paper_{cue}"] = count(sum(cue in line.cues for line in reading.lines))
    told |= handled(" ".join(line.text for line in lines), "said_to_be_") | _near(model)
    told["never_trained"] = float(not any(line.has("train", "finetune", "pretrained") for line in lines))
    return told


def _near(model: Asked) -> Features:
    """How the model was handled by the words next to its name, and by the sentences around."""
    told = handled(" ".join(line.text for line in model.near), "near_to_be_")
    for line, start, end in model.lines:
        told |= handled(line.text[max(0, start - _BEFORE) : end + _AFTER], "close_to_be_")
    return told


def truths(found: list[Item], outputs: Fields) -> list[list[float]]:
    """A pattern holds when the demo gives it for the model."""
    given = {(told.model, told.pattern) for told in list_of(_PATTERNS, outputs, "patterns")}
    return [[float((item.name, pattern) in given) for pattern in CLASSES] for item in found]


def reply(inputs: Fields, found: list[Item], chances: Array) -> dict[str, object]:
    """The output fields: the likeliest pattern of each model, and another one that is likely by itself."""
    reading = read_inputs(inputs)
    given = []
    for item, row in zip(found, chances, strict=True):
        for k, pattern in enumerate(CLASSES):
            if row[k] == row.max() or row[k] >= 0.6:
                evidence = best_quote("reuse_pattern", k, item, reading)
                given.append({"model": item.name, "pattern": pattern, "evidence": evidence})
    return {"patterns": given}
