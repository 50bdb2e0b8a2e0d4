"""What is told of an answer once it is set beside its label: the one form that every number and table is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

View: TypeAlias = Literal["isolated", "end-to-end"]
VIEWS: tuple[View, ...] = ("isolated", "end-to-end")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote that an answer gave. `labelled` is whether it overlaps a labelled quote; None where the labels have none.

    One that is not verbatim in the paper has no place and, since the gate keeps no text of it, no text.
    """

    text: str
    place: str
    verbatim: bool
    labelled: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer beside its label.

    Stages 1 and 2: one per paper, `true` and `given` are {"yes"} or {"no"}. Stage 3: one per paper, sets of canonical
    names. Stage 4: one per labelled model, sets of patterns. Stage 5: one per labelled model, a set of one step.
    `reason` says why there is no answer (`given` is then empty: never a no, never a yes). `named` is False for a model
    that stage 3 did not list in the end-to-end view, so that stages 4 and 5 were never asked about it. `listed` has, in
    stage 3, the names as the program listed them, optional models among them: what stages 4 and 5 are then asked about.
    """

    paper: str
    stage: str
    true: frozenset[str]
    given: frozenset[str]
    model: str = ""
    reason: str = ""
    named: bool = True
    quotes: tuple[Quote, ...] = ()
    listed: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the answer is wholly right."""
        return not self.reason and self.named and self.true == self.given


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid: a program carried by an LM. `repeat` counts from 1."""

    lm: str
    program: str
    repeat: int = 1

    @property
    def name(self) -> str:
        """The cell in a few words."""
        return f"{self.program} · {self.lm}" + (f" · {self.repeat}" if self.repeat > 1 else "")


@dataclass(frozen=True, slots=True)
class Cost:
    """What the answers of a cell cost in one view.

    `calls` and tokens as the ledger has them; None where the LM does not say. `usd` is None where the price is not
    known: never 0 for want of a price. `seconds` has one number per paper, wall time of its calls.
    """

    calls: int
    input_tokens: int | None
    output_tokens: int | None
    usd: float | None
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All answers of a cell by view, beside their labels, with their cost."""

    cell: Cell
    judged: Mapping[View, Sequence[Judged]]
    costs: Mapping[View, Cost]
