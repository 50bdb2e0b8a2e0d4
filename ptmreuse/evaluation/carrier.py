"""What carries a cell of the grid: a program with what its answers are kept under and priced by."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from program.paper import Paper
from program.pipeline import Program
from ptmreuse.evaluation.failures import Shown
from ptmreuse.evaluation.judged import VIEWS, Cell, View
from ptmreuse.ledger import Key
from ptmreuse.meter import Price


@dataclass(frozen=True)
class Carrier:
    """A cell with all that is needed to fill it.

    `keys` and `prices` (None where unknown) are by stage; `program` builds, once per start, what makes the program
    for a paper; `shown` says what that reads; `settings` are DSPy's. `waits` when the time goes by in waiting for an
    LM; `calls` when it calls one; `joint` when one call answers all stages; `budget` is in tokens of passages.
    """

    cell: Cell
    keys: Mapping[str, Key]
    prices: Mapping[str, Price | None]
    program: Callable[[], Callable[[Paper], Program]]
    shown: Shown
    settings: Mapping[str, Any] = field(default_factory=dict)
    waits: bool = False
    calls: bool = True
    joint: bool = False
    budget: int | None = None

    @property
    def views(self) -> tuple[View, ...]:
        """The views that it has: one call for all stages can't be told true answers."""
        return ("end-to-end",) if self.joint else VIEWS

    def key(self, stage: str, models: Sequence[str]) -> Key:
        """What the answer of a stage is kept under; stages 4 and 5 by the models that they are asked about."""
        key = self.keys[stage]
        if not models or self.joint:
            return key
        told = hashlib.blake2b(json.dumps(list(models)).encode(), digest_size=8).hexdigest()
        return Key(f"{key.program} models {told}", key.lm)
