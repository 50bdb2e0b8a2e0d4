"""Which package may import which: signatures <- program <- ptmreuse <- the scripts, and no cycle inside a package."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("signatures", "program", "ptmreuse")
SCRIPTS = ("optimize", "evaluate")
PURE = {"dspy", "pydantic", "rapidfuzz"}  # what signatures and program may use besides the standard library


def modules(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    paths = (ROOT / package).rglob("*.py")
    return {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in paths}


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a file imports; `from a import b` gives a and a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its package; write it out"
            yield from (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))


@pytest.mark.parametrize("package", OURS)
def test_imports_point_left_only(package: str) -> None:
    right = {*OURS[OURS.index(package) + 1 :], *SCRIPTS, "tests", "benchmarks"}
    found = {(name, i) for name, path in modules(package).items() for i in imported(path) if i.split(".")[0] in right}
    assert not found


@pytest.mark.parametrize("package", OURS[:2])
def test_pure_packages_use_what_only_computes(package: str) -> None:
    allowed = {*sys.stdlib_module_names, *PURE, *OURS}
    found = {(n, i) for n, path in modules(package).items() for i in imported(path) if i.split(".")[0] not in allowed}
    assert not found


@pytest.mark.parametrize("package", OURS)
def test_no_module_imports_itself_by_a_detour(package: str) -> None:
    known = modules(package)
    graph = {name: [i for i in imported(path) if i in known and i != package] for name, path in known.items()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
