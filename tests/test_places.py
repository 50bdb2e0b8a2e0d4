"""Quotes as places: there and back, whatever moves around them, and nothing of the text in the rows."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from papers import FIELD, PREDICTED, TUNED, jats, paper

from program.evidence import squeeze
from ptmreuse.errors import UsageError
from ptmreuse.labelled import development_set
from ptmreuse.places import GOLD, REAL, main, place, quoted
from ptmreuse.trainset import load

PAPER = paper(FIELD, f"{TUNED} {PREDICTED}")
gold = pytest.mark.skipif(
    not GOLD.is_dir(),
    reason="the labelled real papers are not here: they belong in ../shared/gold beside the repository",
)


def test_a_place_gives_the_quote_back() -> None:
    where = place(PREDICTED, PAPER)
    assert (where.place, where.start, where.end) == ("/*[1]/*[2]", len(TUNED) + 1, len(TUNED) + 1 + len(PREDICTED))
    assert quoted(where, PAPER) == PREDICTED


def test_a_paragraph_that_has_moved_is_found_and_one_that_has_changed_is_not() -> None:
    where = place(PREDICTED, PAPER)
    moved = replace(PAPER, paragraphs=tuple(p._replace(place=f"{p.place}/x") for p in PAPER.paragraphs))
    changed = replace(PAPER, paragraphs=tuple(p._replace(text=f" {p.text}") for p in PAPER.paragraphs))
    assert quoted(where, moved) == PREDICTED
    assert quoted(where, changed) is None


def test_of_two_paragraphs_with_one_text_the_one_at_the_place_counts() -> None:
    twice = paper(TUNED, TUNED)
    assert quoted(place(TUNED, twice), twice) == TUNED


def test_a_quote_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"'Somebody else wrote this sentence\.' is not in it"):
        place("Somebody else wrote this sentence.", PAPER)


def test_the_command_writes_labels_without_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = {"name": "ResNet-50", "mention": "ResNet-50", "also": ["ResNet"], "optional": True, "quote": TUNED}
    model |= {"patterns": ["adaptation"], "pattern_debatable": True, "step": "test", "step_debatable": False}
    label = {"file": "a.xml", "doi": "10.5555/A", "uses_deep_learning": True, "dl_quote": TUNED, "reuses_ptm": True}
    label |= {"models": [model], "not_research": False}
    (tmp_path / "a.xml").write_bytes(jats(FIELD, TUNED, doi="10.5555/A"))
    labels, out = tmp_path / "dev.jsonl", tmp_path / "real.jsonl"
    labels.write_text(json.dumps(label) + "\n")
    arguments = ["--labels", str(labels), "--papers", str(tmp_path), "--out", str(out)]
    assert main(arguments) == 0
    assert squeeze(TUNED)[10:30] not in squeeze(out.read_text())
    (labelled,) = load(str(out), papers=tmp_path)
    (again,) = labelled.models
    assert (again.quote, again.also, again.optional, again.pattern_debatable) == (TUNED, ("ResNet",), True, True)
    assert labelled.quotes == (TUNED,)
    labels.write_text(json.dumps(label | {"dl_quote": "Nobody wrote this anywhere."}) + "\n")
    assert main(arguments) == 2
    assert "is not in it" in capsys.readouterr().err


def test_the_stored_rows_hold_no_text() -> None:
    rows = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 78
    fields = {"doi", "file", "uses_deep_learning", "reuses_ptm", "models", "not_research"}
    assert all(row.keys() == fields for row in rows)
    quotes = [
        answer["quote"] for row in rows for answer in (row["uses_deep_learning"], *row["models"]) if "quote" in answer
    ]
    assert all(quote.keys() == {"place", "start", "end", "digest"} for quote in quotes)
    models = [model for row in rows for model in row["models"]]
    assert all(model["mention"] == model["name"] or len(model["mention"].split()) <= 6 for model in models)


@gold
def test_the_stored_places_give_the_labelled_quotes() -> None:
    labelled = development_set(GOLD / "dev.jsonl", GOLD / "papers")
    joined = load(str(REAL), papers=GOLD / "papers")
    assert len(joined) == len(labelled) == 78
    for one, other in zip(labelled, joined, strict=True):
        assert one.paper.text_hash == other.paper.text_hash
        assert (one.uses_deep_learning, one.reuses_ptm) == (other.uses_deep_learning, other.reuses_ptm)
        assert [unmarked(quote) for quote in one.all_quotes] == [unmarked(quote) for quote in other.all_quotes]
        for mine, theirs in zip(one.models, other.models, strict=True):
            assert theirs.mention in (mine.mention, mine.name)
            assert replace(mine, quotes=(), mention="") == replace(theirs, quotes=(), mention="")


def unmarked(quote: str) -> str:
    """A quote without white space, and without citation marks and full stops, of which readers have their own."""
    return re.sub(r"[\[\]\d.]", "", squeeze(quote))


@gold
def test_nothing_of_a_real_paper_is_stored() -> None:
    stored = squeeze(REAL.read_text(encoding="utf-8"))
    for labelled in development_set(GOLD / "dev.jsonl", GOLD / "papers"):
        assert squeeze(labelled.paper.title) not in stored
        assert not [quote for quote in labelled.all_quotes if squeeze(quote)[:40] in stored]
