"""State of a CloudWatch metric alarm, from its definition and its datapoints."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

AlarmState = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]
Comparison = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]

_COMPARES: Mapping[Comparison, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# CloudWatch says that this number depends on the period's length and on the metric's resolution, not on
# the number of evaluation periods, and names one: five datapoints for three periods.
_FURTHER_PERIODS = 2


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


def evaluate(
    alarm: MetricAlarm, values: Sequence[float | None], before: AlarmState = "INSUFFICIENT_DATA"
) -> AlarmState:
    """State of an alarm, as CloudWatch evaluates it when datapoints may be missing.

    The newest real datapoints of the evaluation range are judged. Missing ones count only where fewer
    are there than evaluation periods, and only as many as are lacking
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).

    Args:
        alarm: The definition.
        values: One value a period, oldest first, the newest closed period last; None is missing.
            What is older than the evaluation range is ignored.
        before: The state so far; a new alarm's is INSUFFICIENT_DATA.
    """
    in_range = values[-alarm.evaluation_range :]
    breaches = [
        None if value is None else _COMPARES[alarm.comparison_operator](value, alarm.threshold)
        for value in in_range
    ]
    judged = [breach for breach in breaches if breach is not None][-alarm.evaluation_periods :]
    lacking = alarm.evaluation_periods - len(judged)
    breaching = sum(judged)
    if breaching >= alarm.datapoints_to_alarm:
        return "ALARM"
    if lacking == 0 or alarm.treat_missing_data == "notBreaching":
        return "OK"
    if alarm.treat_missing_data == "breaching":
        return "ALARM" if breaching + lacking >= alarm.datapoints_to_alarm else "OK"
    if not all(judged):
        return "OK"
    if alarm.treat_missing_data == "ignore":
        return before
    return "ALARM" if _old_enough(alarm, breaches) else "INSUFFICIENT_DATA"


def _old_enough(alarm: MetricAlarm, breaches: Sequence[bool | None]) -> bool:
    """Whether datapoints that all breach, too few of them, have stood long enough to be believed.

    The oldest must be at least as old as the datapoints to alarm. A younger one may still be followed
    by datapoints within the threshold, so the alarm does not go off prematurely.
    """
    ages = [len(breaches) - position for position, breach in enumerate(breaches) if breach is not None]
    return max(ages, default=0) >= alarm.datapoints_to_alarm
