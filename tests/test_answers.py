"""What the program answers."""

from program.answers import STAGES, Answer, Finding, PaperLabels, no, unresolved
from program.evidence import Evidence

EVIDENCE = Evidence("We trained a U-Net.", "Methods", "line 3", 0, 19)


def test_the_stages_are_the_five_stems_in_order() -> None:
    assert STAGES == ("uses_deep_learning", "reuses_ptm", "names_ptms", "reuse_pattern", "science_step")


def test_only_findings_with_evidence_count() -> None:
    kept, lost = Finding("U-Net", "U-Net", EVIDENCE), Finding("VGG-16", "VGG", None, "evidence_not_found")
    assert Answer("names_ptms", "yes", (kept, lost)).resolved == (kept,)


def test_no_and_unresolved_are_two_things() -> None:
    assert no("reuses_ptm") == Answer("reuses_ptm", "no", (), "")
    assert unresolved("reuses_ptm", "too_long") == Answer("reuses_ptm", "unresolved", (), "too_long")
    assert no("reuses_ptm").resolved == unresolved("reuses_ptm", "too_long").resolved == ()


def test_a_papers_labels_by_stage() -> None:
    labels = PaperLabels((Answer("uses_deep_learning", "yes"), no("reuses_ptm")))
    assert labels["reuses_ptm"] == no("reuses_ptm")
    assert labels["names_ptms"] is None
