"""The other job: compile each stage by itself on labelled papers, and write the compiled program.

trainset ─ disjoint? ─ per stage: examples ─ search on val ─ keep the better state ─ one JSON ─ (--final) the test split
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import dspy
from rich.console import Console

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse import tracking
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.compiled import compiled_metadata, compiled_states, load_compiled, write_compiled
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.final import note_use, score_final
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.meter import BudgetReached, Meter, price_of
from ptmreuse.optimizers import calls, refuse
from ptmreuse.search import Candidate, Search
from ptmreuse.search_progress import SearchProgress
from ptmreuse.search_tables import show_final, show_stages
from ptmreuse.shown import prompt, row
from ptmreuse.splits import Splits
from ptmreuse.states import State, copied, fresh, instructions_of, module_of, state_of, strangers
from ptmreuse.tasks import Task
from ptmreuse.traces import Sample
from ptmreuse.trainset import digest

_THREADS = 8  # calls at once of an LM that is waited for
_ANSWER_TOKENS = 150  # of an answer, for the estimate
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Order:
    """What is to be compiled, with what, on what. `max_usd` in US dollars; `trace` is a number of calls to keep."""

    out: Path
    lm: LMChoice = field(default_factory=LMChoice)
    optimizer: str = "random-search"
    stages: tuple[str, ...] = STAGES
    train: str = "trainsets/papers.jsonl"
    val: str = ""
    guard: str = ""
    papers: Path | None = None
    demos: int = 16
    trials: int = 16
    seed: int = 0
    max_usd: float | None = None
    final: bool = False
    track: bool = True
    trace: int = 0

    @property
    def parameters(self) -> dict[str, Any]:
        """What the result depends on, beside the data."""
        own = {"optimizer": self.optimizer, "lm": self.lm.name, "seed": self.seed}
        return own | {"demos": self.demos, "trials": self.trials, "stages": " ".join(self.stages)}

    @property
    def test_uses(self) -> Path:
        """Where each use of the test split is written down: beside the trainset."""
        local = Path(self.train)
        folder = local if local.is_dir() else local.parent if local.exists() else Path("trainsets")
        return folder / "test_uses.jsonl"


def optimize(order: Order, console: Console) -> None:
    """Carry out an order.

    Raises UsageError for what can't be used, before anything is asked; SystemicError for a fault that would meet every
    call and KeyboardInterrupt with a message when stopped, both after the best so far is written.
    """
    refuse(order.optimizer, order.lm.name)
    splits = Splits(order.train, order.val, order.papers, order.stages, guard=order.guard, with_test=order.final)
    _Compile(order, splits, *_known(order, splits, console), console).run()


def _known(order: Order, splits: Splits, console: Console) -> tuple[dict[str, State], dict[str, Any]]:
    """The states of an earlier compile, zero-shot where there is none, and what is told of them."""
    states = {stage: state_of(fresh(stage)) for stage in STAGES}
    if not order.out.exists():
        return states, {}
    load_compiled(Pipeline(), order.out)  # says what is wrong with it
    earlier, told = compiled_states(order.out), compiled_metadata(order.out)
    for stage, state in earlier.items():
        if stage in splits.examples and strangers(state, splits.examples[stage][0]):
            console.print(f"{order.out}: demos of {stage} are of other papers than train; left out", markup=False)
        else:
            states[stage] = state_of(module_of(stage, state))
    return states, {stage: told[stage] for stage in STAGES if stage in told}


class _Compile:
    """The stages one after another, and what comes of them."""

    def __init__(
        self, order: Order, splits: Splits, states: dict[str, State], told: dict[str, Any], console: Console
    ) -> None:
        self.order, self.splits, self.states, self.told, self.console = order, splits, states, told, console
        self.meter = Meter(price_of(order.lm), order.max_usd)
        if order.max_usd is not None and self.meter.price is None:
            raise UsageError(
                f"--max-usd: the price of {order.lm.name} is not known; leave it out, or cap at the provider"
            )
        self.lm = order.lm.build()
        self.searches: dict[str, Search] = {}
        threads = 1 if order.lm.name == EMBEDDED else _THREADS
        self.tasks = {
            stage: Task(stage, *sides, self.lm, order.demos, order.trials, order.seed, threads, splits.guarding[stage])
            for stage, sides in splits.examples.items()
        }

    def run(self) -> None:
        """Compile, write, and with `final` score on test."""
        order, began = self.order, time.monotonic()
        estimated = {stage: calls(order.optimizer, task) for stage, task in self.tasks.items()}
        progress = SearchProgress(self.console, self.meter)
        asking = dspy.context(
            lm=self.lm,
            adapter=CachingChatAdapter(),
            callbacks=[self.meter, progress],
            usage_tracker=self.meter,
            disable_history=True,
        )
        with asking, ExitStack() as stack:
            self._estimate(estimated)
            tags = {"lm": order.lm.name, "optimizer": order.optimizer, "seed": order.seed}
            parent = stack.enter_context(
                tracking.optimization(order.parameters, tags, order.train, self.splits.digest)
                if order.track
                else tracking.disabled()
            )
            stop: BaseException | None = None
            try:
                with progress.running(estimated):
                    for stage in self.tasks:
                        self._stage(stage, parent, progress)
            except (KeyboardInterrupt, BudgetReached, SystemicError) as error:
                self.meter.stop()
                stop = error
            if self._write():
                self._conclude(parent, time.monotonic() - began)
            self._end(stop, parent)

    def _end(self, stop: BaseException | None, parent: tracking.Optimization) -> None:
        if isinstance(stop, SystemicError):
            raise stop
        if isinstance(stop, KeyboardInterrupt):
            kept = f"the best so far is in {self.order.out}" if self.order.out.exists() else "nothing was compiled yet"
            raise KeyboardInterrupt(f"stopped; {kept}") from stop
        if isinstance(stop, BudgetReached):
            self.console.print(f"Stopped: the next call could go over --max-usd {self.order.max_usd:g}")
        elif self.order.final:
            self._final(parent)

    def _final(self, parent: tracking.Optimization) -> None:
        """The last word: zero-shot and compiled on the test split, written down as a use of it."""
        threads = next(iter(self.tasks.values())).threads
        final = score_final(self.splits.test, self.states, threads)
        parent.final(final.before, final.after)
        order = self.order
        used = {name: getattr(order, name) for name in ("optimizer", "seed", "demos", "trials", "stages")}
        note_use(order.test_uses, {"lm": order.lm.identity, **used, "trainset": self.splits.digest}, final)
        show_final(self.console, final)

    def _estimate(self, estimated: Mapping[str, int]) -> None:
        """What the compile will cost, as far as that can be known before the first call."""
        number = sum(estimated.values())
        prompt = sum(calls * self._prompt_tokens(self.tasks[stage]) for stage, calls in estimated.items())
        answer = number * _ANSWER_TOKENS
        price = self.meter.price
        usd = "price not known" if price is None else f"about ${price.usd(prompt, answer):,.2f}"
        shown = [f"about {number:,} calls", f"{(prompt + answer) / 1e6:,.1f} million tokens", usd]
        if self.order.max_usd is not None:
            shown.append(f"at most ${self.order.max_usd:,g}")
        named = f"{self.order.optimizer} with the LM {self.order.lm.name}"
        papers = f"{len(self.splits.train)} papers to train on, {len(self.splits.val)} to validate"
        self.console.print(f"{named} · {papers} · {' · '.join(shown)}", markup=False, soft_wrap=True)

    def _prompt_tokens(self, task: Task) -> float:
        """Of a prompt with half of the demos that it may have."""
        few = task.pool()[:8]
        if not few:
            return 0.0
        module = module_of(task.stage, state_of(task.student()))
        shown = [len(prompt(module, example)) for example in few]
        demo = fmean(sum(len(str(value)) for value in example.values()) for example in few)
        return (fmean(shown) + demo * task.demos / 2) / _CHARACTERS_PER_TOKEN

    def _stage(self, stage: str, parent: tracking.Optimization, progress: SearchProgress) -> None:
        progress.begins(stage)
        with parent.stage(stage) as child:

            def report(step: int, metrics: dict[str, float]) -> None:
                child.candidate(step, metrics)
                progress.tried(metrics["val_accuracy"])

            search = self.searches[stage] = Search(self.tasks[stage], self.meter, report)
            sample = Sample(self.order.trace)
            try:
                with dspy.context(callbacks=[*dspy.settings.callbacks, *([sample] if self.order.trace else [])]):
                    search.run(self.order.optimizer, self.states[stage])
            finally:
                child.traces(sample.spans)
                if search.before and search.kept:
                    module = module_of(stage, search.kept.state)
                    shown = prompt(module, self.tasks[stage].val[0])
                    rows = [row(stage, each) for each in search.kept.answers]
                    child.result(search.before.scores, search.kept.scores, shown, search.kept.state["demos"], rows)
        progress.ends()

    def _write(self) -> bool:
        """Write what was found; False when nothing was."""
        found = {s: (x.before, x.kept, x) for s, x in self.searches.items() if x.before and x.kept}
        if not found:
            return False
        for stage, (before, kept, search) in found.items():
            self.told[stage] = self._told(stage, before, kept, is_new=kept is search.best)
            self.states[stage] = kept.state
            for words in copied(kept.state, before.state, self.splits.texts):
                said = f'Note: the instruction of {stage} copies a training paper: "{words}"'
                self.console.print(said, markup=False, soft_wrap=True)
        write_compiled(self.order.out, self.states, self.told)
        show_stages(self.console, {stage: (before, kept) for stage, (before, kept, _) in found.items()})
        self.console.print(f"Written: {self.order.out}", markup=False, soft_wrap=True)
        return True

    def _told(self, stage: str, before: Candidate, kept: Candidate, *, is_new: bool) -> dict[str, Any]:
        """What the compiled file says of a stage; one that stays as it was keeps what was said of it."""
        scores = {"before": before.scores, "after": kept.scores}
        if not is_new and stage in self.told and kept.state == self.states[stage]:
            return {**self.told[stage], **scores}
        train = {e.title + e.passages: e.paper_id for e in self.tasks[stage].train}
        return {
            "optimizer": self.order.optimizer if is_new else "none",
            "seed": self.order.seed,
            "demos_at_most": self.order.demos,
            "trials": self.order.trials,
            "guard": digest(self.splits.guard) if self.splits.guard else "",
            **scores,
            "trainset": self.splits.digest,
            "lm": self.order.lm.identity,
            "demos": [train[demo["title"] + demo["passages"]] for demo in kept.state["demos"]],
            "instructions_changed": instructions_of(kept.state) != instructions_of(before.state),
        }

    def _conclude(self, parent: tracking.Optimization, seconds: float) -> None:
        sides = [{s: getattr(x, name) for s, x in self.searches.items()} for name in ("before", "kept")]
        before, after = ({s: c.scores for s, c in side.items() if c} for side in sides)
        meter = self.meter
        cost = {"calls": meter.calls, "tokens": meter.tokens, "usd": meter.usd, "seconds": round(seconds, 1)}
        parent.result(before, after, cost, self.order.out)
        usd = f" · ${meter.usd:,.2f}" if meter.usd else ""
        self.console.print(f"{meter.calls:,} calls · {meter.tokens:,} tokens{usd} · {seconds:,.0f} s")
