"""Shares among a run's papers, from labels stratified by the machine's answer.

In each stratum the labels give a share with Jeffreys' interval; the strata, weighted by their papers, are added up by
MOVER. The share is that among the run's own papers, so their numbers per stratum are known exactly.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.reporting.allocation import LEAST
from ptmreuse.reporting.mover import share, total
from ptmreuse.reporting.questions import Texts
from ptmreuse.reporting.shares import Estimate, jeffreys, within
from ptmreuse.reporting.strata import OPEN

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stratified:
    """Papers in strata, and those of them that are labelled.

    `strata` is of every paper, `labelled` of every label, `stands` how many papers that have no label each label stands
    for: (1 - p) / p of a paper drawn with probability p. Only their proportions within a stratum matter.
    """

    strata: Texts
    labelled: Texts
    stands: Numbers = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Papers and labels of each stratum that has papers."""
        papers, labels = Counter(self.strata.tolist()), Counter(self.labelled.tolist())
        return {name: (papers[name], labels[name]) for name in sorted(papers)}

    @property
    def thin(self) -> dict[str, tuple[int, int]]:
        """The strata with fewer than `LEAST` labels, though they have papers without one."""
        return {name: (papers, n) for name, (papers, n) in self.sizes.items() if n < min(LEAST, papers)}

    @property
    def too_few(self) -> bool:
        """Whether nothing can be estimated: only of what the machine left unresolved labels may be missing."""
        return not self.sizes or bool(set(self.thin) - {OPEN}) or set(self.thin) == set(self.sizes)

    @property
    def unknown(self) -> float:
        """The share of papers that are unresolved and have too few labels; the limits allow for all and for none."""
        return self.thin[OPEN][0] / len(self.strata) if OPEN in self.thin else 0.0

    def prevalence(self, hits: Flags) -> Estimate:
        """The share of papers that are hits; in the value, not in the limits, the `unknown` are like the rest."""
        known, unknown = total(self._parts(hits)), self.unknown
        return Estimate(known.value / (1 - unknown), known.low, known.high + unknown)

    def among(self, hits: Flags, others: Flags, unknown_hits: bool = True) -> Estimate:
        """The share of hits among hits and others; no paper is both. `unknown_hits`: the unresolved may be hits."""
        first, other = (total(self._parts(each)) for each in (hits, others))
        correlation, unknown = self._correlation(hits, others), self.unknown
        value = share(first, other, correlation).value
        low = share(first, other.plus(unknown), correlation).low
        high = share(first.plus(unknown if unknown_hits else 0.0), other, correlation).high
        return Estimate(value, low, high)

    @cached_property
    def _used(self) -> list[str]:
        return [name for name in self.sizes if name not in self.thin]

    def _parts(self, hits: Flags) -> Estimate:
        estimates = [self._stratum(name, hits).scaled(self.sizes[name][0] / len(self.strata)) for name in self._used]
        return Estimate(*(np.array(limits) for limits in zip(*estimates, strict=True)))

    def _stratum(self, name: str, hits: Flags) -> Estimate:
        papers, labels = self.sizes[name]
        value, effective = self._share(name, hits)
        estimate = jeffreys(np.asarray(value * effective), np.asarray(effective))
        return within(estimate, *map(np.asarray, (hits[self.labelled == name].sum(), labels, papers)))

    def _share(self, name: str, hits: Flags) -> tuple[float, float]:
        """The share in a stratum and the number of labels of equal weight that tell as much (Kish 1965)."""
        papers, labels = self.sizes[name]
        mine = self.labelled == name
        weight = self.stands[mine] if len(self.stands) and self.stands[mine].any() else np.ones(labels)
        rest = float(weight @ hits[mine] / weight.sum())
        value = (float(hits[mine].sum()) + (papers - labels) * rest) / papers
        return value, float(weight.sum() ** 2 / (weight**2).sum())

    def _correlation(self, hits: Flags, others: Flags) -> float:
        """Of two shares of the same papers: in a stratum what is the one can't be the other."""
        moments = np.zeros(3)
        for name in self._used:
            (p, effective), (q, _) = self._share(name, hits), self._share(name, others)
            scale = (self.sizes[name][0] / len(self.strata)) ** 2 / effective
            moments += scale * np.array([p * (1 - p), q * (1 - q), p * q])
        spread = float(np.sqrt(moments[0] * moments[1]))
        return -min(1.0, float(moments[2]) / spread) if spread > 0 else 0.0
