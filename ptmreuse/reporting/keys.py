"""Which answers of a run are meant: a ledger may hold those of several programs and LMs."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ptmreuse.errors import UsageError
from ptmreuse.ledger import SCHEMA, Key, Ledger

_ASKED = (
    "SELECT program, lm, MAX(id) AS last, MAX(started) AS started, 0 AS papers FROM runs GROUP BY program, lm"
    " UNION ALL SELECT program, lm, 0, MAX(answered), COUNT(DISTINCT text_hash) FROM answers"
    " WHERE schema = ? GROUP BY program, lm"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers that a ledger holds: their key, when the last run with it began (UTC), and how many papers have one."""

    key: Key
    started: str
    papers: int

    @property
    def words(self) -> str:
        """One line for a person: program, LM, when, how many."""
        when = f"{self.started}, " if self.started else ""
        return f"program {self.key.program} · LM {self.key.lm} ({when}{self.papers:,} papers answered)"


def ledger_of(run: Path) -> Path:
    """The ledger in a run's folder.

    Raises UsageError where there is none.
    """
    path = run / "ledger.sqlite"
    if not path.is_file():
        found = "no ledger.sqlite in it" if run.is_dir() else "no such folder"
        raise UsageError(f"{run}: {found}; give the folder that `ptmreuse run --out` wrote")
    return path


def asked(path: Path) -> list[Asked]:
    """What a ledger holds, the latest run last.

    Raises UsageError for a file that is no ledger, SystemicError when it can't be opened.
    """
    with Ledger(path):  # says what is wrong with the file
        pass
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(_ASKED, (SCHEMA,)).fetchall()
    last: dict[Key, tuple[int, str, int]] = {}
    for program, lm, run, when, papers in rows:
        before = last.get(Key(program, lm), (0, "", 0))
        last[Key(program, lm)] = max(before[0], run), before[1] or when or "", before[2] + papers
    ordered = sorted(last, key=lambda key: (last[key][0], last[key][1], key.program, key.lm))
    return [Asked(key, *last[key][1:]) for key in ordered]


def chosen(run: Path, wanted: str = "", flag: str = "--key") -> Asked:
    """The answers of the latest run, or those whose program or LM has the wanted words in it.

    Raises UsageError with the choices when none or several have, and for a folder without a run.
    """
    found = asked(ledger_of(run))
    if not found:
        raise UsageError(f"{run}: no run in its ledger; run `ptmreuse run --out {run}` first")
    if not wanted:
        return found[-1]
    fitting = [each for each in found if wanted in f"{each.key.program} {each.key.lm}"]
    if len(fitting) == 1:
        return fitting[0]
    raise UsageError(f"{flag} {wanted}: {_how_many(fitting)}; give a part of one program or LM of{choices(found)}")


def choices(found: Sequence[Asked]) -> str:
    """What can be chosen, a line each, the latest last."""
    return "".join(f"\n  {each.words}" for each in found)


def _how_many(fitting: Sequence[Asked]) -> str:
    return f"{len(fitting)} answers of the run fit" if fitting else "no answers of the run fit"
