"""What an optimizer and a number of demos bring: compiles with several seeds, mean and spread per stage from MLflow.

    python -m benchmarks.optimizers [--optimizers NAME …] [--demos K …] [--seeds N] [--store FILE]

Scores are on the validation split, where the best of a compile's candidates is chosen: "all" is the mean of its
candidates, which is not biased by the choice; "best" is the best of them, which is. No demos is zero-shot. What
optimize.py then keeps has to beat luck as well. Runs that the store already has are not made again.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from tempfile import TemporaryDirectory

import mlflow

from program.answers import STAGES
from ptmreuse.tracking import EXPERIMENT

ROOT = Path(__file__).parents[1]
OFFLINE = ("labeled", "bootstrap", "random-search", "knn")
COLUMNS = (*STAGES, "mean")


def main() -> None:
    """Compile what is not in the store yet and print one line per optimizer and number of demos."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--optimizers", nargs="+", default=OFFLINE)
    parser.add_argument("--demos", nargs="+", type=int, default=(2, 4, 8, 16))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--store", type=Path, default=ROOT / "runs" / "optimizers.db", help="SQLite file of MLflow")
    given = parser.parse_args()
    given.store.parent.mkdir(parents=True, exist_ok=True)
    store = f"sqlite:///{given.store.resolve()}"
    wanted = [(o, k, s) for o in given.optimizers for k in given.demos for s in range(given.seeds)]
    for optimizer, demos, seed in wanted:
        if not any(runs(store, optimizer, demos, seed)):
            compiled(store, optimizer, demos, seed)
    line("", COLUMNS)
    first = candidates(store, *wanted[0])
    line("zero-shot", [f"{value:.3f}" for value in with_mean([first[stage][0] for stage in STAGES])])
    for optimizer in given.optimizers:
        for demos in given.demos:
            found = [candidates(store, optimizer, demos, seed) for seed in range(given.seeds)]
            for name, of in (("all", mean), ("best", max)):
                rows = [with_mean([of(run[stage][1:]) for stage in STAGES]) for run in found]
                line(f"{optimizer}, {demos} demos, {name}", [spread(values) for values in zip(*rows, strict=True)])


def with_mean(values: list[float]) -> list[float]:
    """The values of the stages and their mean."""
    return [*values, mean(values)]


def compiled(store: str, optimizer: str, demos: int, seed: int) -> None:
    """Carry out one compile, as a user would."""
    told = ["--optimizer", optimizer, "--demos", str(demos), "--seed", str(seed)]
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "optimize.py"), *told, "--out", f"{folder}/embedded.json"]
        told_to = {**os.environ, "MLFLOW_TRACKING_URI": store}
        subprocess.run(command, check=True, env=told_to, cwd=folder, stdout=subprocess.DEVNULL)


def runs(store: str, optimizer: str, demos: int, seed: int) -> list[str]:
    """The ids of the finished compiles with these parameters, the latest first."""
    client = mlflow.MlflowClient(store)
    if not (experiment := client.get_experiment_by_name(EXPERIMENT)):
        return []
    asked = f"params.optimizer = '{optimizer}' and params.demos = '{demos}' and params.seed = '{seed}'"
    found = client.search_runs([experiment.experiment_id], f"{asked} and attributes.status = 'FINISHED'")
    return [run.info.run_id for run in found if "mean/val_accuracy" in run.data.metrics]


def candidates(store: str, optimizer: str, demos: int, seed: int) -> dict[str, list[float]]:
    """The accuracy of every candidate by stage, zero-shot first."""
    client = mlflow.MlflowClient(store)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    parent = runs(store, optimizer, demos, seed)[0]
    children = client.search_runs([experiment.experiment_id], f"tags.mlflow.parentRunId = '{parent}'")
    return {
        child.data.tags["stage"]: [
            each.value
            for each in sorted(client.get_metric_history(child.info.run_id, "val_accuracy"), key=lambda m: m.step)
        ]
        for child in children
    }


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation."""
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}"


def line(name: str, shown: Sequence[str]) -> None:
    """Print a row of the table."""
    print(f"{name:<32}" + "".join(f"{each:>20}" for each in shown), flush=True)


if __name__ == "__main__":
    main()
