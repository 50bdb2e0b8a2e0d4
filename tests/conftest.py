"""Every test: no way out of this machine, no key, no write to the home folder, fresh DSPy settings, no cache."""

import copy
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import offline
import pytest

# Before anything imports DSPy or MLflow, which look at these once.
_HOME = tempfile.TemporaryDirectory(prefix="ptmreuse-tests-")
os.environ.update(dict.fromkeys(("HOME", "DSPY_CACHEDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HF_HOME"), _HOME.name))
_OUTSIDE = ("_API_KEY", "_API_BASE", "_PROXY", "_proxy")
for _name in [name for name in os.environ if name.endswith(_OUTSIDE) or name.startswith("MLFLOW_")]:
    del os.environ[_name]

import dspy  # noqa: E402

# A shell that starts the suite in the background has it ignore Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def fresh_dspy() -> Iterator[None]:
    """DSPy as after its import, and without a cache."""
    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
    yield
    dspy_settings = sys.modules["dspy.dsp.utils.settings"]  # the package shows the object of that name, not the module
    dspy_settings.main_thread_config.clear()
    dspy_settings.main_thread_config.update(copy.deepcopy(dspy_settings.DEFAULT_CONFIG))
    dspy_settings.config_owner_thread_id = dspy_settings.config_owner_async_task = None


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run in a folder of their own, so that a relative path can't hit the repository."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Python that a test starts: our packages, and no way out either."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(offline.__file__, folder / "sitecustomize.py")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "PATH": os.environ.get("PATH", "")}


@pytest.fixture(scope="session")
def ptmreuse() -> list[str]:
    """The command, for a subprocess."""
    return [sys.executable, "-m", "ptmreuse.cli"]
