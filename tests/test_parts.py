"""Parts of a run's answers: what is read is what was written, and a part is whole or absent."""

from pathlib import Path

import pytest

from program.answers import STAGES, Answer, Finding, unresolved
from program.evidence import Evidence
from ptmreuse.distributed import parts
from ptmreuse.distributed.parts import Entry, Writer, read, remove, tidy, write
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Ledger, Row

KEY = Key("p" * 12, 'openai/m {"temperature": 0}')


def entries(number: int = 3) -> list[Entry]:
    """Answers with everything that a row may have."""
    lost = Finding("ResNet-50", "résumé — \u2028", None, "no_model_named")
    found = Finding("ResNet-50", "", Evidence("We tuned “it”.", "Methods > A", "/*[1]", 3, 17))
    full = Row(Answer(STAGES[0], "yes", (found, lost)), 10, 20, None, 0.1 + 0.2, 1 / 3, 2, "an error")
    bare = Row(unresolved(STAGES[1], "too_long"), usd=None)
    return [Entry(f"{n:032}", KEY, row) for n in range(number) for row in (full, bare)]


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    assert read(write(tmp_path, entries())) == entries()
    assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".parquet"]


def test_a_row_in_the_ledger_is_the_row_of_its_part(tmp_path: Path) -> None:
    (entry, *_) = read(write(tmp_path, entries()))
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.record(entry.text_hash, KEY, [entry.row])
        assert ledger.rows(entry.text_hash, KEY, STAGES[0]) == [entry.row]


def test_a_writer_waits_for_more(tmp_path: Path) -> None:
    patient, hasty = Writer(tmp_path, KEY, 60), Writer(tmp_path, KEY, 0)
    for entry in entries():
        patient.add(entry.text_hash, entry.row)
    assert not parts.parts(tmp_path)
    patient.flush()
    patient.flush()
    assert [read(path) for path in parts.parts(tmp_path)] == [entries()]
    for entry in entries():
        hasty.add(entry.text_hash, entry.row)
    assert len(parts.parts(tmp_path)) == 1 + len(entries())


def test_what_was_not_finished_is_no_part(tmp_path: Path) -> None:
    whole = write(tmp_path, entries())
    (tmp_path / "1-a.unfinished").write_bytes(whole.read_bytes()[:100])
    assert parts.parts(tmp_path) == [whole]
    tidy(tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == [whole]
    remove(tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    whole = write(tmp_path, entries())
    whole.write_bytes(whole.read_bytes()[:-50])
    with pytest.raises(SystemicError, match=rf"{whole.name}: can't be read .*asked anew"):
        read(whole)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SystemicError, match="every node"):
        write(tmp_path / "gone", entries())
