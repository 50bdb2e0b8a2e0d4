"""A run in a few sentences, the prevalence of reuse first, and in a few numbers that stand out."""

from collections.abc import Iterator
from typing import NamedTuple

from ptmreuse.evaluation.measure import SMALL
from ptmreuse.reporting.estimated import Estimated
from ptmreuse.reporting.metadata import FIELD_UNKNOWN
from ptmreuse.reporting.model_sheets import ranked
from ptmreuse.reporting.percent import between, percent
from ptmreuse.reporting.prevalence import Prevalence
from ptmreuse.reporting.results import Results
from ptmreuse.reporting.tabulated import PATTERNS, STEPS


class Standing(NamedTuple):
    """A number that stands out, what it is of, and what to know of it."""

    number: str
    of: str
    more: str = ""


def headlines(results: Results, found: Estimated) -> list[str]:
    """The prevalence of reuse with its interval, or "uncorrected" with its bounds; what models, how, for what."""
    if not results.flow.found:
        return ["There is no paper in this run yet."]
    return [_reuse(found.of("reuses_ptm")), *_labels(found), *_models(results), *_open(results), *_few(results)]


def _reuse(each: Prevalence | None) -> str:
    if each is None:
        return "Whether papers reuse pre-trained models was not asked in this run."
    if each.corrected is not None:
        return (
            f"{percent(each.corrected)} of the papers reuse a pre-trained model (95 % interval"
            f" {between(each.low, each.high)}), corrected for the machine's errors by {each.n_labels:,} hand labels;"
            f" the machine by itself says {percent(each.raw)}."
        )
    if each.raw is None:
        return "Of no paper is it known whether it reuses a pre-trained model: all are unresolved or unreadable."
    told = f"{percent(each.raw)} of the papers reuse a pre-trained model, uncorrected: the machine's errors are in it."
    if each.low_bound == each.high_bound:
        return f"{told} No paper is without an answer."
    bounds = between(each.low_bound, each.high_bound)
    return f"{told} Were all papers without an answer no, or all yes, it would be {bounds}."


def _labels(found: Estimated) -> Iterator[str]:
    """Why there is no corrected figure, where labels were given."""
    reuse = found.of("reuses_ptm")
    if found.accuracies and reuse and reuse.corrected is None:
        yield f"The {reuse.n_labels:,} labels can't correct it: {reuse.note}."


def _models(results: Results) -> Iterator[str]:
    if not len(results.models):
        yield "No reused model is named in these papers."
        return
    models, reusing = ranked(results, "model"), results.models["source"].nunique()
    top = ", ".join(f"{name} ({row['papers']:,})" for name, row in models.head(5).to_dict("index").items())
    yield f"{_number(reusing, 'paper')} with {_number(len(models), 'named reused model')}; in most papers: {top}."
    leads = [words for column in ("pattern", "step") if (words := _leading(results, column))]
    if leads:
        yield f"{' '.join(leads)}"


def _leading(results: Results, column: str) -> str:
    leader = leading(results, column)
    return f"Most frequent {column}: {leader[0]}, {percent(leader[2])} of the instances known." if leader else ""


def leading(results: Results, column: str) -> tuple[str, int, float] | None:
    """The most frequent pattern or step, its number of instances, and its share of those that are known."""
    table, values = (results.instances, PATTERNS) if column == "pattern" else (results.stepped, STEPS)
    counts = table.loc[table[column].isin(values), column].value_counts()
    return (str(counts.index[0]), int(counts.iloc[0]), float(counts.iloc[0] / counts.sum())) if len(counts) else None


def _open(results: Results) -> Iterator[str]:
    """What has no answer."""
    flow = results.flow
    open_ = sum(sum(gate.unresolved.values()) for gate in flow.gates[:2])
    unread = sum(flow.unreadable.values())
    if open_ or unread:
        lost = f"{open_:,} unresolved and {unread:,} unreadable"
        yield f"Without an answer on reuse: {lost} of {_unique(results):,} papers."


def _few(results: Results) -> Iterator[str]:
    if (papers := results.flow.read) < SMALL:
        yield f"Only {_number(papers, 'readable paper')}: too few to rely on any share."


def _number(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"


def _unique(results: Results) -> int:
    return results.flow.found - results.flow.duplicates


def standing(results: Results, found: Estimated) -> list[Standing]:
    """The numbers of the top of the page."""
    deep, reuse = found.of("uses_deep_learning"), found.of("reuses_ptm")
    told = [Standing(f"{_unique(results):,}", "papers", f"{results.flow.read:,} readable")]
    told += [_share(each, of) for each, of in ((deep, "use deep learning"), (reuse, "reuse a model")) if each]
    if len(results.models):
        told.append(Standing(f"{results.models['model'].nunique():,}", "models", f"{results.flow.models:,} reuses"))
    for column in ("pattern", "step"):
        if leader := leading(results, column):
            told.append(Standing(leader[0], f"most frequent {column}", f"{percent(leader[2])} of instances"))
    return [*told, *_field(results)]


def _share(each: Prevalence, of: str) -> Standing:
    if each.corrected is not None:
        return Standing(percent(each.corrected), of, f"corrected, {between(each.low, each.high)}")
    open_ = each.low_bound != each.high_bound
    bounds = f", {between(each.low_bound, each.high_bound)}" if open_ else ""
    return Standing(percent(each.raw), of, f"uncorrected{bounds}")


def _field(results: Results) -> Iterator[Standing]:
    """The field with the most papers that reuse."""
    papers = results.unique
    fields = papers.loc[papers["reuses_ptm"].eq("yes") & papers["field"].ne(FIELD_UNKNOWN), "field"].value_counts()
    if len(fields):
        yield Standing(str(fields.index[0]), "field with most reuse", f"{int(fields.iloc[0]):,} papers")
