"""CloudWatch's metric alarms, and the two that a target tracking policy owns."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from stage.clock import MINUTE, minute_of
from stage.target_tracking.model import Datapoint, Policy

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

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html
_SCALE_OUT_PERIODS = 3
_SCALE_IN_PERIODS = 15
# The gap between the two thresholds keeps one metric value from satisfying both alarms in turn.
_SCALE_IN_FRACTION = 0.9


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


def alarm_high(target: float) -> MetricAlarm:
    """Three of three one-minute datapoints above the target."""
    return MetricAlarm(target, "GreaterThanThreshold", _SCALE_OUT_PERIODS, _SCALE_OUT_PERIODS)


def alarm_low(target: float) -> MetricAlarm:
    """Fifteen of fifteen one-minute datapoints below 90 % of the target."""
    return MetricAlarm(target * _SCALE_IN_FRACTION, "LessThanThreshold", _SCALE_IN_PERIODS, _SCALE_IN_PERIODS)


# What is older than the longer alarm's evaluation range decides nothing.
HISTORY: timedelta = MINUTE * alarm_low(0.0).evaluation_range


def high(policy: Policy, datapoints: Sequence[Datapoint], now: datetime) -> AlarmState:
    """State of AlarmHigh over the closed minutes."""
    return _state(alarm_high(policy.target), datapoints, now)


def low(policy: Policy, datapoints: Sequence[Datapoint], now: datetime) -> AlarmState:
    """State of AlarmLow over the closed minutes."""
    return _state(alarm_low(policy.target), datapoints, now)


def newest(datapoints: Sequence[Datapoint], now: datetime) -> Datapoint | None:
    """The newest datapoint of a minute that is over; None if there is none."""
    closed = [point for point in datapoints if point.minute < minute_of(now)]
    return max(closed, key=lambda point: point.minute, default=None)


def up_to_date(datapoints: Sequence[Datapoint], now: datetime) -> bool:
    """Whether the last closed minute has its datapoint."""
    point = newest(datapoints, now)
    return point is not None and minute_of(point.minute) == _last_closed_minute(now)


def _state(alarm: MetricAlarm, datapoints: Sequence[Datapoint], now: datetime) -> AlarmState:
    by_minute = {minute_of(point.minute): point.value for point in datapoints}
    last = _last_closed_minute(now)
    periods = reversed(range(alarm.evaluation_range))
    return evaluate(alarm, [by_minute.get(last - MINUTE * back) for back in periods])


def _last_closed_minute(now: datetime) -> datetime:
    return minute_of(now) - MINUTE
