"""One stage's compile: every candidate is scored on val, and the best one stands if it is better than the old state.

What was scored stays when the search is stopped, by Ctrl-C or at a limit: `kept` is then the best so far.
"""

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Any

import dspy
from dspy.utils.callback import BaseCallback

from ptmreuse.errors import PtmReuseError, SystemicError
from ptmreuse.meter import Meter
from ptmreuse.metrics import outcome, summary
from ptmreuse.optimizers import OPTIMIZERS
from ptmreuse.scoring import Scored, scored
from ptmreuse.states import State, module_of, paper_of, state_of, strangers
from ptmreuse.tasks import Task

_MANY = 1_000_000  # failed calls that DSPy is told to bear: a failure costs its candidate, not the search

Report = Callable[[int, dict[str, float]], None]  # number of a candidate, its scores on val and what it cost


@dataclass(frozen=True, slots=True)
class Candidate:
    """A state with its answers to val and their summary (`accuracy`, `f1`, `n`)."""

    state: State
    answers: list[Scored]
    scores: dict[str, float]

    @property
    def accuracy(self) -> float:
        """Mean score on val, 0 to 1."""
        return self.scores["accuracy"]


class Search:
    """Looks for a better state of a stage. Call `run` within `dspy.context(lm=…)`."""

    def __init__(self, task: Task, meter: Meter, report: Report = lambda *_: None) -> None:
        self.task = task
        self.tried = 0
        self.before: Candidate | None = None  # zero-shot
        self.old: Candidate | None = None  # what a new state must beat
        self.best: Candidate | None = None  # of the new ones that are better
        self._meter, self._report = meter, report
        self._new: list[Candidate] = []  # whatever they scored
        self._seen: set[str] = set()
        self._guarded = 0.0  # zero-shot accuracy on the guard
        self._mark = (0, 0, time.monotonic())  # calls, tokens and time at the candidate before

    @property
    def kept(self) -> Candidate | None:
        """The state to keep: the best new one, or the old one when no new one is better."""
        if not self.best or not self.old:
            return self.old
        return self.best if is_better(self.best, self.old, self._new) else self.old

    def run(self, optimizer: str, known: State | None = None) -> None:
        """Score zero-shot, then a state that is known from an earlier compile, then the optimizer's candidates.

        Raises SystemicError when the LM refuses every call or the optimizer fails.
        """
        self.before = self.old = zero = self._scored(state_of(self.task.student()))
        if zero and self.task.guard:
            self._guarded = self._on_guard(zero)
        if zero and known and (again := self._scored(known)) and again.accuracy > zero.accuracy:
            self.old = again
        watching = dspy.context(callbacks=[*dspy.settings.callbacks, _Watch(self)], max_errors=_MANY)
        with watching, _quiet() as said:
            try:
                for module in OPTIMIZERS[optimizer](self.task):
                    self._offer(self._scored(state_of(module)))
            except PtmReuseError:
                raise
            except Exception as error:  # an optimizer's own fault; what was found before it is kept
                last = (said.getvalue().strip().splitlines() or [""])[-1][:200]
                told = f"{type(error).__name__}: {error}".splitlines()[0]
                raise SystemicError(f"{optimizer} failed at {self.task.stage}: {told} {last}".rstrip()) from error

    def seen(self, state: State, results: Sequence[tuple[dspy.Example, dspy.Prediction, float]]) -> None:
        """A candidate that an optimizer scored by itself; one that it did not ask all of val is left out."""
        if {paper_of(example) for example, *_ in results} == {paper_of(example) for example in self.task.val}:
            # While DSPy traces, a prediction comes with its trace.
            untraced = ((e, p[0] if isinstance(p, tuple) else p) for e, p, _ in results)
            pairs = [(self.task.labelled(example), prediction) for example, prediction in untraced]
            answers = [Scored(e, p, outcome(self.task.stage, e, p)) for e, p in pairs]
            self._offer(self._taken(state, lambda: answers))

    def _scored(self, state: State) -> Candidate | None:
        module = module_of(self.task.stage, state)
        return self._taken(state, lambda: scored(self.task.stage, module, self.task.val, self.task.threads))

    def _taken(self, state: State, answers: Callable[[], list[Scored]]) -> Candidate | None:
        """The candidate, or None for one that was scored before."""
        key = json.dumps([state["signature"], state["demos"]], sort_keys=True)
        if key in self._seen:
            return None
        if others := strangers(state, self.task.train):
            raise SystemicError(f"a demo of {self.task.stage} is of no training paper: {others[0][:80]!r}")
        given = answers()
        self._seen.add(key)
        candidate = Candidate(state, given, summary(self.task.stage, (each.outcome for each in given)))
        self._report(self.tried, self._measured(candidate))
        self.tried += 1
        return candidate

    def _measured(self, candidate: Candidate) -> dict[str, float]:
        calls, tokens, began = self._mark
        self._mark = (self._meter.calls, self._meter.tokens, time.monotonic())
        spent = {
            "calls": self._mark[0] - calls,
            "tokens": self._mark[1] - tokens,
            "seconds": round(self._mark[2] - began, 3),
        }
        return {"val_accuracy": candidate.accuracy, "val_f1": candidate.scores["f1"], **spent}

    def _offer(self, candidate: Candidate | None) -> None:
        if candidate:
            self._new.append(candidate)
        if not candidate or not self.old or (self.best and candidate.accuracy <= self.best.accuracy):
            return
        if is_better(candidate, self.old) and not (self.task.guard and self._on_guard(candidate) < self._guarded):
            self.best = candidate

    def _on_guard(self, candidate: Candidate) -> float:
        module = module_of(self.task.stage, candidate.state)
        answers = scored(self.task.stage, module, self.task.guard, self.task.threads)
        return fmean(each.outcome.score for each in answers)


