"""The runs of a sentinel: a folder with a folder per run, in it the ledger of what was asked and `run.json`.

A folder without `run.json` is of a run that did not come to its end. A series are the runs of one LM with its
parameters, one program and one set of papers: only those are compared.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Key
from ptmreuse.sentinel.answers import Answers, Said

RUN = "run.json"


@dataclass(frozen=True)
class Asked:
    """One run. `at` is its start, UTC; `cost` has calls, tokens, usd and seconds, None where not known."""

    number: int
    at: str
    series: str
    lm: str
    program: str
    papers: str
    answers: Answers
    cost: Mapping[str, float | None] = field(default_factory=dict)


def series_of(keys: Mapping[str, Key], papers: str) -> str:
    """16 hexadecimal digits of what may be compared: LM and program by stage, and the digest of the papers."""
    told = json.dumps([papers, sorted((stage, key.program, key.lm) for stage, key in keys.items())])
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def earlier(out: Path, series: str) -> list[Asked]:
    """The runs of a series in their order. Raises UsageError for a file that is no run."""
    found = [_read(path) for path in sorted(out.glob(f"*/{RUN}"), key=lambda path: path.parent.name)]
    return [each for each in found if each.series == series]


def next_number(out: Path) -> int:
    """The number of the next run; those that did not come to their end have theirs."""
    return 1 + max((int(path.name) for path in out.glob("*/") if path.name.isdigit()), default=0)


def folder(out: Path, number: int) -> Path:
    """Where a run lies."""
    return out / f"{number:06}"


def write(out: Path, run: Asked) -> Path:
    """Write a run down, whole or not at all. Raises SystemicError when it can't be written."""
    path = folder(out, run.number) / RUN
    beside = path.with_name(f".{RUN}.part")
    try:
        beside.write_text(json.dumps(asdict(run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SystemicError(f"{path}: can't be written ({error.strerror}); give another --out") from error
    return path


def reference(runs: Sequence[Asked], number: int) -> int:
    """The number of a pinned run, 0 for none. Raises UsageError for one that is not of the series."""
    numbers = [each.number for each in runs]
    if number and number not in numbers:
        known = f"one of {', '.join(map(str, numbers))}" if numbers else "none: this is the first run"
        raise UsageError(f"--reference {number}: no run of this LM, program and set of papers; give {known}")
    return number


def _read(path: Path) -> Asked:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        said = {
            stage: {paper: Said(**each) for paper, each in papers.items()} for stage, papers in told["answers"].items()
        }
        return Asked(**{**told, "answers": said})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: no run of a sentinel ({error}); remove its folder, or give another --out") from error
