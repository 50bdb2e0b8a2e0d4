"""`ptmreuse review` for tests: the real command in a process of its own, and a run to label."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def reviewed(
    python: Mapping[str, str], run: Path, labels: Path, *flags: str, port: int = 0
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command, ready; its address and its process."""
    command = [sys.executable, "-m", "ptmreuse.cli", "review", str(run), "--labels", str(labels)]
    command += ["--port", str(port), *flags]
    with subprocess.Popen(command, env=dict(python), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            found = next((m for line in process.stdout if (m := re.search(r"http://[\w.]+:\d+", line))), None)
            assert found, "the command did not start"
            yield found[0], process
        finally:
            process.terminate()
            process.wait(30)
