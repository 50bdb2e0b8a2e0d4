"""The accuracy of each stage over the candidates of an optimization, as a picture."""

import io
from collections.abc import Mapping, Sequence

Candidates = Sequence[tuple[int, float]]  # step, accuracy 0 to 1


def png(stages: Mapping[str, Candidates], before: Mapping[str, float], title: str) -> bytes:
    """A PNG with one panel per stage: each candidate a dot, the best so far a line, and the accuracy before, dashed."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(2.6 * max(len(stages), 2), 3.0), layout="constrained")
    axes = figure.subplots(1, len(stages), sharey=True, squeeze=False)[0]
    for axis, (stage, candidates) in zip(axes, stages.items(), strict=True):
        steps = [step for step, _ in candidates]
        values = [value for _, value in candidates]
        best = [max(values[: n + 1]) for n in range(len(values))]
        axis.scatter(steps, values, s=14, color="#6b7280", label="candidate")
        axis.plot(steps, best, drawstyle="steps-post", color="#0f766e", label="best so far")
        if stage in before:
            axis.axhline(before[stage], color="#b45309", linestyle="--", linewidth=1, label="before")
        axis.set_title(stage, fontsize=9)
        axis.set_xlabel("candidate", fontsize=8)
        axis.tick_params(labelsize=8)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("accuracy on val", fontsize=8)
    axes[0].legend(fontsize=7, frameon=False)
    figure.suptitle(title, fontsize=10)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()
