"""Data of the metrics: datapoints, and the minutes that they are of."""

from collections.abc import Sequence
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
        return "/".join([self.name, *(value for _, value in self.dimensions[-1:])])


Minutes = Sequence[datetime]
"""AWS times at which minutes began, oldest first."""
Reading = Sequence[tuple[datetime, Datapoint]]
"""Datapoints, each with the minute that it is of."""
