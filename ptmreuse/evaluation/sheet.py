"""One table, written once and shown five ways: in the terminal, as CSV, LaTeX, Markdown and HTML."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.numerals import NOTHING, SMALL_NOTE, UNKNOWN, decimal, interval, mark, signed


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the first of two is better, with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the words in which it is shown; None is unknown."""

    value: float | None
    words: str


Value: TypeAlias = Measure | Difference | Amount | str | int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `name` is the stem of its files; `note` stands under it. The first column says what a row is."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """The note, and the meaning of the dagger where there is one."""
        small = any(isinstance(v, Measure) and mark(v) for row in self.rows for v in row)
        return tuple(filter(None, (self.note, SMALL_NOTE if small else "")))


def brief(value: Value) -> tuple[str, str]:
    """A value in words, and its interval ("" where it has none)."""
    if isinstance(value, Measure):
        return decimal(value.value) + mark(value), interval(value.low, value.high)
    if isinstance(value, Difference):
        return signed(value.value), interval(value.low, value.high, difference=True)
    if isinstance(value, Amount):
        return value.words, ""
    return (NOTHING if value is None else f"{value:,}" if isinstance(value, int) else value), ""


def words(value: Value) -> str:
    """A value with its interval in one line."""
    number, between = brief(value)
    return f"{number} ({between})" if between else number


def numeric(sheet: Sheet, column: int) -> bool:
    """Whether a column holds numbers, which stand to the right."""
    return column > 0 and all(not isinstance(row[column], str) or row[column] in ("", UNKNOWN) for row in sheet.rows)


def show(several: Iterable[Sheet], console: Console) -> None:
    """Print tables, with intervals beside the numbers where the terminal is wide enough, else under them.

    A note that several have stands under the first.
    """
    told: set[str] = set()
    for sheet in several:
        wide = _table(sheet, "{} ({})")
        console.print(wide if _fits(wide, console) else _table(sheet, "{}\n{}"))
        for note in sheet.notes:
            if note not in told:
                console.print(Text(note, style="dim"))
        told.update(sheet.notes)
        console.print()


def _fits(table: Table, console: Console) -> bool:
    return console.measure(table, options=console.options.update(width=10_000)).maximum <= console.width


def _table(sheet: Sheet, shape: str) -> Table:
    title = Text(sheet.title, style="bold")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(sheet.columns):
        heading = column.replace("_", "_\n", 1) if "\n" in shape else column  # a stage's name takes two lines
        table.add_column(heading, justify="right" if numeric(sheet, number) else "left")
    for row in sheet.rows:
        table.add_row(*[Text(shape.format(*brief(v)) if brief(v)[1] else brief(v)[0]) for v in row])
    return table


def frame(sheet: Sheet) -> pd.DataFrame:
    """The table with bare numbers: a measure M has the columns M, M_low, M_high and M_n, a difference the first three.

    What is not defined or not known is missing.
    """
    columns: dict[str, list[object]] = {}
    for number, heading in enumerate(sheet.columns):
        values = [row[number] for row in sheet.rows]
        for suffix in _parts(values):
            columns[column_name(heading) + suffix] = [_part(value, suffix) for value in values]
    return pd.DataFrame(columns)


def column_name(heading: str) -> str:
    """A heading as the name of a column: words joined by underscores."""
    named = heading.replace("%", "percent").replace("κ", "kappa")
    return re.sub(r"\W+", "_", named).strip("_").lower()


def _parts(values: Iterable[Value]) -> Sequence[str]:
    several = list(values)
    if any(isinstance(value, Measure) for value in several):
        return ("", "_low", "_high", "_n")
    return ("", "_low", "_high") if any(isinstance(value, Difference) for value in several) else ("",)


def _part(value: Value, suffix: str) -> object:
    if isinstance(value, Measure | Difference):
        return getattr(value, suffix.removeprefix("_") or "value")
    if suffix:
        return None
    return value.value if isinstance(value, Amount) else value


def latex(sheet: Sheet) -> str:
    """The table as a LaTeX tabular of the package booktabs."""
    shape = "".join("r" if numeric(sheet, n) else "l" for n in range(len(sheet.columns)))
    lines = [" & ".join(map(escaped, (words(value) for value in row))) + r" \\" for row in sheet.rows]
    head = " & ".join(map(escaped, sheet.columns)) + r" \\"
    note = [f"\\par\\smallskip\\footnotesize {escaped(' '.join(sheet.notes))}"] if sheet.notes else []
    parts = [f"% {escaped(sheet.title)}", f"\\begin{{tabular}}{{{shape}}}", r"\toprule", head, r"\midrule", *lines]
    return "\n".join([*parts, r"\bottomrule", r"\end{tabular}", *note, ""])


def markdown(sheet: Sheet) -> str:
    """The table in Markdown, with its notes under it."""
    heads, ruled = list(sheet.columns), ["--:" if numeric(sheet, n) else "---" for n in range(len(sheet.columns))]
    lines = [heads, ruled, *([words(value) for value in row] for row in sheet.rows)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)
    return "\n\n".join([table, *sheet.notes]) + "\n"


def escaped(text: str) -> str:
    """A text in LaTeX, where some characters are commands."""
    return text.translate(_LATEX)


_LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ", "\r": " "}
    | {"†": r"\dag{}", "–": "--", "·": r"$\cdot$", "κ": r"$\kappa$", "<": r"$<$", ">": r"$>$", "→": r"$\to$"}
)
