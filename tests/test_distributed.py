"""Runs on a real Ray cluster of two nodes, one of them killed in mid-run: `make ray`."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed; run: pip install -e '.[ray]'"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, python: dict[str, str]) -> dict[str, Any]:
    """What on_ray.py found."""
    folder = tmp_path_factory.mktemp("ray")
    command = [sys.executable, str(TESTS / "on_ray.py"), str(folder)]
    done = subprocess.run(command, env=python, cwd=folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_the_same_rows_as_the_local_engine(found: dict[str, Any]) -> None:
    assert found["embedded"]
    assert found["again"]
    assert found["limit"]
    assert found["left"] == []


def test_a_refusal_stops_the_run_with_one_error(found: dict[str, Any]) -> None:
    assert found["refusal"].startswith("the LM refuses every call: ")
    assert "\n" not in found["refusal"]
    assert "the key in the environment" in found["refusal"]
    assert found["refusal_calls"] < 43


def test_a_budget_holds_for_all_actors_together(found: dict[str, Any]) -> None:
    assert 0 < found["budget_calls"] * 110 <= 15_000
    assert found["after_budget"]
    assert found["budget_calls"] < found["budget_all_calls"]


def test_a_node_that_is_killed_takes_nothing_with_it(found: dict[str, Any]) -> None:
    assert found["killed_at"] < found["calls"] / 2
    assert found["killed"]
    assert found["calls"] <= found["calls_killed"] <= found["calls"] + 60  # what was in flight, or not yet written
