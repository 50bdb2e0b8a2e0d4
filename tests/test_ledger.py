"""The ledger: what goes in comes out, the last row counts, nothing half written stays."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from papers import paper

from program.answers import STAGES, Answer, Finding, no, unresolved
from program.evidence import Evidence
from ptmreuse.errors import PtmReuseError, SystemicError, UsageError
from ptmreuse.ledger import RETRIED, SCHEMA, DocumentRow, Key, Ledger, Row

KEY = Key("program", "lm")
EVIDENCE = Evidence("We fine-tuned “it”.", "Methods > Nets", "/*[1]/*[2]", 3, 22)
YES = Answer("names_ptms", "yes", (Finding("U-Net", "Unet", EVIDENCE), Finding("X", "x", None, "evidence_not_found")))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.mark.parametrize("answer", [no("reuses_ptm"), YES, unresolved("reuses_ptm", "unparsable"), Answer("x", "yes")])
def test_an_answer_comes_back_as_it_was(ledger: Ledger, answer: Answer) -> None:
    ledger.record("text", KEY, [Row(answer, 10, 2, 1, 0.5, 1.5, 2, "error")])
    assert ledger.answers("text", KEY) == {answer.stage: answer}
    assert ledger.all_answers(KEY) == {"text": {answer.stage: answer}}
    assert tuple(ledger.totals(KEY)) == (2, 10, 2, 0.5, 1.5)


@pytest.mark.parametrize("other", [("other", KEY), ("text", Key("other", "lm")), ("text", Key("program", "other"))])
def test_another_text_program_or_lm_has_no_answer(ledger: Ledger, other: tuple[str, Key]) -> None:
    ledger.record("text", KEY, [Row(YES)])
    assert ledger.answers(*other) == {}


def test_the_last_row_counts(ledger: Ledger) -> None:
    for answer in (no("reuses_ptm"), unresolved("reuses_ptm", "unparsable"), Answer("reuses_ptm", "yes")):
        ledger.record("text", KEY, [Row(answer)])
        assert ledger.answers("text", KEY) == {"reuses_ptm": answer}


@pytest.mark.parametrize("reason", sorted(RETRIED))
def test_a_failed_call_is_asked_again_and_shown_until_then(ledger: Ledger, reason: str) -> None:
    failed = unresolved("reuses_ptm", reason)
    ledger.record("text", KEY, [Row(failed)])
    assert ledger.answers("text", KEY) == {}
    assert ledger.all_answers(KEY)["text"]["reuses_ptm"] == failed


def test_cost_is_unknown_when_one_row_does_not_say(ledger: Ledger) -> None:
    ledger.record("a", KEY, [Row(YES, usd=0.5)])
    assert ledger.totals(KEY)["usd"] == 0.5
    ledger.record("b", KEY, [Row(YES)])
    assert ledger.totals(KEY)["usd"] is None


def test_a_source_is_known_until_it_or_its_reader_changes(ledger: Ledger) -> None:
    ledger.document(DocumentRow("a.xml", "bytes", "malformed", "why"), "reader")
    row = ledger.known_document("a.xml", "bytes", "reader")
    assert row
    assert (row["status"], row["detail"], row["text_hash"]) == ("malformed", "why", "")
    assert ledger.known_document("a.xml", "other", "reader") is None
    assert ledger.known_document("a.xml", "bytes", "other") is None
    ledger.document(DocumentRow("a.xml", "other", "read", paper=paper(doi="10.1/a")), "reader")
    (row,) = ledger.all_documents()
    assert (row["status"], row["doi"], row["detail"]) == ("read", "10.1/a", "")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (paper("one.", doi="10.1/a"), paper("two.", doi="10.1/a", source="b"), True),
        (paper("one."), paper("one.", doi="10.1/a", source="b"), True),
        (paper("one.", doi="10.1/a"), paper("one.", doi="10.1/b", source="b"), True),
        (paper("one."), paper("two.", source="b"), False),
        (paper("one."), paper("one.", title="Other", source="b"), False),
        (paper("one.", doi="10.1/a"), paper("one.", doi="10.1/a"), False),
    ],
)
def test_twins(ledger: Ledger, first: object, second: object, same: bool) -> None:
    ledger.document(DocumentRow(first.source, "1", "read", paper=first), "reader")
    assert ledger.twin(second) == (first.source if same else None)


def test_a_twin_is_a_paper_that_was_read(ledger: Ledger) -> None:
    given = paper(doi="10.1/a")
    ledger.document(DocumentRow("a.xml", "1", "duplicate", duplicate_of="z.xml", paper=given), "reader")
    assert ledger.twin(paper(doi="10.1/a", source="b.xml")) is None


def test_sources_keep_the_order_of_their_first_row(ledger: Ledger) -> None:
    for source in ("b", "a", "c", "b"):
        ledger.document(DocumentRow(source, "1", "read", paper=paper(source=source)), "reader")
    assert [row["source"] for row in ledger.all_documents()] == ["b", "a", "c"]


def test_a_transaction_that_is_stopped_leaves_nothing(ledger: Ledger) -> None:
    def rows() -> Iterator[Row]:
        yield Row(no("uses_deep_learning"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.record("text", KEY, rows())
    assert ledger.all_answers(KEY) == {}
    ledger.record("text", KEY, [Row(no("uses_deep_learning"))])
    assert len(ledger.all_answers(KEY)) == 1


def test_runs_are_noted(ledger: Ledger, tmp_path: Path) -> None:
    first = ledger.start(KEY, {"paths": (Path("a"),), "limit": None})
    second = ledger.start(KEY, {})
    ledger.end(first, "finished")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        runs = db.execute("SELECT id, outcome, ended IS NOT NULL, asked FROM runs ORDER BY id").fetchall()
    db.close()
    assert runs == [(first, "finished", 1, '{"paths": ["a"], "limit": null}'), (second, "running", 0, "{}")]


def test_it_opens_again(tmp_path: Path) -> None:
    for _ in range(3):
        with Ledger(tmp_path / "l") as ledger:
            ledger.record("text", KEY, [Row(no(stage)) for stage in STAGES])
    with Ledger(tmp_path / "l") as ledger:
        assert len(ledger.answers("text", KEY)) == len(STAGES)


def another_schema(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={SCHEMA + 1}")
    db.close()


@pytest.mark.parametrize(
    ("prepare", "kind", "says"),
    [
        (lambda path: path.write_text("not a database, but long enough to be one" * 50), UsageError, "not a ledger"),
        (another_schema, UsageError, f"a ledger of schema {SCHEMA + 1}"),
        (Path.mkdir, SystemicError, "can't be written"),
        (lambda path: path.symlink_to(path.parent / "none" / "ledger"), SystemicError, "can't be written"),
    ],
)
def test_what_is_no_ledger(tmp_path: Path, prepare: object, kind: type[PtmReuseError], says: str) -> None:
    path = tmp_path / "ledger.sqlite"
    prepare(path)
    with pytest.raises(kind, match=says) as raised:
        Ledger(path)
    assert str(path) in str(raised.value)


FULL = f"""
import resource, sys
from pathlib import Path
from program.answers import unresolved
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Ledger, Row
with Ledger(Path(sys.argv[1])) as ledger:
    ledger.record("first", Key("p", "l"), [Row(unresolved("reuses_ptm", "unparsable"))])
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, {resource.RLIM_INFINITY}))
    try:
        for n in range(1000):
            ledger.record(f"text{{n}}", Key("p", "l"), [Row(unresolved("reuses_ptm", "x" * 1000))])
    except SystemicError as error:
        print(n, error)
"""


def test_a_full_disk_is_a_systemic_fault_and_what_was_written_stays(tmp_path: Path, python: dict[str, str]) -> None:
    path = tmp_path / "ledger.sqlite"
    run = [sys.executable, "-c", FULL, str(path)]
    ended = subprocess.run(run, env=python, capture_output=True, text=True, check=True)
    written, message = ended.stdout.split(" ", 1)
    assert "can't be written" in message
    assert "run again to resume" in message
    with Ledger(path) as ledger:
        assert len(ledger.all_answers(Key("p", "l"))) == 1 + int(written)
