"""The optimizers, one function each: from a task they make candidates, modules of one stage with other demos or words.

labeled        demos drawn from the training papers (DSPy's LabeledFewShot)
bootstrap      demos that the LM answered right by itself, and drawn ones (DSPy's BootstrapFewShot)
random-search  the best of many drawn sets of demos (our own loop; DSPy's draws without regard to labels)
knn            demos that have many neighbours among the training papers (DSPy's KNN)
mipro          instructions written from the data, and demos (DSPy's MIPROv2)
gepa           instructions rewritten in the light of what the labels say (DSPy's GEPA)
simba          rules and demos added where answers vary (DSPy's SIMBA)
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, TypeAlias
from zlib import crc32

import dspy
import numpy as np
from dspy.predict.knn import KNN

from ptmreuse.errors import UsageError
from ptmreuse.feedback import feedback
from ptmreuse.lm import EMBEDDED
from ptmreuse.scoring import scored
from ptmreuse.tasks import Task

_HARD = 3  # of so many demos of random search one is a hard one
_MINIBATCH = 3  # GEPA's examples per reflection
_STEPS, _WIDTH, _BATCH = 8, 4, 32  # SIMBA's: most steps, candidates per step, examples per step
_PROPOSALS = 4  # MIPRO's instructions, and its sets of demos
_DIMENSIONS = 512  # of the vectors by which knn compares papers
_WORD = re.compile(r"[a-z]{3,}")

Optimizer: TypeAlias = Callable[[Task], Iterator[dspy.Module]]


def labeled(task: Task) -> Iterator[dspy.Module]:
    """One candidate: demos drawn with the seed."""
    yield dspy.LabeledFewShot(k=task.demos).compile(task.student(), trainset=task.pool())


def bootstrap(task: Task) -> Iterator[dspy.Module]:
    """One candidate: up to half of the demos are the LM's own right answers, the rest is drawn."""
    own = max(1, task.demos // 2)
    optimizer = dspy.BootstrapFewShot(
        metric=task.metric, metric_threshold=1.0, max_bootstrapped_demos=own, max_labeled_demos=task.demos
    )
    yield optimizer.compile(task.student(), trainset=task.pool())


def random_search(task: Task) -> Iterator[dspy.Module]:
    """`trials` candidates: a quarter of `demos` to all of them, drawn, up to a third of them hard ones.

    Hard is a training paper that zero-shot is not right about. Hard ones and others are drawn evenly over the labels.
    """
    pool, chance = task.pool(), random.Random(task.seed)  # noqa: S311 - no secret hangs on it
    known = scored(task.stage, task.student(), [task.labelled(example) for example in pool], task.threads)
    hard = [example for example, each in zip(pool, known, strict=True) if each.outcome.score < 1]
    for _ in range(task.trials):
        size = chance.randint(max(1, task.demos // 4), task.demos)
        first = _evenly(hard, chance)[: size // _HARD]
        others = [example for example in _evenly(pool, chance) if not any(example is one for one in first)]
        module = task.student()
        module.predict.demos = [*first, *others[: size - len(first)]]
        yield module


def _evenly(pool: list[dspy.Example], chance: random.Random) -> list[dspy.Example]:
    """All examples in random order, the labels by turns."""
    by_label: dict[str, list[dspy.Example]] = {}
    for example in chance.sample(pool, len(pool)):
        by_label.setdefault(chance.choice(_labels(example)), []).append(example)
    turns = sorted(by_label.values(), key=lambda _: chance.random())
    longest = max(map(len, turns), default=0)
    return [several[turn] for turn in range(longest) for several in turns if turn < len(several)]


def _labels(example: dspy.Example) -> list[str]:
    """What an example is labelled with: yes or no, how many names, its patterns, its steps."""
    for name in ("uses_deep_learning", "reuses_ptm"):
        if name in example:
            return [str(example[name])]
    for name in ("pattern", "step"):
        if items := example.get(f"{name}s"):
            return [getattr(item, name) for item in items]
    return ["several" if len(example.ptms) > 1 else "one"]


def knn(task: Task) -> Iterator[dspy.Module]:
    """Three candidates: the training papers that are among the nearest of most others; all, half, a quarter of `demos`.

    DSPy's KNNFewShot looks for demos anew at every question; that is a program and no state, and can't be saved.
    """
    pool = task.pool()
    nearest = KNN(task.demos + 1, pool, vectorizer=dspy.Embedder(_vectors))
    votes: Counter[int] = Counter()
    for at, example in enumerate(pool):
        votes.update(n for n in map(pool.index, nearest(**example.inputs())) if n != at)
    central = [pool[at] for at, _ in votes.most_common(task.demos)]
    for share in (1, 2, 4):
        module = task.student()
        module.predict.demos = central[: max(1, len(central) // share)]
        yield module


def _vectors(texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Hashed counts of words (the hashing trick), on a logarithmic scale, of length one."""
    found = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
    for row, text in zip(found, texts, strict=True):
        for word, number in Counter(_WORD.findall(text.lower())).items():
            row[crc32(word.encode()) % _DIMENSIONS] += np.log1p(number)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)


def mipro(task: Task) -> Iterator[dspy.Module]:
    """The best of `trials` pairs of instruction and demos; DSPy scores them on val."""
    optimizer = dspy.MIPROv2(
        metric=task.metric,
        metric_threshold=1.0,
        prompt_model=task.lm,
        task_model=task.lm,
        auto=None,
        num_candidates=_PROPOSALS,
        max_bootstrapped_demos=task.demos // 2,
        max_labeled_demos=task.demos,
        num_threads=task.threads,
        seed=task.seed,
    )
    val = [task.bare(example) for example in task.val]
    student, trials = task.student(), task.trials
    yield optimizer.compile(student, trainset=task.pool(), valset=val, num_trials=trials, minibatch=False)


def gepa(task: Task) -> Iterator[dspy.Module]:
    """The best of about `trials` instructions, each a reflection on what the labels say; DSPy scores them on val."""

    def metric(
        gold: dspy.Example, prediction: dspy.Prediction, trace: Any = None, name: Any = None, calls: Any = None
    ) -> Any:
        del trace, calls
        value = task.metric(gold, prediction)
        if name is None:
            return value
        return dspy.Prediction(score=value, feedback=feedback(task.stage, task.labelled(gold), prediction))

    train, val = ([task.bare(example) for example in examples] for examples in (task.train, task.val))
    optimizer = dspy.GEPA(
        metric=metric,
        max_metric_calls=len(val) + task.trials * (2 * _MINIBATCH + len(val)),
        reflection_minibatch_size=_MINIBATCH,
        reflection_lm=task.lm,
        use_merge=False,
        num_threads=task.threads,
        seed=task.seed,
    )
    yield optimizer.compile(task.student(), trainset=train, valset=val)


def simba(task: Task) -> Iterator[dspy.Module]:
    """The programs that won a step of SIMBA, which does not look at val."""
    train = [task.bare(example) for example in task.train]
    optimizer = dspy.SIMBA(
        metric=task.metric,
        bsize=min(_BATCH, len(train)),
        num_candidates=_WIDTH,
        max_steps=min(_STEPS, task.trials),
        max_demos=task.demos,
        prompt_model=task.lm,
        num_threads=task.threads,
    )
    found = optimizer.compile(task.student(), trainset=train, seed=task.seed)
    yield from (candidate["program"] for candidate in found.candidate_programs)


OPTIMIZERS: dict[str, Optimizer] = {
    "labeled": labeled,
    "bootstrap": bootstrap,
    "random-search": random_search,
    "knn": knn,
    "mipro": mipro,
    "gepa": gepa,
    "simba": simba,
}
WRITING = ("mipro", "gepa", "simba")  # these have the LM write instructions


def refuse(optimizer: str, lm: str) -> None:
    """Raises UsageError where an optimizer can't work with an LM, or lacks a package, before anything is asked."""
    if optimizer in WRITING and lm == EMBEDDED:
        drawing = ", ".join(name for name in OPTIMIZERS if name not in WRITING)
        raise UsageError(
            f"--optimizer {optimizer} has the LM write instructions, and the embedded LM can't follow any; use one of "
            f"{drawing}, or another --lm"
        )
    if optimizer == "mipro" and not find_spec("optuna"):
        raise UsageError("--optimizer mipro needs the package optuna; install it, or use gepa or simba")


def calls(optimizer: str, task: Task) -> int:
    """About how many calls of the LM an optimizer makes for a task, scoring on val included."""
    train, val, trials = len(task.train), len(task.val), task.trials
    making = {
        "labeled": val,
        "bootstrap": min(train, task.demos) + val,
        "random-search": train + trials * val,
        "knn": 3 * val,
        "mipro": _PROPOSALS * (task.demos + 5) + (trials + 1) * val,
        "gepa": trials * (2 * _MINIBATCH + 1 + val),
        "simba": min(_STEPS, trials) * 2 * _WIDTH * (min(_BATCH, train) + 1) + (_WIDTH + 1) * (train + val),
    }
    return val + making[optimizer]
