"""`ptmreuse register`, as a user runs it, and what it takes from the compiled program."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from program.answers import STAGES
from ptmreuse.compiled import path_of
from ptmreuse.errors import UsageError
from ptmreuse.registering.register_command import compiled_with, show
from ptmreuse.registering.registry import Registered


def test_it_registers(ptmreuse: list[str], python: dict[str, str], tmp_path: Path) -> None:
    env = python | {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
    command = [*ptmreuse, "register", str(path_of("embedded"))]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300, check=False)
    assert done.stdout.splitlines() == [
        f"Registered: ptm-reuse version 1 in sqlite:///{tmp_path}/mlflow.db",
        "champion: version 1",
        "Use it: models:/ptm-reuse@champion",
    ]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [(["nothing.json"], "nothing.json: can't be read as JSON"), (["x.pkl"], "compiled programs are .json files")],
)
def test_what_it_refuses(ptmreuse: list[str], python: dict[str, str], words: list[str], told: str) -> None:
    command = [*ptmreuse, "register", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=python, timeout=60, check=False)
    assert (done.returncode, told in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["embedded@dfae31ba4ab1"] * 5, "embedded"),
        (['openai/gpt-5-mini {"temperature": 0}', "openai/gpt-5-mini"], "openai/gpt-5-mini"),
        (["ollama_chat/gpt-oss:20b"], "ollama_chat/gpt-oss:20b"),
        (["embedded@1", "openai/m"], UsageError("was compiled with embedded, openai/m; give --lm")),
        ([], UsageError("does not say with which LM it was compiled; give --lm")),
    ],
)
def test_the_lm_of_a_compiled_program(tmp_path: Path, told: list[str], expected: Any) -> None:
    metadata = {stage: {"lm": lm} for stage, lm in zip(STAGES, told, strict=False)}
    (path := tmp_path / "c.json").write_text(json.dumps({"metadata": {"dependency_versions": {}} | metadata}))
    if isinstance(expected, UsageError):
        with pytest.raises(UsageError, match=str(expected)):
            compiled_with(path)
    else:
        assert compiled_with(path) == expected


@pytest.mark.parametrize(
    ("registered", "lines"),
    [
        (Registered("m", "3", "3", "2"), ["champion: version 3, version 2 before"]),
        (
            Registered("m", "3", "2", "2", ("names_ptms: 0.7000 on val, the champion 0.8000",)),
            ["champion stays version 2; --force moves it", "  names_ptms: 0.7000 on val, the champion 0.8000"],
        ),
    ],
)
def test_what_is_shown(capsys: pytest.CaptureFixture[str], registered: Registered, lines: list[str]) -> None:
    show(registered, Console(highlight=False))
    assert capsys.readouterr().out.splitlines()[1:-1] == lines
