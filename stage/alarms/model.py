"""Data of the alarms: their definitions as they are read, and the states that are decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

AlarmState = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]
Comparison = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]

# CloudWatch says that this number depends on the period's length and on the metric's resolution, not on
# the number of evaluation periods, and names one: five datapoints for three periods.
_FURTHER_PERIODS = 2
# AWS's own, and no others' (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html).
_OWN_NAMESPACES = ("AWS/", "ECS/")


@dataclass(frozen=True)
class MetricAlarm:
    """A metric alarm of standard resolution, in the words of `PutMetricAlarm`.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

    Attributes:
        threshold: In the metric's unit.
        comparison_operator: How a datapoint breaches the threshold.
        evaluation_periods: Datapoints that are judged.
        datapoints_to_alarm: How many of them must breach.
        treat_missing_data: What a missing datapoint counts as, if too few are there.
    """

    threshold: float
    comparison_operator: Comparison
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: MissingData = "missing"

    @property
    def evaluation_range(self) -> int:
        """Periods whose datapoints are looked at: more than are judged, in case some are missing."""
        return self.evaluation_periods + _FURTHER_PERIODS


@dataclass(frozen=True)
class Metric:
    """A metric with the statistic that an alarm takes of each of its periods.

    Attributes:
        namespace: For example `AWS/ApplicationELB`.
        name: For example `TargetResponseTime`.
        dimensions: Names and values, sorted by name.
        statistic: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99`.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


@dataclass(frozen=True)
class WatchedAlarm:
    """A metric alarm with the metrics that it watches and its state.

    Attributes:
        name: Unique in account and region.
        definition: When it goes off.
        period: Length of a datapoint.
        metrics: By the ids that expressions name them with.
        expressions: Metric math by its own id.
        result: Id of what the threshold is compared with.
        state: The state so far.
    """

    name: str
    definition: MetricAlarm
    period: timedelta
    metrics: Mapping[str, Metric]
    expressions: Mapping[str, str]
    result: str
    state: AlarmState

    @property
    def of_log_lines(self) -> bool:
        """Whether it watches what services write into their logs: that comes later than AWS's own metrics."""
        return any(not metric.namespace.startswith(_OWN_NAMESPACES) for metric in self.metrics.values())


@dataclass(frozen=True)
class CompositeAlarm:
    """An alarm over the states of others.

    Attributes:
        name: Unique in account and region.
        rule: An expression such as `ALARM("errors") OR ALARM("latency")`.
        state: The state so far.
    """

    name: str
    rule: str
    state: AlarmState


@dataclass(frozen=True)
class Alarms:
    """Every alarm that is evaluated here, and the states of all there are.

    Attributes:
        metric_alarms: Those over metrics.
        composite_alarms: Those over other alarms.
        states: By name, also of alarms that cannot be evaluated.
        unsupported: One sentence for each alarm that the stage cannot evaluate.
    """

    metric_alarms: tuple[WatchedAlarm, ...] = ()
    composite_alarms: tuple[CompositeAlarm, ...] = ()
    states: Mapping[str, AlarmState] = field(default_factory=dict)
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True)
class StateChange:
    """A new state of an alarm.

    Attributes:
        alarm: Its name.
        state: The new state.
        reason: One sentence for people.
        data: What the decision went by, for programs; a JSON object.
    """

    alarm: str
    state: AlarmState
    reason: str
    data: Mapping[str, object]


@dataclass(frozen=True)
class Evaluation:
    """Outcome of an evaluation of an alarm.

    Attributes:
        alarm: Its name.
        state: The state in which it is now.
        certain: Whether it would be so whatever the datapoints were that nobody could measure.
        change: What is to be told; None where the state stays as it was.
    """

    alarm: str
    state: AlarmState
    certain: bool
    change: StateChange | None = None

    @property
    def alarming(self) -> bool:
        """Whether it is in ALARM for certain, so that its actions are carried out."""
        return self.certain and self.state == "ALARM"


Series = Mapping[datetime, float]
"""Values of a metric by the AWS time at which their periods began."""
