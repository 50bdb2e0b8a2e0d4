"""How much slower is reading a paper than bare parsing? Prints parse time / reading time on one core.

    python -m benchmarks.readers [FILE_OR_FOLDER ...]

Both sides get the same bytes in memory. Per file the two take turns, and each keeps its best of several rounds, so
that whatever else the machine does falls on neither.
"""

import argparse
import io
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from ptmreuse.corpus.jats import read_jats

PAPERS = Path(__file__).resolve().parent.parent.parent / "shared" / "papers"
GOAL = 0.5


def main() -> None:
    """Measure and print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[PAPERS], help="JATS files or folders of them")
    parser.add_argument("--rounds", type=int, default=9, help="timed rounds per file, after one to warm up")
    arguments = parser.parse_args()
    files = [file for path in arguments.paths for file in (sorted(path.glob("*.xml")) if path.is_dir() else [path])]
    files = [file for file in files if file.is_file()]
    if not files:
        print(f"no JATS files at {', '.join(map(str, arguments.paths))}: nothing measured; give paths as arguments")
        return
    report(files, arguments.rounds)


def report(files: list[Path], rounds: int) -> None:
    """Print sizes, both times and their ratio."""
    parse, read, size = 0.0, 0.0, 0
    for file in files:
        data = file.read_bytes()
        size += len(data)
        parsing, reading = fastest(data, file.name, rounds)
        parse += parsing
        read += reading
    print(f"{len(files)} files, {size / 1e6:.1f} MB, best of {rounds} rounds each, one core")
    print(f"lxml.etree.parse  {parse * 1e3:8.1f} ms  {size / parse / 1e6:6.1f} MB/s")
    print(f"read_jats         {read * 1e3:8.1f} ms  {size / read / 1e6:6.1f} MB/s")
    print(f"ratio             {parse / read:8.2f}     (goal: at least {GOAL})")


def fastest(data: bytes, name: str, rounds: int) -> tuple[float, float]:
    """Seconds of the fastest bare parse and of the fastest reading."""
    parsing, reading = [], []
    for _ in range(rounds + 1):
        parsing.append(seconds(lambda: etree.parse(io.BytesIO(data))))
        reading.append(seconds(lambda: read_jats(data, name)))
    return min(parsing[1:]), min(reading[1:])


def seconds(call: Callable[[], object]) -> float:
    """CPU time of one call, with what it frees at its end."""
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
