"""What a compile shows at its end: accuracy per stage before and after, on val and on test."""

from collections.abc import Mapping
from statistics import fmean

from rich.console import Console
from rich.table import Table

from ptmreuse.final import Final
from ptmreuse.search import Candidate


def show_stages(console: Console, found: Mapping[str, tuple[Candidate, Candidate]]) -> None:
    """Zero-shot and kept state of each stage on val."""
    if not found:
        return
    table = _table("On val", "zero-shot", "kept", "gain", "F1", "demos", "papers")
    for stage, (before, kept) in found.items():
        gain = kept.accuracy - before.accuracy
        number = f"{before.scores['n']:.0f}"
        demos = str(len(kept.state["demos"]))
        f1 = f"{kept.scores['f1']:.3f}"
        table.add_row(stage, f"{before.accuracy:.3f}", f"{kept.accuracy:.3f}", f"{gain:+.3f}", f1, demos, number)
    means = [fmean(pair[at].accuracy for pair in found.values()) for at in (0, 1)]
    table.add_row("mean", f"{means[0]:.3f}", f"{means[1]:.3f}", f"{means[1] - means[0]:+.3f}", "", "", "")
    console.print(table)
    if all(kept.state == before.state for before, kept in found.values()):
        console.print("Kept is zero-shot: nothing was better by more than the best of so many is by chance")


def show_final(console: Console, final: Final) -> None:
    """Zero-shot and compiled on test, with the 95 % interval of the gain."""
    table = _table("On test", "zero-shot", "compiled", "gain", "95 % interval", "papers")
    for stage, gain in final.gained.items():
        sides = [
            s[stage]["accuracy"] if stage in s else fmean(x["accuracy"] for x in s.values())
            for s in (final.before, final.after)
        ]
        number = f"{final.before[stage]['n']:.0f}" if stage in final.before else ""
        interval = f"{gain.low:+.3f} to {gain.high:+.3f}"
        table.add_row(stage, f"{sides[0]:.3f}", f"{sides[1]:.3f}", f"{gain.mean:+.3f}", interval, number)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title, *columns, box=None, header_style="bold", pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
