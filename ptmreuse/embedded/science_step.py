"""Stage 5 for the embedded LM: one item per model, one class per step."""

import re
from typing import get_args

from pydantic import TypeAdapter

from program import catalogue
from program.cues import cues
from ptmreuse.embedded import own_use, purposes
from ptmreuse.embedded.items import Features, Item, count, share_of_cues
from ptmreuse.embedded.learner import Array
from ptmreuse.embedded.models import Asked, asked, close_features, kind_features
from ptmreuse.embedded.prompt import Fields, list_of
from ptmreuse.embedded.quoting import best_quote
from ptmreuse.embedded.reading import Reading, read_inputs
from signatures.labels import ModelStep, Step

CLASSES: tuple[str, ...] = get_args(Step)
_STEPS = TypeAdapter(list[ModelStep])
_PURPOSES = ("mechanism", "structure", "images", "behaviour", "survey", "experiment", "simulation", "literature")
_PAPER_CUES = ("deep", "training", "baseline", *_PURPOSES)
_DEEP = frozenset(("deep", "neural", "pretrained", "training"))
_AI = re.compile(r"\bAI\b|artificial intelligence|machine learning")
_SMALL_TYPE = frozenset(("caption", "table"))


def items(inputs: Fields) -> list[Item]:
    """Every model that is asked about, with what its sentences and the paper say of its purpose."""
    reading = read_inputs(inputs)
    paper = _paper(inputs, reading)
    return [Item(model.name, _features(model, reading) | paper, model.lines) for model in asked(inputs, reading)]


def _paper(inputs: Fields, reading: Reading) -> Features:
    title = inputs.get("title", "")
    told = {f"title_{cue}": 1.0 for cue in cues(title)}
    told["title_about_deep"] = float(bool(catalogue.find(title)) or not cues(title).isdisjoint(own_use.SUBJECT))
    for cue in _PAPER_CUES:
        told[f"paper_{cue}"] = count(sum(cue in line.cues for line in reading.lines)) / 2
    return told | purposes.told(title, "title_on_") | _abstract(reading)


def _abstract(reading: Reading) -> Features:
    """What the abstract says of the study; a model that it does not speak of is hardly what the study is about."""
    text = " ".join(line.text for line in reading.lines if line.kind == "abstract")
    found, named = cues(text), bool(catalogue.find(text))
    told = dict.fromkeys((f"abstract_{cue}" for cue in found), 0.5) | purposes.counted(text, "abstract_on_")
    silent = not named and found.isdisjoint(_DEEP) and not _AI.search(text)
    return told | {"abstract_names": float(named), "abstract_silent": float(silent)}


def _features(model: Asked, reading: Reading) -> Features:
    lines = [line for line, _, _ in model.lines]
    told: Features = {"bias": 1.0, "often": count(len(lines))}
    told |= kind_features(model.entry) | share_of_cues(lines, "said_") | share_of_cues(model.near, "near_")
    told |= close_features(model.lines)
    for kind in ("methods", "results", "discussion", "caption", "abstract"):
        told[f"in_{kind}"] = float(any(line.kind == kind for line in lines))
    told |= purposes.told(" ".join(line.text for line in lines), "said_on_")
    told["only_small_type"] = float(bool(lines) and {line.kind for line in lines} <= _SMALL_TYPE)
    told["unnamed"] = float(not lines)
    told["share"] = len(lines) / max(1, len(reading.lines))
    return told


def truths(found: list[Item], outputs: Fields) -> list[list[float]]:
    """The step that the demo gives for the model."""
    given = {told.model: told.step for told in list_of(_STEPS, outputs, "steps")}
    return [[float(given.get(item.name) == step) for step in CLASSES] for item in found]


def reply(inputs: Fields, found: list[Item], chances: Array) -> dict[str, object]:
    """The output fields: the likeliest step of each model."""
    reading = read_inputs(inputs)
    given = []
    for item, row in zip(found, chances, strict=True):
        k = int(row.argmax())
        evidence = best_quote("science_step", k, item, reading)
        given.append({"model": item.name, "step": CLASSES[k], "evidence": evidence})
    return {"steps": given}
