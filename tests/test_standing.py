"""When a program may take a champion's place."""

import json
from pathlib import Path
from typing import Any

import pytest

from program.answers import STAGES
from ptmreuse.compiled import path_of
from ptmreuse.registering.standing import objections, told_of

CHAMPION = {"after": {"accuracy": 0.8, "f1": 0.7}, "trainset": "aaaa", "lm": "embedded@1"}


def compiled(folder: Path, name: str, **changed: Any) -> Path:
    """A compiled program with such metadata, in which stages may differ."""
    state = json.loads(path_of("embedded").read_text())
    state["metadata"] = dict.fromkeys(STAGES, CHAMPION) | changed
    (path := folder / f"{name}.json").write_text(json.dumps(state))
    return path


def scored(accuracy: float, trainset: str = "aaaa") -> dict[str, Any]:
    return CHAMPION | {"after": {"accuracy": accuracy}, "trainset": trainset}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({}, []),
        ({"names_ptms": scored(0.9)}, []),
        ({"names_ptms": scored(0.8 - 1e-12)}, []),
        ({"names_ptms": scored(0.79)}, ["names_ptms: 0.7900 on val, the champion 0.8000"]),
        (
            {"uses_deep_learning": scored(0.1), "science_step": scored(0.2), "names_ptms": scored(0.99)},
            [
                "uses_deep_learning: 0.1000 on val, the champion 0.8000",
                "science_step: 0.2000 on val, the champion 0.8000",
            ],
        ),
        ({"reuses_ptm": {"after": "lost"}}, ["reuses_ptm: the new version has no score on val"]),
        ({"reuses_ptm": None}, ["reuses_ptm: the new version has no score on val"]),
        (
            {"reuses_ptm": scored(0.9, "bbbb")},
            ["reuses_ptm: scored on other papers (bbbb) than the champion (aaaa)"],
        ),
    ],
)
def test_objections(tmp_path: Path, new: dict[str, Any], expected: list[str]) -> None:
    assert objections(compiled(tmp_path, "new", **new), compiled(tmp_path, "champion")) == expected


def test_a_champion_without_scores(tmp_path: Path) -> None:
    champion = compiled(tmp_path, "champion", **dict.fromkeys(STAGES))
    assert objections(compiled(tmp_path, "new"), champion) == [
        f"{stage}: the champion has no score on val" for stage in STAGES
    ]


def test_what_is_told(tmp_path: Path) -> None:
    told = told_of(compiled(tmp_path, "new", reuses_ptm={"after": {"accuracy": 1, "f1": "x"}, "lm": 7}))
    assert told["names_ptms"] == {"val_accuracy": 0.8, "val_f1": 0.7, "trainset": "aaaa", "lm": "embedded@1"}
    assert told["reuses_ptm"] == {"val_accuracy": 1, "val_f1": None, "trainset": None, "lm": None}
