"""What an evaluation shows in the terminal."""

import io

import pytest
from evaluated import made
from rich.console import Console

from program.answers import STAGES
from ptmreuse.evaluation.terminal import show


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("cells", [1, 4])
def test_accuracy_errors_cost_and_words(cells: int, width: int) -> None:
    file = io.StringIO()
    show(made(cells=cells), Console(file=file, width=width))
    text = file.getvalue()
    titles = ["Where errors began", "Cost", "compiled · openai/large"]
    titles += ["Accuracy, isolated", "Accuracy, end to end"] if cells > 1 else ["compiled · openai/large, isolated"]
    assert all(title in text for title in titles)
    assert max(map(len, text.splitlines())) <= width
    if width >= 120:
        assert all(part in text for stage in STAGES for part in stage.split("_", 1))
    assert ("Of 12 comparisons" in text) is (cells > 1)
