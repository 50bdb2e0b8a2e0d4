"""What an evaluation shows in the terminal."""

from rich.console import Console

from ptmreuse.evaluation import sheet, sheets
from ptmreuse.evaluation.headline import headline
from ptmreuse.evaluation.tally import Tally


def show(tally: Tally, console: Console) -> None:
    """Print what matters most: accuracy, where errors began, cost, and what it comes to in words."""
    several = [*sheets.main(tally), *sheets.origin_sheets(tally)[:1], sheets.cost(tally)]
    sheet.show([each for each in several if each.rows], console)
    for sentence in (*headline(tally), *_others(tally)):
        console.print(sentence, highlight=False, markup=False)


def _others(tally: Tally) -> list[str]:
    if not tally.comparisons:
        return []
    shown = sum(each.shown for each in tally.comparisons)
    return [f"Of {len(tally.comparisons)} comparisons {shown} show a difference at 5 % after Holm's correction."]
