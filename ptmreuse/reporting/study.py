"""A run beside the published study of PTM reuse, where the two can be compared and where they differ.

The study: Synovic et al., An Empirical Investigation of Pre-Trained Deep Learning Model Reuse in the Scientific
Process, arXiv 2603.13584 (2026). Its numbers are those of its first version.
"""

from math import hypot
from typing import NamedTuple

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.sheet import Amount, Sheet, Value
from ptmreuse.reporting.clustered import shares
from ptmreuse.reporting.counts import ALL
from ptmreuse.reporting.estimated import Estimated
from ptmreuse.reporting.headlines import leading
from ptmreuse.reporting.metadata import FIELD_UNKNOWN
from ptmreuse.reporting.percent import between, percent, points
from ptmreuse.reporting.results import Results
from ptmreuse.reporting.tabulated import PATTERNS, STEPS

PAPERS, REUSING = 17_511, 631
ADAPTATION = 0.7029  # of instances; their number is not published in so many words
TEST = 422  # instances
FIELD = "Biochemistry, Genetics and Molecular Biology"
MODELS = {"AlexNet": 25, "AlphaFold 2": 23, "VGG-16": 19, "ResNet-50": 18, "AlphaFold": 18}
REFERENCE = "Synovic et al. 2026, arXiv 2603.13584, first version"

DIFFERENCES = (
    "Papers. Theirs are from four publishers (PLOS, BMJ, F1000, Frontiers), found by six search phrases such as “deep"
    " learning” and “pre-trained model”, with at least one citation and a topic in one of eight natural-science fields,"
    " 2000 to 2025. Other papers have another share; a search by such phrases raises it.",
    "The share. Theirs is yes among all papers: an answer that failed was dropped, which counts like a no. The first"
    " row computes this run's the same way; the second leaves the unresolved out, and the third is corrected by hand"
    " labels where there are enough. The study's is uncorrected.",
    "Instances. Theirs come from names that were given anew at each stage, so that a model's pattern and step are not"
    " joined; here an instance is a paper, a model and a pattern (or step). How many instances the study has in all is"
    " not known here: its share of adaptation stands without an interval, its tests without a share.",
    "Models. Theirs are counted by name in small letters without hyphens, here by canonical name, versions apart. Their"
    " counts are set against their 631 reusing papers, as if each were a paper.",
    "The LM and the prompts differ; the study read whole papers with a 20-billion-parameter open model.",
)


class Share(NamedTuple):
    """A share with its 95 % limits, None where they are not known."""

    value: float
    low: float | None = None
    high: float | None = None


def study_sheets(results: Results, found: Estimated) -> list[Sheet]:
    """The run's figures beside the published ones, in per cent and percentage points, and the models of both."""
    if not results.flow.read:
        return []
    theirs = _share(REUSING, PAPERS)
    rows = [_row(what, theirs, ours) for what, ours in _reuse(results, found).items()]
    rows += [_row("instances that are adaptation", Share(ADAPTATION), _instances(results, "pattern", "adaptation"))]
    rows += [_row("instances for the step test", None, _instances(results, "step", "test"))]
    columns = ("share of", "study", "this run", "95 % interval", "difference, points", "its interval")
    note = (
        f"Study: {REFERENCE}; intervals of its shares are Wilson's. Intervals of differences: Newcombe 1998, Statistics"
        " in Medicine 17, 873."
    )
    return [
        Sheet("study", "Shares of the study and of this run", columns, tuple(rows), note),
        _leaders(results),
        _models(results),
    ]


def difference(ours: Share, theirs: Share) -> Share | None:
    """Ours less theirs, of independent papers, with limits from those of both (Newcombe's method 10); None without."""
    if ours.low is None or ours.high is None or theirs.low is None or theirs.high is None:
        return None
    gap = ours.value - theirs.value
    below = hypot(ours.value - ours.low, theirs.high - theirs.value)
    above = hypot(ours.high - ours.value, theirs.value - theirs.low)
    return Share(gap, max(-1.0, gap - below), min(1.0, gap + above))


