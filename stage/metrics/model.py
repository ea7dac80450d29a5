"""Data of the metrics: datapoints, and the minutes that they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Datapoint:
    """A metric's value in one AWS minute.

    Attributes:
        namespace: For example `AWS/ECS`.
        name: For example `CPUUtilization`.
        dimensions: Names and values; the last value is what the metric is about.
        value: The value.
        unit: CloudWatch's word for it.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    unit: str

    @property
    def key(self) -> str:
        """Name for people: the metric and what it is about, such as `CPUUtilization/api`."""
        return _key(self.name, self.dimensions)


@dataclass(frozen=True)
class Distribution:
    """A metric's observations in one AWS minute.

    Attributes:
        namespace: For example `AWS/ApplicationELB`.
        name: For example `TargetResponseTime`.
        dimensions: Names and values; the last value is what the metric is about.
        counts: How often each value was observed; at least one is.
        unit: CloudWatch's word for it.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    counts: Mapping[float, float]
    unit: str

    @property
    def key(self) -> str:
        """Name for people: the metric and what it is about."""
        return _key(self.name, self.dimensions)

    @property
    def value(self) -> float:
        """The mean."""
        return sum(value * count for value, count in self.counts.items()) / sum(self.counts.values())


def _key(name: str, dimensions: tuple[tuple[str, str], ...]) -> str:
    return "/".join([name, *(value for _, value in dimensions[-1:])])


Minutes = Sequence[datetime]
"""AWS times at which minutes began, oldest first."""
Reading = Sequence[tuple[datetime, Datapoint | Distribution]]
"""Datapoints, each with the minute that it is of."""
