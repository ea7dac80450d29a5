"""Lag of AWS's metrics: from the end of a period until its datapoint can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from stage.clock import MINUTE

HIGH_RESOLUTION = timedelta(seconds=20)
"""Period of ECS's metrics for faster scaling.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html
"""
HIGH_RESOLUTION_CPU = "ECSServiceAverageCPUUtilizationHighResolution"
"""Predefined metric of policies that track the CPU of such periods."""


@dataclass(frozen=True)
class MeasuredLag:
    """Lag of a namespace's metrics of one period.

    Attributes:
        seconds: AWS seconds.
        source: How it is known: AWS documents no lag.
    """

    seconds: float
    source: str


_BENCHMARK = (
    "https://aws.amazon.com/blogs/aws/"
    "amazon-ecs-introduces-new-high-resolution-metrics-for-faster-service-auto-scaling/"
)
LAGS: Mapping[tuple[str, timedelta], MeasuredLag] = {
    ("AWS/ECS", MINUTE): MeasuredLag(
        120.0,
        f"363 s from load to scale-out: half a minute that had begun, three minutes, half a minute until"
        f" alarms are looked at, and this ({_BENCHMARK})",
    ),
    ("AWS/ECS", HIGH_RESOLUTION): MeasuredLag(
        10.0,
        f"86 s from load to scale-out: ten seconds that had begun, three times twenty, and this"
        f" ({_BENCHMARK})",
    ),
    ("AWS/ApplicationELB", MINUTE): MeasuredLag(
        60.0,
        "a count of one minute sets an alarm off two to four minutes after it began"
        " (https://repost.aws/questions/QU3sXoMuWFRTiBI-EX7H2LCA)",
    ),
    ("AWS/SQS", MINUTE): MeasuredLag(
        60.0,
        "collected and pushed once a minute, so up to one late"
        " (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html)",
    ),
    ("ECS/ContainerInsights", MINUTE): MeasuredLag(
        60.0,
        "extracted from log events that are written once a minute, so up to one late"
        " (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContainerInsights.html)",
    ),
}


@dataclass(frozen=True)
class Lags:
    """Lags that a stage observes.

    Attributes:
        known: By namespace and period; what is not among them comes at once.
    """

    known: Mapping[tuple[str, timedelta], MeasuredLag] = field(default_factory=lambda: LAGS)

    def of(self, namespace: str, period: timedelta = MINUTE) -> timedelta:
        """Lag of a namespace's datapoints; those of longer periods are made of minutes."""
        measured = self.known.get((namespace, min(period, MINUTE)))
        return timedelta(seconds=measured.seconds if measured else 0.0)


AT_ONCE = Lags({})
"""Lags of a stage whose metrics are there at the end of their periods."""
