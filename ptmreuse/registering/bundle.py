"""The folder of an MLflow model: our three packages, the compiled JSON, the pins of the lock, and nothing pickled."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import program
import ptmreuse
import signatures
from ptmreuse.compiled import compiled_states
from ptmreuse.digests import program_digest
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.outbox import redacted
from ptmreuse.registering.locked import locked, pins
from ptmreuse.registering.standing import told_of
from ptmreuse.specimen import SPECIMEN
from ptmreuse.tracking import git_commit

COMPILED_PATH = "artifacts/compiled.json"  # in the model's folder

_ROOT = Path(ptmreuse.__file__).parent.parent
_PACKAGES = (signatures, program, ptmreuse)
_JUNK = shutil.ignore_patterns("__pycache__", ".*")


def bundle(folder: Path, compiled: Path, lm: LMChoice) -> None:
    """Write the model's folder, which must not be there yet.

    Raises UsageError for a file that is no compiled program and outside a checkout, SystemicError when a key that is
    in the environment has found its way into a file.
    """
    compiled_states(compiled)
    requirements = _requirements()
    with tempfile.TemporaryDirectory() as beside, warnings.catch_warnings(action="ignore"):
        own = Path(beside) / "compiled.json"
        own.write_text(redacted(compiled.read_text(encoding="utf-8")), encoding="utf-8")
        _save(folder, own, lm, _copied(Path(beside)), requirements)
    _refuse_keys(folder)


def metadata_of(compiled: Path, lm: LMChoice) -> dict[str, Any]:
    """What a model says of itself: LM, digests, commit, and per stage the scores on val and the trainset."""
    own = {"lm": lm.identity, "program": program_digest(compiled), "git_commit": git_commit()}
    return {name: redacted(value) for name, value in own.items()} | {"stages": told_of(compiled)}


def _save(folder: Path, compiled: Path, lm: LMChoice, packages: Path, requirements: list[str]) -> None:
    import mlflow
    import pandas as pd

    from ptmreuse.registering import paper_model

    mlflow.pyfunc.save_model(
        folder,
        python_model=str(packages / "ptmreuse" / "registering" / "model_code.py"),
        code_paths=[str(packages / each.__name__) for each in _PACKAGES],
        artifacts={paper_model.COMPILED: str(compiled)},
        pip_requirements=requirements,
        signature=paper_model.SIGNATURE,
        input_example=pd.DataFrame([{"document": _example(), "source": "example.txt"}]),
        model_config={paper_model.LM: lm.name, paper_model.API_BASE: lm.api_base},
        metadata=metadata_of(compiled, lm),
    )


def _copied(folder: Path) -> Path:
    """The folder with our packages, without what Python and editors leave in them."""
    for each in _PACKAGES:
        shutil.copytree(Path(str(each.__file__)).parent, folder / each.__name__, ignore=_JUNK)
    return folder


def _requirements() -> list[str]:
    try:
        return pins(locked(_ROOT / "pyproject.toml", _ROOT / "requirements.lock"))
    except OSError as error:
        advice = "register from a checkout of ptm-reuse"
        raise UsageError(f"{error.filename}: can't be read, and with it the versions to pin; {advice}") from error
    except LookupError as error:
        raise UsageError(str(error)) from error


def _example() -> str:
    paragraphs = "\n\n".join(f"{each.section}\n\n{each.text}" for each in SPECIMEN.paragraphs)
    return f"{SPECIMEN.title}\n\n{paragraphs}\n"


def _refuse_keys(folder: Path) -> None:
    for path in (each for each in folder.rglob("*") if each.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace")
        if redacted(text) != text:
            where = path.relative_to(folder)
            raise SystemicError(
                f"{where}: holds the value of an environment variable named like a key; take it out, then register"
            )
