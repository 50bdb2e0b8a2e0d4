"""Models by name, families, and models that one paper reuses together."""

from pathlib import Path

import pytest
from ledgers import one, reuse, wrote

from ptmreuse.evaluation.sheet import Measure
from ptmreuse.reporting.model_sheets import co_reuse, families, models
from ptmreuse.reporting.results import Results, results

RESNET, OLDER, OWN = ("ResNet-50", "adaptation", "test"), ("ResNet-18", "conceptual", "test"), ("BarleyNet", "", "test")
BOTH = ("ResNet-50", "adaptation;deployment", "analysis")


@pytest.fixture
def found(tmp_path: Path) -> Results:
    kinds = [reuse(RESNET), reuse(BOTH, OLDER), reuse(OLDER, OWN), reuse(RESNET, OLDER, OWN)]
    return results(wrote(tmp_path, [(one(n), answers) for n, answers in enumerate(kinds)]))


def test_models_by_papers_versions_apart(found: Results) -> None:
    assert [row[:8] for row in models(found).rows] == [
        ("ResNet-50", "ResNet", "yes", 3, 4, 0, 3, 1),
        ("ResNet-18", "ResNet", "yes", 3, 3, 3, 0, 0),
        ("BarleyNet", "BarleyNet", "no", 2, 2, 0, 0, 0),
    ]
    share = models(found).rows[0][-1]
    assert isinstance(share, Measure)
    assert (share.value, share.n) == (0.75, 4)


def test_a_family_counts_a_paper_once(found: Results) -> None:
    rows = [row[:4] for row in families(found).rows]
    assert rows == [("ResNet", "ResNet-18, ResNet-50", 4, 7), ("BarleyNet", "BarleyNet", 2, 2)]


def test_pairs_of_models_in_one_paper(found: Results) -> None:
    assert [row[:4] for row in co_reuse(found).rows] == [
        ("BarleyNet", "ResNet-18", 2, 3), ("ResNet-18", "ResNet-50", 2, 4), ("BarleyNet", "ResNet-50", 1, 4),
    ]  # fmt: skip


def test_nothing_reused_nothing_counted(tmp_path: Path) -> None:
    nothing = results(wrote(tmp_path))
    assert (models(nothing).rows, families(nothing).rows, co_reuse(nothing).rows) == ((), (), ())
