"""Figures of target tracking, and whether the datapoints that an alarm of it judges make it stand in ALARM.

What a run is held against: none of it is read from the system under test.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from verify.aws_time import MINUTE
from verify.timeline import Datapoint, ServiceTimeline

# "Set auto-scaling based on 70% CPU usage", step 8 of the deployment process that this system implements.
TARGET_PERCENT = 70.0
CPU_METRIC = "ECSServiceAverageCPUUtilization"
# Target tracking's own alarms: out after 3 of 3 one-minute datapoints above the target, in after 15 of
# 15 below 90 % of it
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html).
SCALE_OUT_DATAPOINTS = 3
SCALE_IN_DATAPOINTS = 15
SCALE_IN_BELOW_PERCENT = 0.9 * TARGET_PERCENT
# CloudWatch looks this far behind the minutes that it judges, in case some of them are missing: at
# five for three, by its documentation
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
_FURTHER_MINUTES = 2
# Binary fractions must not ask for a task: 3 x 70.0 / 70.0 may come out a hair above 3.
_ROUNDING_DIGITS = 6


def over_target(percent: float) -> bool:
    """Whether a datapoint breaches the alarm that scales out."""
    return percent > TARGET_PERCENT


def below_scale_in(percent: float) -> bool:
    """Whether a datapoint breaches the alarm that scales in."""
    return percent < SCALE_IN_BELOW_PERCENT


def tasks_asked_for(running: int, percent: float) -> int:
    """Tasks that bring the CPU of so many running ones to the target: running x CPU / target, rounded up."""
    return math.ceil(round(running * percent / TARGET_PERCENT, _ROUNDING_DIGITS))


def capacity_for(service: ServiceTimeline, running: int, percent: float) -> int:
    """The same within the service's registered bounds."""
    return max(service.minimum, min(service.maximum, tasks_asked_for(running, percent)))


@dataclass(frozen=True)
class Look:
    """One evaluation of an alarm for which all of its datapoints must breach, such as three of three.

    Attributes:
        points: The newest datapoints that are there, oldest first; fewer than needed if too many of
            the minutes that are looked at are missing.
        minutes: From the beginning of the oldest of them to the end of the last minute looked at.
        needed: Datapoints that the alarm judges.
    """

    points: Sequence[Datapoint]
    minutes: int
    needed: int

    def stands(self, breaches: Callable[[float], bool]) -> bool:
        """Whether the alarm is in ALARM.

        Every datapoint breaches, and the oldest has stood for as many minutes as datapoints are
        needed. So a missing minute neither sets it off prematurely nor ends it: `- - X - -` is an
        alarm of three of three, `- - - X X` is none.
        """
        return self.minutes >= self.needed and all(breaches(point.value) for point in self.points)


def look(cpu: Sequence[Datapoint], last: datetime, needed: int) -> Look:
    """Evaluation of an alarm whose newest closed minute begins at `last`; datapoints are oldest first."""
    first = last - MINUTE * (needed + _FURTHER_MINUTES - 1)
    points = [point for point in cpu if first <= point.minute <= last][-needed:]
    return Look(points, (last - points[0].minute) // MINUTE + 1 if points else 0, needed)


def looks_before(
    cpu: Sequence[Datapoint], moment: datetime, needed: int, delay_minutes: int
) -> Sequence[Look]:
    """The looks that whoever decided at `moment` may have acted on, oldest first.

    Datapoints arrive up to `delay_minutes` late, so the newest minutes may have been missing then
    although they are known now.
    """
    closed = moment.replace(second=0, microsecond=0) - MINUTE
    return [look(cpu, closed - MINUTE * back, needed) for back in reversed(range(delay_minutes + 1))]


def minutes_standing(cpu: Sequence[Datapoint], needed: int, breaches: Callable[[float], bool]) -> int:
    """Minutes with a datapoint at whose end the alarm stood."""
    return sum(look(cpu, point.minute, needed).stands(breaches) for point in cpu)
