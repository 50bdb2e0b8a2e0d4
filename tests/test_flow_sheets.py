"""The flow as a table has every number of it."""

from ptmreuse.reporting.flow_sheets import flow_sheet, metadata_sheet
from ptmreuse.reporting.metadata import Joined
from ptmreuse.reporting.paper_flow import Flow, Gate


def test_every_number_of_the_flow_is_a_row() -> None:
    gates = (Gate("uses_deep_learning", 9, 5, 1, {"too_long": 2}, 1), Gate("reuses_ptm", 5, 4, 1, {}, 0),
             Gate("names_ptms", 4, 3, 0, {"unparsable": 1}, 0))  # fmt: skip
    flow = Flow(14, 2, {"malformed": 2, "oversized": 1}, 9, gates, 5, 6, 0, 0)
    rows = flow_sheet(flow).rows
    assert ("sources", "unreadable", "oversized", 1) in rows
    assert ("uses_deep_learning", "unresolved", "too_long", 2) in rows
    assert ("names_ptms", "models named", "", 3) in rows
    assert not any(row[:2] == ("names_ptms", "no") for row in rows)
    for gate in gates:
        numbers = [row[3] for row in rows if row[0] == gate.stage]
        assert numbers[0] == gate.came == sum(n for n in numbers[1:] if isinstance(n, int))


def test_the_metadata_that_did_not_meet_is_told() -> None:
    rows = dict(metadata_sheet(Joined(10, 1, 2, 4, 3, 4, 5, 6, 7)).rows)  # type: ignore[arg-type]
    assert rows["works of no paper of the run"] == 3
