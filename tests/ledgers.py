"""Runs as folders with a real ledger, written answer by answer."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from papers import FIELD, TUNED, paper
from rich.console import Console

from program.answers import Answer, Finding, no, unresolved
from program.evidence import Evidence
from program.paper import Paper
from ptmreuse.ledger import DocumentRow, Key, Ledger, Row
from ptmreuse.progress import Progress
from ptmreuse.run import Order, run

KEY = Key("program-1", "lm-1")
OTHER = Key("program-2", "lm-2")
DEEP, REUSE, NAMES, PATTERN, STEP = (
    "uses_deep_learning", "reuses_ptm", "names_ptms", "reuse_pattern", "science_step",
)  # fmt: skip


def found(model: str = "", value: str = "", quote: str = TUNED) -> Finding:
    """A finding; without a quote it is unresolved."""
    if not quote:
        return Finding(model, value, None, "evidence_not_found")
    return Finding(model, value, Evidence(quote, "Methods", "/*[1]", 0, len(quote)))


def yes(stage: str, *findings: Finding) -> Answer:
    """A yes, with a quote where nothing else is said."""
    return Answer(stage, "yes", findings or (found(),))


def reuse(*models: tuple[str, str, str]) -> tuple[Answer, ...]:
    """All five answers about a paper that reuses models: name, patterns joined by ;, step."""
    of = models or (("ResNet-50", "adaptation", "test"),)
    return (
        yes(DEEP),
        yes(REUSE),
        yes(NAMES, *(found(name, name) for name, _, _ in of)),
        yes(PATTERN, *(found(name, pattern) for name, patterns, _ in of for pattern in patterns.split(";"))),
        yes(STEP, *(found(name, step) for name, _, step in of)),
    )


NEITHER = (no(DEEP),)
ONLY_DEEP = (yes(DEEP), no(REUSE))
LOST = (yes(DEEP), unresolved(REUSE, "evidence_not_found"))


def one(number: int, **about: object) -> Paper:
    """A paper of its own: another text, title, DOI and source for each number."""
    told = {"title": f"Leaves of species {number}", "doi": f"10.5555/p.{number}", "source": f"in/{number}.xml"}
    return paper(f"{FIELD} {number}", **(told | about))


def wrote(
    folder: Path,
    answered: Iterable[tuple[Paper, Iterable[Answer]]] = (),
    *,
    key: Key = KEY,
    unreadable: Iterable[str] = (),
    duplicates: Mapping[str, str] | None = None,
    attempts: int = 1,
) -> Path:
    """The folder of a run with these papers and their answers; call it again to go on with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with Ledger(folder / "ledger.sqlite") as ledger:
        started = ledger.start(key, {})
        for each, answers in answered:
            ledger.document(DocumentRow(each.source, "1", "read", paper=each, tokens=10), "reader")
            ledger.record(each.text_hash, key, [Row(answer, attempts=attempts) for answer in answers])
        for source in unreadable:
            ledger.document(DocumentRow(source, "1", "malformed", f"{source}: truncated"), "reader")
        for source, twin in (duplicates or {}).items():
            ledger.document(DocumentRow(source, "1", "duplicate", duplicate_of=twin, paper=one(999)), "reader")
        ledger.end(started, "finished")
    return folder


def answered_by_embedded(papers: Path, out: Path) -> Path:
    """The folder of a real run of the embedded LM."""
    run(Order((papers,), out), Progress(Console(file=io.StringIO())))
    return out
