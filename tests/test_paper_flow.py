"""The flow's counts add up, and are those of the ledger's own rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ledgers import DEEP, LOST, NAMES, NEITHER, ONLY_DEEP, PATTERN, REUSE, STEP, found, one, reuse, wrote, yes
from study import study

from program.answers import unresolved
from ptmreuse.reporting.paper_flow import Flow
from ptmreuse.reporting.results import results


def adds_up(flow: Flow) -> None:
    assert flow.found == flow.duplicates + sum(flow.unreadable.values()) + flow.read
    for gate in flow.gates:
        assert gate.came == gate.yes + gate.no + sum(gate.unresolved.values()) + gate.not_asked
    first, second, third, fourth, fifth = flow.gates
    assert (first.came, second.came, third.came) == (flow.read, first.yes, second.yes)
    assert fourth.came == fifth.came == third.yes


def test_every_kind_of_paper_is_counted_where_it_leaves(tmp_path: Path) -> None:
    half = (yes(DEEP), yes(REUSE), yes(NAMES, found("U-Net", "U-Net"), found("BERT", "BERT")),
            yes(PATTERN, found("U-Net", "adaptation"), found("BERT", "", quote="")),
            unresolved(STEP, "unparsable"))  # fmt: skip
    unnamed = (yes(DEEP), yes(REUSE), unresolved(NAMES, "no_model_named"))
    unfinished = (yes(DEEP), yes(REUSE), yes(NAMES, found("BERT", "BERT")))
    kinds = [NEITHER, ONLY_DEEP, LOST, reuse(), half, unnamed, unfinished, (unresolved(DEEP, "too_long"),), ()]
    answered = [(one(n), answers) for n, answers in enumerate(kinds)]
    wrote(tmp_path, answered, unreadable=["a", "b"], duplicates={"c": "in/0.xml"})
    flow = results(tmp_path).flow
    adds_up(flow)
    assert (flow.found, flow.duplicates, flow.unreadable, flow.read) == (12, 1, {"malformed": 2}, 9)
    told = [(gate.came, gate.yes, gate.no, dict(gate.unresolved), gate.not_asked) for gate in flow.gates]
    assert told == [
        (9, 6, 1, {"too_long": 1}, 1),
        (6, 4, 1, {"evidence_not_found": 1}, 0),
        (4, 3, 0, {"no_model_named": 1}, 0),
        (3, 1, 0, {"evidence_not_found": 1}, 1),
        (3, 1, 0, {"unparsable": 1}, 1),
    ]
    assert (flow.reuse, flow.models, flow.instances, flow.open_patterns, flow.open_steps) == (4, 4, 2, 2, 3)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_counts_are_those_of_the_ledgers_rows(tmp_path: Path, seed: int) -> None:
    run = study(tmp_path, papers=400, seed=seed)
    flow = results(run).flow
    adds_up(flow)
    with closing(sqlite3.connect(run / "ledger.sqlite")) as db:
        status = dict(db.execute("SELECT status, COUNT(*) FROM documents GROUP BY status"))
        values = "SELECT stage, value, reason, COUNT(*) FROM answers GROUP BY stage, value, reason"
        rows = {(stage, value, reason): number for stage, value, reason, number in db.execute(values)}
    assert (flow.read, flow.duplicates) == (status.pop("read"), status.pop("duplicate"))
    assert dict(flow.unreadable) == status
    for gate in flow.gates[:3]:
        assert gate.yes == rows[gate.stage, "yes", ""]
        assert gate.no == rows.get((gate.stage, "no", ""), 0)
        assert dict(gate.unresolved) == {r: n for (s, v, r), n in rows.items() if (s, v) == (gate.stage, "unresolved")}


def test_a_run_without_papers_counts_nothing(tmp_path: Path) -> None:
    flow = results(wrote(tmp_path)).flow
    adds_up(flow)
    assert (flow.found, flow.models, flow.reuse) == (0, 0, 0)