def _share(hits: int, cases: int) -> Share | None:
    return Share(hits / cases, *wilson(hits, cases)) if cases else None


def _reuse(results: Results, found: Estimated) -> dict[str, Share | None]:
    """The three shares of papers that reuse: as the study counts, of known answers, corrected."""
    gates = results.flow.gates
    yes, no = results.flow.reuse, gates[0].no + gates[1].no
    each = found.of("reuses_ptm")
    corrected = Share(each.corrected, each.low, each.high) if each and each.corrected is not None else None
    return {
        "papers that reuse, yes among all read": _share(yes, results.flow.read),
        "papers that reuse, yes among yes and no": _share(yes, yes + no),
        "papers that reuse, corrected by labels": corrected,
    }


def _instances(results: Results, column: str, value: str) -> Share | None:
    table, values = (results.instances, PATTERNS) if column == "pattern" else (results.stepped, STEPS)
    told = table[["source"]].assign(group=ALL, value=table[column])
    measure = shares(told, values).get((ALL, value))
    return Share(measure.value, measure.low, measure.high) if measure and measure.value is not None else None


def _row(what: str, theirs: Share | None, ours: Share | None) -> tuple[Value, ...]:
    gap = difference(ours, theirs) if ours and theirs else None
    return (
        what,
        _words(theirs),
        Amount(ours.value if ours else None, percent(ours.value if ours else None)),
        between(ours.low, ours.high) if ours else "",
        Amount(gap.value if gap else None, points(gap.value if gap else None)),
        f"{points(gap.low)} to {points(gap.high)}" if gap else "",
    )


def _words(share: Share | None) -> str:
    if share is None:
        return "not known"
    limits = between(share.low, share.high)
    return f"{percent(share.value)} ({limits})" if limits else f"{100 * share.value:.2f} %"


def _leaders(results: Results) -> Sheet:
    pattern, step = leading(results, "pattern"), leading(results, "step")
    fields = results.unique.loc[results.unique["reuses_ptm"].eq("yes"), "field"]
    known = fields[fields.ne(FIELD_UNKNOWN)].value_counts()
    rows: tuple[tuple[Value, ...], ...] = (
        ("papers", f"{PAPERS:,}", f"{results.flow.read:,} read"),
        ("papers that reuse", f"{REUSING:,}", f"{results.flow.reuse:,}"),
        (
            "field with most reusing papers",
            FIELD,
            f"{known.index[0]} ({known.iloc[0]:,})" if len(known) else "not known",
        ),
        ("most frequent pattern", f"adaptation ({100 * ADAPTATION:.2f} %)", _leader(pattern)),
        ("step most affected", f"test ({TEST} instances)", _leader(step)),
    )
    return Sheet("study_leaders", "What leads in the study and in this run", ("", "study", "this run"), rows)


def _leader(leader: tuple[str, int, float] | None) -> str:
    return f"{leader[0]} ({leader[1]:,} instances, {percent(leader[2])})" if leader else "none"


def _models(results: Results) -> Sheet:
    """The study's top models and the run's, as shares of the papers that reuse."""
    ours = results.models.groupby("model")["source"].nunique().sort_values(ascending=False, kind="stable")
    names = dict.fromkeys([*MODELS, *map(str, ours.index[: len(MODELS)])])
    rows = tuple(_model(name, int(ours.get(name, 0)), results.flow.reuse) for name in names)
    columns = (
        "model",
        "study, papers",
        "study, share",
        "run, papers",
        "run, share",
        "95 % interval",
        "difference, points",
        "its interval",
    )
    note = "Shares of the papers that reuse a model. A model that is not among the study's five has no count there."
    return Sheet("study_models", "The most reused models of the study and of this run", columns, rows, note)


def _model(name: str, papers: int, reusing: int) -> tuple[Value, ...]:
    theirs = _share(MODELS[name], REUSING) if name in MODELS else None
    row = _row(name, theirs, _share(papers, reusing))
    return (name, MODELS.get(name), row[1] if theirs else "not in its five", papers, *row[2:])
