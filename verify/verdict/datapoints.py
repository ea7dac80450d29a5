"""The datapoints that a scaling alarm judges, and whether they make it stand in ALARM."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from verify.aws_time import MINUTE
from verify.timeline import Datapoint

# CloudWatch looks this far behind the minutes that it judges, in case some of them are missing: at
# five for three, by its documentation
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
_FURTHER_MINUTES = 2


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
