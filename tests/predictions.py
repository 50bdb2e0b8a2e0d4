"""Judged answers made up at random, from a seed: a stage's answers with errors, refusals and several models a paper."""

import random
from collections.abc import Sequence

from ptmreuse.evaluation.judged import Judged, Quote

PATTERNS = ("conceptual", "adaptation", "deployment")
STEPS = ("observation", "background", "hypothesis", "test", "analysis", "conclusion")
NAMES = ("U-Net", "ESM-2", "ResNet-50", "ResNet-18", "AlphaFold 2", "AlphaFold 3", "SignalP 5.0", "a net of their own")


def yes_no(number: int, seed: int = 0, skill: float = 0.7, stage: str = "reuses_ptm") -> list[Judged]:
    """One answer per paper; about one in eight unresolved."""
    chance = _chance(seed)
    truths = [_chance(f"truth {at}").choice(["yes", "no"]) for at in range(number)]
    return [_answer(f"p{at}", stage, {truth}, _set(truth, chance, skill)) for at, truth in enumerate(truths)]


def names(number: int, seed: int = 0) -> list[Judged]:
    """One set per paper, some of them unresolved, some empty."""
    chance = _chance(seed)
    return [
        _answer(f"p{at}", "names_ptms", set(chance.sample(NAMES, chance.randint(1, 3))), _several(chance, NAMES))
        for at in range(number)
    ]


def models(number: int, stage: str, kinds: Sequence[str], seed: int = 0, most: int = 1) -> list[Judged]:
    """One answer per model, two models a paper; `most` kinds at once."""
    chance = _chance(seed)
    return [
        _answer(
            f"p{at // 2}",
            stage,
            set(chance.sample(kinds, chance.randint(1, most))),
            set(chance.sample(kinds, chance.randint(1, most))) if chance.random() < 0.9 else set(),
            f"m{at}",
        )
        for at in range(number)
    ]


def quoted(paper: str, *told: tuple[bool, bool | None]) -> Judged:
    """A right yes with quotes, each (verbatim, labelled)."""
    quotes = tuple(Quote("text", "place", verbatim, labelled) for verbatim, labelled in told)
    return Judged(paper, "reuses_ptm", frozenset({"yes"}), frozenset({"yes"}), quotes=quotes)


def _answer(paper: str, stage: str, true: set[str], given: set[str], model: str = "") -> Judged:
    reason = "" if given or stage == "names_ptms" else "unparsable"
    return Judged(paper, stage, frozenset(true), frozenset(given), model, reason)


def _set(truth: str, chance: random.Random, skill: float) -> set[str]:
    drawn = chance.random()
    return {truth} if drawn < skill else set() if drawn < skill + 0.12 else {"no" if truth == "yes" else "yes"}


def _several(chance: random.Random, kinds: Sequence[str]) -> set[str]:
    return set(chance.sample(kinds, chance.randint(0, 3)))


def _chance(seed: int | str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up answers, no secrets
