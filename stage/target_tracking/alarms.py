"""The two CloudWatch alarms that a target tracking policy owns."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from stage.alarms.decide import evaluate
from stage.alarms.model import AlarmState, MetricAlarm
from stage.clock import MINUTE, minute_of
from stage.target_tracking.model import Datapoint, Policy

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html
_SCALE_OUT_PERIODS = 3
_SCALE_IN_PERIODS = 15
# The gap between the two thresholds keeps one metric value from satisfying both alarms in turn.
_SCALE_IN_FRACTION = 0.9


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
