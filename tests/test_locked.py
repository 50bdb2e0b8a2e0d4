"""The part of a lock that a program needs to run: by hand on a small lock, and on our own."""

import subprocess
import sys
from pathlib import Path

import pytest

from ptmreuse.registering import locked as module
from ptmreuse.registering.locked import locked, pins

ROOT = Path(__file__).parent.parent

PROJECT = """
[build-system]
requires = ["builder>=1"]
[project]
dependencies = ["Alpha>=1", "under_score[more]>=2,<3"]
[project.optional-dependencies]
serve = ["served>=1"]
dev = ["tester>=1"]
"""
LOCK = """\
# written by a machine
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via
    #   ours (pyproject.toml)
    #   tester
builder==8 \\
    --hash=sha256:88
    # via ours (pyproject.toml)
deep==3 ; python_full_version < '3.12' \\
    --hash=sha256:dd
    # via shared
deep==4 ; python_full_version >= '3.12' \\
    --hash=sha256:de
    # via shared
only-tests==5 \\
    --hash=sha256:55
    # via tester
served==6 \\
    --hash=sha256:66
    # via ours (pyproject.toml)
shared==2 \\
    --hash=sha256:22
    # via
    #   alpha
    #   under-score
tester==7 \\
    --hash=sha256:77
    # via ours (pyproject.toml)
under-score==2.1 \\
    --hash=sha256:21
    # via ours (pyproject.toml)
"""
RUN = ["alpha==1.0", "deep==3 ; python_full_version < '3.12'", "deep==4 ; python_full_version >= '3.12'"]


@pytest.mark.parametrize(
    ("extras", "expected"),
    [
        ((), [*RUN, "shared==2", "under-score==2.1"]),
        (("build-system",), [RUN[0], "builder==8", *RUN[1:], "shared==2", "under-score==2.1"]),
        (("serve",), [*RUN, "served==6", "shared==2", "under-score==2.1"]),
    ],
)
def test_what_is_needed_and_what_that_needs(tmp_path: Path, extras: tuple[str, ...], expected: list[str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "lock").write_text(LOCK)
    blocks = locked(tmp_path / "pyproject.toml", tmp_path / "lock", extras)
    assert pins(blocks) == expected
    assert blocks[0] == "alpha==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab"


def test_a_lock_that_is_older_than_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT.replace('"served>=1"', '"served>=1", "newer>=2"'))
    (tmp_path / "lock").write_text(LOCK)
    command = [sys.executable, str(module.__file__), tmp_path / "pyproject.toml", tmp_path / "lock", "serve"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'lock'}: no pin for newer; write it anew with `make lock`\n"


def test_our_own_lock_as_an_image_takes_it() -> None:
    command = [sys.executable, "-I", "-S", str(module.__file__), ROOT / "pyproject.toml", ROOT / "requirements.lock"]
    written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {line.partition("==")[0] for line in written.splitlines() if line[:1].isalnum()}
    assert {"dspy", "mlflow", "lxml", "pypdfium2", "litellm", "aiohttp"} <= names
    assert not {"pytest", "mypy", "ruff", "hypothesis", "statsmodels"} & names
    assert "--hash=sha256:" in written
