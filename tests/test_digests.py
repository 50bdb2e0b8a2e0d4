"""Digests: part of the ledger's keys, so what they cover decides what is asked again."""

import re
from pathlib import Path

import pytest

from ptmreuse.digests import content_digest, program_digest, reader_digest


def test_they_are_hexadecimal_and_steady() -> None:
    for digest in (reader_digest(), program_digest(None)):
        assert re.fullmatch(r"[0-9a-f]{12}", digest)
    assert reader_digest() == reader_digest()
    assert program_digest(None) == program_digest(None)
    assert reader_digest() != program_digest(None)


def test_the_program_changes_with_its_compiled_state(tmp_path: Path) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    one.write_text("{}")
    two.write_text("{} ")
    digests = {program_digest(None), program_digest(one), program_digest(two)}
    assert len(digests) == 3
    two.write_text("{}")
    assert program_digest(one) == program_digest(two)


def test_the_program_changes_with_its_variant() -> None:
    digests = {program_digest(None, variant) for variant in ("", "joint", "budget 500", "budget 5000")}
    assert len(digests) == 4
    assert program_digest(None) in digests


@pytest.mark.parametrize("data", [b"", b"a", b"a\n"])
def test_content(data: bytes) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", content_digest(data))
    assert content_digest(data) != content_digest(data + b"x")