def is_better(new: Candidate, old: Candidate, tried: Sequence[Candidate] = ()) -> bool:
    """Whether a state is better on val by more than chance gives away, the best of all that were `tried` as it is.

    Its mean gain, less what the luckiest of so many like ones is expected to have over their mean (Blom's approximation
    of the largest of normal scores: Statistical Estimates and Transformed Beta-Variables, 1958), must be over its
    standard error (the one-standard-error rule: Breiman et al., Classification and Regression Trees, 1984).
    """
    gains = _gains(new, old)
    several = [_gains(each, old) for each in tried] or [gains]
    over_mean = [gain - fmean(others) for gain, others in zip(gains, zip(*several, strict=True), strict=True)]
    luckiest = NormalDist().inv_cdf((len(several) - 0.375) / (len(several) + 0.25))
    return fmean(gains) - luckiest * _error(over_mean) > _error(gains)


def _gains(new: Candidate, old: Candidate) -> list[float]:
    by_paper = {paper_of(each.example): each.outcome.score for each in old.answers}
    return [each.outcome.score - by_paper[paper_of(each.example)] for each in new.answers]


def _error(values: Sequence[float]) -> float:
    """The standard error of their mean."""
    return stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


class _Watch(BaseCallback):
    """Sees what DSPy's optimizers score on val."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._states: dict[str, State] = {}

    def on_evaluate_start(self, call_id: str, instance: Any, inputs: Mapping[str, Any]) -> None:
        """DSPy's hook before a program is scored."""
        del instance
        self._states[call_id] = state_of(inputs["program"])

    def on_evaluate_end(self, call_id: str, outputs: Any, exception: BaseException | None = None) -> None:
        """DSPy's hook after it."""
        state = self._states.pop(call_id)
        if outputs is not None and exception is None:
            self._search.seen(state, outputs.results)


@contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """Nothing that an optimizer prints is shown; what it said last goes into the error when it fails."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        yield said
