"""What an optimizer and a number of demos bring: compiles with several seeds, mean and spread per stage from MLflow.

    python -m benchmarks.optimizers [--optimizers NAME …] [--demos K …] [--seeds N] [--store FILE]

Scores are on the validation split, by which each compile chooses: they say what a search finds, not what it is worth on
other papers. No demos is zero-shot. Runs that the store already has are not made again.
"""

import argparse
import os
import subprocess
import sys
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
    first = runs(store, *wanted[0])[0]
    line("zero-shot", [f"{first[f'{name}/val_accuracy_before']:.3f}" for name in COLUMNS])
    for optimizer in given.optimizers:
        for demos in given.demos:
            found = [runs(store, optimizer, demos, seed)[0] for seed in range(given.seeds)]
            each = {name: [run[f"{name}/val_accuracy"] for run in found] for name in COLUMNS}
            line(f"{optimizer}, {demos} demos", [spread(each[name]) for name in COLUMNS])


def compiled(store: str, optimizer: str, demos: int, seed: int) -> None:
    """Carry out one compile, as a user would."""
    told = ["--optimizer", optimizer, "--demos", str(demos), "--seed", str(seed)]
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "optimize.py"), *told, "--out", f"{folder}/embedded.json"]
        told_to = {**os.environ, "MLFLOW_TRACKING_URI": store}
        subprocess.run(command, check=True, env=told_to, cwd=folder, stdout=subprocess.DEVNULL)


def runs(store: str, optimizer: str, demos: int, seed: int) -> list[dict[str, float]]:
    """The metrics of the finished compiles with these parameters, the latest first."""
    client = mlflow.MlflowClient(store)
    if not (experiment := client.get_experiment_by_name(EXPERIMENT)):
        return []
    asked = f"params.optimizer = '{optimizer}' and params.demos = '{demos}' and params.seed = '{seed}'"
    found = client.search_runs([experiment.experiment_id], f"{asked} and attributes.status = 'FINISHED'")
    return [run.data.metrics for run in found if "mean/val_accuracy" in run.data.metrics]


def spread(values: list[float]) -> str:
    """Mean and standard deviation."""
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}"


def line(name: str, shown: tuple[str, ...] | list[str]) -> None:
    """Print a row of the table."""
    print(f"{name:<26}" + "".join(f"{each:>20}" for each in shown), flush=True)


if __name__ == "__main__":
    main()
