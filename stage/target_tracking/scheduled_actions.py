"""Scheduled actions of Application Auto Scaling: at their times they register other bounds.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common.pages import listed
from stage.clock import MINUTE, minute_of
from stage.control_plane.aws import Aws
from stage.target_tracking.model import DIMENSION

_LOG = logging.getLogger(__name__)
_SCHEDULE = re.compile(r"(at|rate|cron)\((.+)\)")
_UNITS = {"minute": MINUTE, "hour": 60 * MINUTE, "day": timedelta(days=1)}
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# First and last value, and names, of each field of a cron expression
# (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html).
_FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (1, 7, _DAYS),
    (1970, 2199, ()),
)
_ITEM = re.compile(r"([*?]|\w+)(?:-(\w+))?(?:/(\d+))?")


class UnsupportedScheduleError(Exception):
    """A schedule that the stage cannot read; the message quotes it."""


class ScheduledActions:
    """Carries out, each minute, the actions whose time has come since the minute before.

    Args:
        aws: The emulated AWS.
        now: AWS time from which on actions are carried out.
    """

    def __init__(self, aws: Aws, now: datetime) -> None:
        self._aws = aws
        self._until = now
        self._named: set[str] = set()

    def perform(self, now: datetime) -> None:
        """Register the bounds of each action that was due since the last call, the earliest first."""
        since, self._until = self._until, now
        actions = listed(
            self._aws.autoscaling, "describe_scheduled_actions", "ScheduledActions", ServiceNamespace="ecs"
        )
        due = [
            (times[-1], action)
            for action in actions
            if action.get("ScalableDimension") == DIMENSION and (times := self._times(action, since, now))
        ]
        for _, action in sorted(due, key=lambda each: each[0]):
            bounds = action["ScalableTargetAction"]
            self._aws.autoscaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=action["ResourceId"],
                ScalableDimension=DIMENSION,
                **{name: bounds[name] for name in ("MinCapacity", "MaxCapacity") if name in bounds},
            )

    def _times(self, action: Mapping[str, Any], since: datetime, until: datetime) -> list[datetime]:
        try:
            return list(times_of(action, since, until))
        except UnsupportedScheduleError as reason:
            name = str(action["ScheduledActionName"])
            if name not in self._named:
                self._named.add(name)
                _LOG.warning("scheduled action %s is not carried out: %s", name, reason)
            return []


def times_of(action: Mapping[str, Any], since: datetime, until: datetime) -> Iterator[datetime]:
    """Times after `since` and up to `until` at which an action is due, oldest first.

    Args:
        action: As DescribeScheduledActions returns it.
        since: AWS time.
        until: AWS time.

    Raises:
        UnsupportedScheduleError: It is neither at(...), rate(...) nor cron(...) of values, ranges, steps.
    """
    schedule = str(action["Schedule"])
    found = _SCHEDULE.fullmatch(schedule)
    if found is None:
        raise UnsupportedScheduleError(f"{schedule} is none of at(...), rate(...) and cron(...)")
    zone = ZoneInfo(action.get("Timezone") or "UTC")
    kind, what = found.groups()
    if kind == "at":
        times = iter([datetime.fromisoformat(what).replace(tzinfo=zone)])
    elif kind == "rate":
        times = _every(what, action["CreationTime"], since, until)
    else:
        times = _cron(what, zone, since, until)
    first, last = action.get("StartTime"), action.get("EndTime")
    for time in times:
        if since < time <= until and not (first and time < first) and not (last and time > last):
            yield time


def _every(what: str, created: datetime, since: datetime, until: datetime) -> Iterator[datetime]:
    count, unit = what.split()
    period = int(count) * _UNITS[unit.removesuffix("s")]
    time = created + period * max(1, (since - created) // period)
    while time <= until:
        yield time
        time += period


def _cron(what: str, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    fields = what.split()
    if len(fields) != len(_FIELDS):
        raise UnsupportedScheduleError(f"cron({what}) has not six fields")
    wanted = [_values(field, *_FIELDS[number]) for number, field in enumerate(fields)]
    time = minute_of(since) + MINUTE
    while time <= until:
        local = time.astimezone(zone)
        # Sunday is 1, and Python's weeks begin with Monday, 1.
        weekday = local.isoweekday() % 7 + 1
        parts = (local.minute, local.hour, local.day, local.month, weekday, local.year)
        if all(part in values for part, values in zip(parts, wanted, strict=True)):
            yield time
        time += MINUTE


def _values(field: str, low: int, high: int, names: Sequence[str]) -> frozenset[int]:
    """All values that one field of a cron expression names."""

    def number(text: str) -> int:
        return low + names.index(text) if text in names else int(text)

    values: set[int] = set()
    for item in field.split(","):
        found = _ITEM.fullmatch(item)
        if found is None:
            raise UnsupportedScheduleError(f"the stage does not read {item!r} in a cron(...)")
        first, last, step = found.groups()
        try:
            begin = low if first in {"*", "?"} else number(first)
            end = number(last) if last else (begin if first not in {"*", "?"} and not step else high)
        except ValueError:
            raise UnsupportedScheduleError(f"the stage does not read {item!r} in a cron(...)") from None
        values |= set(range(begin, end + 1, int(step or 1)))
    return frozenset(values)
