"""From what was counted to what is said of it."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """What one round of one candidate did.

    Attributes:
        count: Requests or mails.
        cpu_seconds: What the candidate's processes spent on them.
        p50: Median time of one, in milliseconds.
        p99: 99 of 100 took no longer, in milliseconds.
    """

    count: int
    cpu_seconds: float
    p50: float
    p99: float

    @property
    def per_vcpu(self) -> float:
        """How many a second one vCPU would do that does nothing else."""
        return self.count / self.cpu_seconds

    @property
    def cpu_micros(self) -> float:
        """CPU time of one, in microseconds."""
        return self.cpu_seconds / self.count * 1e6


@dataclass(frozen=True)
class Summary:
    """All rounds of one candidate: the median of each figure, since a single round may be disturbed.

    Attributes:
        name: The candidate.
        per_vcpu: How many a second and vCPU.
        lowest: The least of the rounds.
        highest: The most of the rounds.
        cpu_micros: CPU time of one, in microseconds.
        p50: In milliseconds.
        p99: In milliseconds.
    """

    name: str
    per_vcpu: float
    lowest: float
    highest: float
    cpu_micros: float
    p50: float
    p99: float


def summary(name: str, rounds: Sequence[Round]) -> Summary:
    """What the rounds of a candidate amount to.

    Raises:
        statistics.StatisticsError: There are none.
    """
    rates = [each.per_vcpu for each in rounds]
    return Summary(
        name=name,
        per_vcpu=statistics.median(rates),
        lowest=min(rates),
        highest=max(rates),
        cpu_micros=statistics.median(each.cpu_micros for each in rounds),
        p50=statistics.median(each.p50 for each in rounds),
        p99=statistics.median(each.p99 for each in rounds),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that at least this share of all values does not exceed.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no values: nothing was measured")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def milliseconds(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds.

    Raises:
        ValueError: There are no values.
    """
    return percentile(seconds, 50) * 1000, percentile(seconds, 99) * 1000
