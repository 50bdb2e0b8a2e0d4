"""What the measures are called, and which of them a stage is known by."""

from collections.abc import Mapping

from program.answers import STAGES
from ptmreuse.evaluation.judged import View

COUNTS = ("n", "n_yes", "n_no", "rightly_named_n")  # how many, not how good
F1: Mapping[str, str] = dict(zip(STAGES, ("f1", "f1", "micro_f1", "micro_f1", "macro_f1"), strict=True))
F1_NOTE = (
    "F1: of the answer yes in the first two stages, pooled over all names in the third, pooled over all patterns in the"
    " fourth, mean over the steps in the fifth."
)
CASES_NOTE = "A case is a paper; in the last two stages a reused model."
ACCURACY_NOTE = (
    "Accuracy: share of answers that are wholly right; of names, share of papers with exactly the labelled set."
)
VIEW_WORDS: Mapping[View, str] = {"isolated": "isolated", "end-to-end": "end to end"}

_WORDS = {
    "n": "cases",
    "n_yes": "labelled yes",
    "n_no": "labelled no",
    "f1": "F1",
    "kappa": "Cohen's κ",
    "quotes_verbatim": "quotes that are verbatim",
    "quotes_labelled": "quotes that overlap a labelled one",
}


def words(measure: str) -> str:
    """A measure's name as a heading: `micro_f1` is "micro F1"."""
    if measure in _WORDS:
        return _WORDS[measure]
    if measure.startswith("rightly_named_"):
        return f"{words(measure.removeprefix('rightly_named_'))}, on rightly named models"
    if measure.startswith("family_"):
        return f"{words(measure.removeprefix('family_'))}, by family"
    return measure.replace("_", " ").replace("f1", "F1")
