"""One start at a time on an output folder."""

from pathlib import Path

import pytest

from ptmreuse.errors import UsageError
from ptmreuse.hold import hold


def test_a_second_start_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    with (
        hold(tmp_path / "a" / "b"),
        pytest.raises(UsageError, match="another run writes there"),
        hold(tmp_path / "a" / "b"),
    ):
        pass
    with hold(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is no folder"), hold(tmp_path / "file"):
        pass
