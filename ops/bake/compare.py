"""Comparison of what both versions did in the same minutes: failures, refusals and latencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ops.bake.evidence import Counts, Evidence
from ops.bake.significance import (
    harmfully_slow,
    is_noticeably_slower,
    more_failures,
    most_excess,
    rate_bounds,
    slower,
)
from ops.bake.work import Measure

MISSED_HARM = 0.05
"""Probability at most with which a measure lets a canary pass that is just harmful by it."""
MIN_LATENCY_REQUESTS = 50
"""Requests below which a 99th percentile is little more than the slowest request."""
MIN_LATENCIES = 7
"""Latencies of each side below which no canary can pass, as none could fail: chance alone has the canary's be
the highest of all more often than a false alarm may be (1 : 3,432 with seven, 1 : 924 with six)."""
# However few there are: nine in a row go well less than once in twenty times if three in ten fail.
_MAX_HARMFUL_EXCESS = 0.3
# Two-sided, as bounds are commonly shown: 95 % lie between them.
_SHOWN_LEVEL = 0.025


@dataclass(frozen=True)
class Failures:
    """Work of both sides that went wrong, at the times at which both had work.

    Attributes:
        measure: What went wrong.
        counts: Numbers, of at least one request or mail a side.
        harmful: How much more of it, a request or mail, is harmful.
    """

    measure: Measure
    counts: Counts
    harmful: float

    @cached_property
    def p(self) -> float:
        """Probability of so many failures of the canary, or more, if both versions were equal."""
        return float(more_failures(*self._canary, *self._stable, self.measure.together))

    @cached_property
    def max_excess(self) -> float:
        """Failures a request that the canary has beyond the stable version's at most; 95 % confidence."""
        return float(most_excess(*self._canary, *self._stable, MISSED_HARM))

    @property
    def are_harmless(self) -> bool:
        """Whether it is out of the question that the canary fails harmfully more often."""
        return self.max_excess <= self.harmful

    @property
    def canary_bounds(self) -> tuple[float, float]:
        """Bounds of the canary's rate, with 95 % between them."""
        return _bounds(*self._canary)

    @property
    def stable_bounds(self) -> tuple[float, float]:
        """Bounds of the stable version's rate, with 95 % between them."""
        return _bounds(*self._stable)

    @property
    def _canary(self) -> tuple[int, int]:
        return self.counts.canary_failed, self.counts.canary_requests

    @property
    def _stable(self) -> tuple[int, int]:
        return self.counts.stable_failed, self.counts.stable_requests


@dataclass(frozen=True)
class Slowness:
    """A latency of both sides, at the times at which both have enough requests.

    Attributes:
        name: "p50" or "p99".
        canary, stable: Seconds; at least one each.
        felt_seconds: What is less is no difference.
    """

    name: str
    canary: Sequence[float]
    stable: Sequence[float]
    felt_seconds: float

    @property
    def canary_median(self) -> float:
        """Seconds."""
        return float(np.median(self.canary))

    @property
    def stable_median(self) -> float:
        """Seconds."""
        return float(np.median(self.stable))

    @cached_property
    def p(self) -> float:
        """Probability of ranks of the canary's that are so high, or higher, if both versions were equal."""
        return float(slower(self.canary, self.stable))

    @cached_property
    def p_harmful(self) -> float:
        """Probability of ranks of the canary's that are so low, or lower, if it were harmfully slow."""
        return float(harmfully_slow(self.canary, self.stable, self.felt_seconds))

    @property
    def is_noticeable(self) -> bool:
        """Whether the canary is slower by more than nobody feels."""
        return bool(is_noticeably_slower(self.canary, self.stable, self.felt_seconds))

    @property
    def is_harmless(self) -> bool:
        """Whether it is out of the question that the canary is harmfully slow."""
        return len(self.canary) >= MIN_LATENCIES and self.p_harmful <= MISSED_HARM


@dataclass(frozen=True)
class Compared:
    """All comparisons of both versions.

    Attributes:
        failures: By measures; none if there is no time at which both sides had work.
        slowness: Of p50 and of p99; none if there is no time at which both sides had enough work.
    """

    failures: Sequence[Failures]
    slowness: Sequence[Slowness]

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Compare."""
        return cls(_failures(evidence), _slowness(evidence))


def harmful_excess(evidence: Evidence, measure: Measure) -> float:
    """How much more of a measure, a request or mail, is harmful: what is tolerated a minute is not."""
    tolerated, a_minute = evidence.work.tolerated_a_minute, evidence.a_minute
    if not tolerated or not a_minute:
        return measure.harmful
    return max(measure.harmful, min(tolerated / a_minute, _MAX_HARMFUL_EXCESS))


def is_little(evidence: Evidence) -> bool:
    """Whether there is so little work that more failures than are harmful else are tolerated.

    Who sends three mails a minute does not wait until hundreds tell whether one in two hundred fails more.
    What a canary may do is bounded by the number of mails that it hurts then, and how long it takes for them
    is no harm.
    """
    return any(harmful_excess(evidence, one) > one.harmful for one in evidence.work.measures)


def _failures(evidence: Evidence) -> list[Failures]:
    compared = [
        Failures(measure, evidence.counts(measure), harmful_excess(evidence, measure))
        for measure in evidence.work.measures
    ]
    return [one for one in compared if one.counts.canary_requests]


def _slowness(evidence: Evidence) -> list[Slowness]:
    pairs = evidence.latencies(MIN_LATENCY_REQUESTS)
    if not pairs:
        return []
    canary, stable = zip(*pairs, strict=True)
    felt = evidence.work.felt_seconds
    return [
        Slowness("p50", [one.p50 for one in canary], [one.p50 for one in stable], felt),
        Slowness("p99", [one.p99 for one in canary], [one.p99 for one in stable], felt),
    ]


def _bounds(failed: float, requests: float) -> tuple[float, float]:
    low, high = rate_bounds(failed, requests, _SHOWN_LEVEL)
    return float(low), float(high)
