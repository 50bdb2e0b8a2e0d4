"""The baselines of a grid, which need no LM: keyword counting and the majority answer."""

from collections.abc import Callable, Sequence
from pathlib import Path

from program.answers import STAGES
from program.paper import Paper
from program.pipeline import Program
from ptmreuse.digests import content_digest, program_digest
from ptmreuse.evaluation import keywords, majority, stand_in
from ptmreuse.evaluation.carrier import Carrier
from ptmreuse.evaluation.failures import Shown
from ptmreuse.evaluation.judged import Cell
from ptmreuse.labelled import LabelledPaper
from ptmreuse.ledger import Key
from ptmreuse.meter import Price

NO_LM = "no LM"


def baselines(train: Sequence[LabelledPaper]) -> list[Carrier]:
    """Both; `train` is what the majority is taken of."""
    found = majority.commonest(train)
    code = _digest(keywords, stand_in)
    digest = f"{_digest(majority, stand_in)} {found}"
    return [
        _carrier(
            "keyword counting", code, keywords.Keywords, lambda paper, models: keywords.Keywords(paper).read(models)
        ),
        _carrier(
            "majority", digest, lambda paper: majority.Majority(paper, found), lambda paper, _: majority.read(paper)
        ),
    ]


def _carrier(name: str, digest: str, make: Callable[[Paper], Program], shown: Shown) -> Carrier:
    key = Key(f"{name} {digest}", NO_LM)
    free = dict.fromkeys(STAGES, Price(0.0, 0.0))
    return Carrier(Cell(NO_LM, name), dict.fromkeys(STAGES, key), free, lambda: make, shown, calls=False)


def _digest(*modules: object) -> str:
    """Of a baseline's own code and of the program, whose catalogue and gates it uses."""
    code = b"".join(Path(str(getattr(module, "__file__", ""))).read_bytes() for module in modules)
    return f"{program_digest(None)} {content_digest(code)[:12]}"
