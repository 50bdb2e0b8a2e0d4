"""What the program needs to run, out of requirements.lock, which also pins what tests and types need.

`python locked.py pyproject.toml requirements.lock [EXTRA...]` writes that part of the lock with its hashes; the extra
`build-system` is what builds the project. Only the standard library is needed, so that an image can be built with it.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

BUILD = "build-system"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PIN = re.compile(r"[A-Za-z0-9][^\\#]*")
_VIA = re.compile(r"\s+#(?:\s+via)?\s*([A-Za-z0-9][A-Za-z0-9._-]*)?")


def locked(pyproject: Path, lock: Path, extras: Iterable[str] = ()) -> list[str]:
    """The blocks of the lock, pin and hashes, that the project and these extras of it need to run, in its order.

    Raises LookupError when the lock lacks something that the project asks for by name.
    """
    blocks = list(_blocks(lock.read_text(encoding="utf-8").splitlines()))
    waiting = _direct(pyproject, extras)
    if missing := waiting - {name for name, _, _ in blocks}:
        raise LookupError(f"{lock}: no pin for {', '.join(sorted(missing))}; write it anew with `make lock`")
    needs: dict[str, set[str]] = {}
    for name, _, parents in blocks:
        for parent in parents:
            needs.setdefault(parent, set()).add(name)
    found = set[str]()
    while waiting:
        found.add(name := waiting.pop())
        waiting |= needs.get(name, set()) - found
    return [block for name, block, _ in blocks if name in found]


def pins(blocks: Iterable[str]) -> list[str]:
    """Name, version and marker of each block, without its hashes."""
    return [found[0].strip() for block in blocks if (found := _PIN.match(block))]


def _direct(pyproject: Path, extras: Iterable[str]) -> set[str]:
    told = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    groups = {
        BUILD: told.get("build-system", {}).get("requires", []),
        **told["project"].get("optional-dependencies", {}),
    }
    asked = [told["project"]["dependencies"], *(groups[extra] for extra in extras)]
    return {_name(each) for requirements in asked for each in requirements}


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
    try:
        blocks = locked(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
    except LookupError as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join(blocks) + "\n")
