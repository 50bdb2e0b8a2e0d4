"""Small labelled papers in four kinds, each with words of its own, so that no two share a run of words."""

import json
import random
from pathlib import Path
from typing import Any

import dspy

from ptmreuse.examples import stage_examples
from ptmreuse.labelled import LabelledPaper
from ptmreuse.labelled import trainset as labelled
from ptmreuse.lm import LMChoice
from ptmreuse.tasks import Task

KINDS = ("tuned", "predicted", "own", "field")


def row(number: int, split: str = "train") -> dict[str, Any]:
    """A row of a trainset; its kind is the number's remainder by four."""
    kind = KINDS[number % 4]
    words = _words(number, 60)
    plant, place = words[0], words[1]
    telling = {
        "tuned": f"We fine-tuned ResNet-50 on {plant} images, pre-trained on ImageNet, in {place}.",
        "predicted": f"The structure of {plant} was predicted with AlphaFold 2 to choose {place} mutants.",
        "own": f"We designed a deep network of {plant} layers and trained {place} from scratch.",
        "field": f"We sowed {plant} on eight plots and counted {place} by hand each week.",
    }[kind]
    deep, reuse = kind != "field", kind in ("tuned", "predicted")
    name, pattern, step = {"tuned": ("ResNet-50", "adaptation", "test")}.get(
        kind, ("AlphaFold 2", "deployment", "hypothesis")
    )
    model: dict[str, Any] = {"name": name, "mention": name, "quote": telling, "step": step, "step_quote": telling}
    model["patterns"] = [{"pattern": pattern, "quote": telling}]
    texts = (telling, " ".join(words[2:30]), " ".join(words[30:]))
    return {
        "id": f"p{number:03}",
        "split": split,
        "title": f"Study of {plant}",
        "year": 2022,
        "passages": [{"kind": "methods", "section": "Methods", "text": text} for text in texts],
        "uses_deep_learning": {"answer": deep, "quote": telling if deep else ""},
        "reuses_ptm": {"answer": reuse, "quote": telling if reuse else ""},
        "models": [model] if reuse else [],
    }


def _words(seed: int, number: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - words, not secrets
    syllables = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "ve", "zi")
    return ["".join(chance.choices(syllables, k=4)) for _ in range(number)]


def trainset(path: Path, train: int = 16, val: int = 8, test: int = 8) -> Path:
    """A trainset file with so many papers in each split."""
    splits = [*["train"] * train, *["val"] * val, *["test"] * test]
    path.write_text("".join(f"{json.dumps(row(n, split))}\n" for n, split in enumerate(splits)))
    return path


def papers(folder: Path, split: str = "train", **sizes: int) -> list[LabelledPaper]:
    """The labelled papers of one split of such a file."""
    return labelled(trainset(folder / "papers.jsonl", **sizes), split)


def task(folder: Path, stage: str = "uses_deep_learning", lm: dspy.LM | None = None, **options: int) -> Task:
    """A small task for a stage; without an LM the embedded one."""
    train, val = (stage_examples(stage, papers(folder, split)) for split in ("train", "val"))
    small = {"demos": 4, "trials": 3, **options}
    return Task(stage, train, val, lm or LMChoice().build(), **small)
