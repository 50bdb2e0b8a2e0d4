"""How long a report of 20,000 papers takes, and how much memory: a synthetic ledger through the real writer.

    python -m benchmarks.report [--papers N]

Reports as the command does, in a process of its own, with metadata and with labels. To hold: under 60 seconds and 2 GB.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS, BYTES = 60.0, 2e9
LABELS = 400


def main() -> int:
    """Write the ledger, report, print; 1 when the limits did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=20_000, metavar="N", help="papers in the ledger")
    papers = parser.parse_args().papers
    with tempfile.TemporaryDirectory() as folder:
        run = _ledger(Path(folder) / "run", papers)
        began = time.perf_counter()
        subprocess.run(_command(run), check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        page = run.parent / "report" / "report.html"
        print(f"page: {page.stat().st_size / 1e6:.1f} MB")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"report of {papers:,} papers: {seconds:.1f} s, of a core {used.ru_utime + used.ru_stime:.1f} s,", end=" ")
    print(f"{memory / 1e6:,.0f} MB at most; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"to hold: {SECONDS:.0f} s, {BYTES / 1e6:,.0f} MB")
    return int(seconds > SECONDS or memory > BYTES)


def _ledger(run: Path, papers: int) -> Path:
    """A made-up literature, from the tests, and a CSV of labels for every fiftieth of its papers."""
    sys.path.insert(0, str(ROOT / "tests"))
    from study import study

    began = time.perf_counter()
    study(run, papers)
    print(f"ledger: {time.perf_counter() - began:.1f} s, {(run / 'ledger.sqlite').stat().st_size / 1e6:.1f} MB")
    with (run / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("doi", "source", "uses_deep_learning", "reuses_ptm"))
        for number in range(0, papers, max(1, papers // LABELS)):
            rows.writerow(("", f"in/{number:05}.xml", "yes" if number % 3 == 0 else "no", "no"))
    return run


def _command(run: Path) -> list[str]:
    told = ["report", str(run), "--out", str(run.parent / "report")]
    files = ["--metadata", str(run / "works.jsonl"), "--labels", str(run / "labels.csv")]
    return [sys.executable, "-m", "ptmreuse.cli", *told, *files]


if __name__ == "__main__":
    sys.exit(main())
