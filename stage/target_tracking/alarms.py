"""State of the two alarms that a target tracking policy owns."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from stage.target_tracking.model import Datapoint, Policy

AlarmState = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]

MINUTE = timedelta(minutes=1)
SCALE_OUT_PERIODS = 3
SCALE_IN_PERIODS = 15
# The gap between the two thresholds keeps one metric value from satisfying both alarms in turn.
_SCALE_IN_FRACTION = 0.9


def high(policy: Policy, datapoints: Sequence[Datapoint], now: datetime) -> AlarmState:
    """State of AlarmHigh: three of three one-minute datapoints above the target."""
    return _state(datapoints, now, SCALE_OUT_PERIODS, lambda value: value > policy.target)


def low(policy: Policy, datapoints: Sequence[Datapoint], now: datetime) -> AlarmState:
    """State of AlarmLow: fifteen of fifteen one-minute datapoints below 90 % of the target."""
    threshold = policy.target * _SCALE_IN_FRACTION
    return _state(datapoints, now, SCALE_IN_PERIODS, lambda value: value < threshold)


def last_closed_minute(now: datetime) -> datetime:
    """Start of the newest minute that is over."""
    return now.replace(second=0, microsecond=0) - MINUTE


def latest(datapoints: Sequence[Datapoint], now: datetime) -> float | None:
    """Value of the last closed minute, None when it is missing."""
    return _run(datapoints, now, 1)[0]


def _state(
    datapoints: Sequence[Datapoint], now: datetime, periods: int, breaches: Callable[[float], bool]
) -> AlarmState:
    """Judge the last closed minutes; one missing minute is enough to leave ALARM.

    Target tracking neither adds nor removes capacity on insufficient data
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html).
    """
    run = _run(datapoints, now, periods)
    present = [value for value in run if value is not None]
    if not all(breaches(value) for value in present):
        return "OK"
    return "ALARM" if len(present) == periods else "INSUFFICIENT_DATA"


def _run(datapoints: Sequence[Datapoint], now: datetime, periods: int) -> list[float | None]:
    by_minute = {point.minute.replace(second=0, microsecond=0): point.value for point in datapoints}
    newest = last_closed_minute(now)
    return [by_minute.get(newest - MINUTE * back) for back in range(periods)]
