"""What an evaluation shows in the terminal."""

from rich.console import Console

from ptmreuse.evaluation import sheet, sheets
from ptmreuse.evaluation.headline import compared, headline
from ptmreuse.evaluation.tally import Tally


def show(tally: Tally, console: Console) -> None:
    """Print the tables of an evaluation, and what they come to in words."""
    for each in (*sheets.main(tally), *sheets.origin_sheets(tally)[:1], sheets.cost(tally)):
        if each.rows:
            sheet.show(each, console)
    for sentence in (*headline(tally), *compared(tally)):
        console.print(sentence, highlight=False, markup=False)
