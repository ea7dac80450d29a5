"""One value for one AWS minute, as CloudWatch takes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


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

    def at(self, minute: datetime) -> dict[str, Any]:
        """The entry for `PutMetricData`.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
        """
        return {
            "MetricName": self.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions],
            "Timestamp": minute,
            "Value": self.value,
            "Unit": self.unit,
        }
