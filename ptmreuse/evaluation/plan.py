"""The cells of a grid in the order in which they are filled, and what they may spend."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dspy

from program.answers import STAGES
from program.paper import Paper
from program.pipeline import Program
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.baselines import baselines
from ptmreuse.evaluation.carrier import Carrier
from ptmreuse.evaluation.judged import Cell
from ptmreuse.evaluation.order import JOINT, Order
from ptmreuse.evaluation.purse import Purse
from ptmreuse.evaluation.variants import Variant, variants
from ptmreuse.ledger import Key
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.meter import Price, price_of
from ptmreuse.trainset import load


@dataclass(frozen=True)
class Plan:
    """What is to be carried, the purse of this start, and what of the order is left out and why."""

    carriers: Sequence[Carrier]
    purse: Purse
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class _Built:
    """An LM of the grid, ready to be asked."""

    choice: LMChoice
    name: str
    price: Price | None
    lm: dspy.LM


@dataclass(frozen=True)
class _Way:
    """An LM, and those that take its place for some stages."""

    main: _Built
    others: Mapping[str, _Built]

    @property
    def name(self) -> str:
        return " + ".join([self.main.name, *(f"{stage}={built.name}" for stage, built in self.others.items())])

    @property
    def takes_joint(self) -> bool:
        """Whether it can carry the joint program: by one LM that follows instructions."""
        return self.main.choice.name != EMBEDDED and not self.others

    @property
    def by_stage(self) -> dict[str, _Built]:
        return dict.fromkeys(STAGES, self.main) | dict(self.others)


def planned(order: Order) -> Plan:
    """The cells of an order: the baselines, then LM by LM. Raises UsageError for what can't be used."""
    programs = variants(order.programs, order.demos, order.budgets)
    left_out = _left_out(order)
    lms = _built(order)
    purse = Purse({each.lm.model: each.price for each in lms.values()}, order.max_usd)
    first = baselines(load(str(order.trainset), "train")) if order.baselines else []
    repeats = range(1, order.repeat + 1)
    cells = [
        _carrier(way, variant, repeat, purse)
        for way in _ways(order, lms)
        for variant in programs
        if not variant.joint or way.takes_joint
        for repeat in repeats
    ]
    return Plan([*first, *cells], purse, left_out)


def _left_out(order: Order) -> list[str]:
    """What of the joint program can't be carried. Raises UsageError where none of it can."""
    if JOINT not in order.programs:
        return []
    if "end-to-end" not in order.views:
        raise UsageError("--program joint: has no isolated view; give --view both or --view end-to-end")
    able = [choice for choice in order.lms if choice.name != EMBEDDED]
    if not able:
        raise UsageError("--program joint: the embedded LM can't follow instructions; give another LM with --lm")
    told = [] if len(able) == len(order.lms) else ["joint · embedded is left out: that LM can't follow instructions."]
    return [*told, "joint with --stage-lm is left out: one call has one LM."] if order.stage_lms else told


def _built(order: Order) -> dict[str, _Built]:
    """Every LM once, by its identity."""
    choices = {choice.identity: choice for choice in (*order.lms, *order.stage_lms.values())}
    prices = {identity: price_of(choice) for identity, choice in choices.items()}
    unknown = [choices[identity].name for identity, price in prices.items() if price is None]
    if order.max_usd is not None and unknown:
        advice = "leave it out, or cap at the provider"
        raise UsageError(f"--max-usd: the price of {', '.join(unknown)} is not known; {advice}")
    names = [choice.name for choice in choices.values()]
    return {
        identity: _Built(c, c.name if names.count(c.name) == 1 else identity, prices[identity], c.build())
        for identity, c in choices.items()
    }


def _ways(order: Order, lms: Mapping[str, _Built]) -> Iterator[_Way]:
    """Each LM by itself and, with --stage-lm, with others in its place."""
    for identity in dict.fromkeys(choice.identity for choice in order.lms):
        yield _Way(lms[identity], {})
        if order.stage_lms:
            yield _Way(lms[identity], {stage: lms[choice.identity] for stage, choice in order.stage_lms.items()})


def _carrier(way: _Way, variant: Variant, repeat: int, purse: Purse) -> Carrier:
    again = f" repeat {repeat}" if repeat > 1 else ""
    by_stage = way.by_stage
    keys = {stage: Key(variant.digest(stage), f"{built.choice.identity}{again}") for stage, built in by_stage.items()}
    settings = {
        "lm": way.main.lm,
        "adapter": CachingChatAdapter(),
        "callbacks": [purse],
        "usage_tracker": purse,
        "disable_history": True,
        "trace": None,
    }
    return Carrier(
        Cell(way.name, variant.name, repeat),
        keys,
        {stage: built.price for stage, built in by_stage.items()},
        lambda: _with_lms(variant, way),
        variant.shown,
        settings,
        waits=any(built.choice.name != EMBEDDED for built in by_stage.values()),
        joint=variant.joint,
        budget=variant.budget,
    )


def _with_lms(variant: Variant, way: _Way) -> Callable[[Paper], Program]:
    pipeline = variant.pipeline()
    for stage, built in way.others.items():
        getattr(pipeline, stage).predict.lm = built.lm
    return lambda _: pipeline
