"""What the program needs to run, out of requirements.lock, which also pins what tests and types need.

`python locked.py pyproject.toml requirements.lock [EXTRA...]` writes that part of the lock with its
hashes; only the standard library is needed, so that an image can be built with it.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PIN = re.compile(r"[A-Za-z0-9][^\\#]*")
_VIA = re.compile(r"\s+#(?:\s+via)?\s*([A-Za-z0-9][A-Za-z0-9._-]*)?")


def locked(pyproject: Path, lock: Path, extras: Iterable[str] = ()) -> list[str]:
    """The blocks of the lock, pin and hashes, that the project and these extras of it need to run, in its order."""
    blocks = list(_blocks(lock.read_text(encoding="utf-8").splitlines()))
    needs: dict[str, set[str]] = {}
    for name, _, parents in blocks:
        for parent in parents:
            needs.setdefault(parent, set()).add(name)
    found, waiting = set[str](), _direct(pyproject, extras)
    while waiting:
        found.add(name := waiting.pop())
        waiting |= needs.get(name, set()) - found
    return [block for name, block, _ in blocks if name in found]


def pins(blocks: Iterable[str]) -> list[str]:
    """Name, version and marker of each block, without its hashes."""
    return [found[0].strip() for block in blocks if (found := _PIN.match(block))]


def _direct(pyproject: Path, extras: Iterable[str]) -> set[str]:
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    optional = project.get("optional-dependencies", {})
    return {_name(each) for given in (project["dependencies"], *(optional[e] for e in extras)) for each in given}


def _name(requirement: str) -> str:
    """The name of a requirement as PEP 503 normalises it."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _blocks(lines: Iterable[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Name, lines, and what needs it, of each pin; the lines without what needs it."""
    block: list[str] = []
    parents: set[str] = set()
    for line in (*lines, "end"):
        if line[:1].isalnum():
            if block:
                yield _name(block[0]), "\n".join(block), parents
            block, parents = [line], set()
        elif via := _VIA.match(line):
            parents.add(_name(via[1] or ""))
        elif line.startswith(" "):
            block.append(line)


if __name__ == "__main__":
    sys.stdout.write("\n".join(locked(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])) + "\n")
