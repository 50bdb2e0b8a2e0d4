"""Prevalences, the machine's accuracy and the cross-checks as tables."""

from collections.abc import Iterable, Sequence

from ptmreuse.evaluation.numerals import NOTHING
from ptmreuse.evaluation.sheet import Amount, Sheet, Value
from ptmreuse.reporting.accuracy import Accuracy
from ptmreuse.reporting.estimated import FIELD, PERIOD, Estimated
from ptmreuse.reporting.percent import between, percent
from ptmreuse.reporting.prevalence import UNCORRECTED, Prevalence

QUESTIONS = {"uses_deep_learning": "uses deep learning", "reuses_ptm": "reuses a PTM"}
_COLUMNS = {"reuse_pattern": "pattern", "science_step": "step"}
_RAW = (
    "Machine: yes among its answers yes and no. Open all no, all yes: the share if every unresolved or unreadable"
    " paper were no, or yes. Patterns and steps: papers with such a model among the papers that reuse a PTM."
)
_CORRECTED = "Corrected: by the hand labels for the machine's errors, of the readable papers, with its 95 % interval."
_CHECKED = "The same labels by two other methods, whose intervals are too narrow where few labels are yes."
_FEWEST = (
    "Sensitivity and specificity for all papers of the run, from labels weighted as they were drawn, 95 % interval."
)


def estimate_sheets(found: Estimated) -> list[Sheet]:
    """Prevalence among all papers, by field and by period; with labels accuracy and cross-checks. Those with rows."""
    whole = [each for each in found.prevalences if not each.by]
    grouped = [
        _prevalence(f"prevalence_by_{by}", f"Prevalence by {by}: papers", [p for p in found.prevalences if p.by == by])
        for by in (FIELD, PERIOD)
    ]
    sheets = [
        _prevalence("prevalence", "Prevalence: papers", whole),
        *grouped,
        _accuracy(found.accuracies),
        _checks(found.checks),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def question(stage: str, value: str) -> str:
    """What a prevalence is of, in words."""
    return f"{_COLUMNS[stage]} {value}" if value else QUESTIONS.get(stage, stage)


def short_sheet(found: Estimated) -> Sheet:
    """Prevalence among all papers in few columns, for a terminal."""
    rows = tuple(
        (
            question(each.stage, each.value),
            percent(each.raw),
            between(each.low_bound, each.high_bound),
            *([_corrected(each)] if found.corrected else []),
        )
        for each in found.prevalences
        if not each.by
    )
    heads = ("question", "machine", "bounds", *(("corrected",) if found.corrected else ()))
    return Sheet("prevalence", "Prevalence", heads, rows)


def _corrected(each: Prevalence) -> str:
    return f"{percent(each.corrected)} ({between(each.low, each.high)})" if each.low is not None else NOTHING


def _prevalence(name: str, title: str, several: Sequence[Prevalence]) -> Sheet:
    """What there is to know of each row is a column by group, and stands under the table of all papers."""
    by = any(each.by for each in several)
    corrected = any(each.method != UNCORRECTED for each in several)
    labelled = any(each.n_labels for each in several)
    heads = ("question", *((several[0].by,) if by else ()), "papers", "machine", "open all no", "open all yes")
    heads += ("corrected", "low", "high") if corrected else ()
    heads += ("labels",) if labelled else ()
    heads += ("what to know",) if labelled and by else ()
    rows = tuple(_row(each, heads) for each in several)
    note = [_RAW, _CORRECTED] if corrected else [_RAW, "Uncorrected: the machine's errors are in it."]
    told = [] if by or not labelled else _told(several)
    return Sheet(name, title, heads, rows, " ".join([*note, *told]))


def _row(each: Prevalence, heads: Sequence[str]) -> tuple[Value, ...]:
    limits = (each.corrected, each.low, each.high) if "corrected" in heads else ()
    return (
        question(each.stage, each.value),
        *((each.stratum,) if each.by else ()),
        NOTHING if each.value else each.papers,  # patterns: of those that reuse, an estimate itself
        *_amounts((each.raw, each.low_bound, each.high_bound, *limits)),
        *((each.n_labels,) if "labels" in heads else ()),
        *((each.note,) if "what to know" in heads else ()),
    )


def _told(several: Sequence[Prevalence]) -> list[str]:
    """Each note once, with the questions that it is about."""
    notes: dict[str, list[str]] = {}
    for each in several:
        if each.note:
            notes.setdefault(each.note, []).append(question(each.stage, each.value))
    return [f"On {', '.join(questions)}: {note}." for note, questions in notes.items()]


def _accuracy(several: Sequence[Accuracy]) -> Sheet:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            question(each.stage, each.value),
            each.measure,
            *_amounts((each.estimate, each.low, each.high)),
            each.n_labels,
            each.note,
        )
        for each in several
    )
    columns = ("question", "measure", "estimate", "low", "high", "labels", "what to know")
    return Sheet("machine_accuracy", "How good the machine is on these papers", columns, rows, _FEWEST)


def _checks(several: Sequence[Prevalence]) -> Sheet:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (question(each.stage, each.value), each.method, *_amounts((each.corrected, each.low, each.high)), each.n_labels)
        for each in several
    )
    columns = ("question", "method", "corrected", "low", "high", "labels")
    return Sheet("cross_checks", "The corrected prevalence by other methods", columns, rows, _CHECKED)


def _amounts(shares: Iterable[float | None]) -> tuple[Amount, ...]:
    return tuple(Amount(share, percent(share)) for share in shares)
