"""Evaluates every alarm once an AWS minute."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from stage.alarms.composite import UnsupportedRuleError
from stage.alarms.decide import change_of, changes_of_composites, starved_minutes
from stage.alarms.model import StateChange, WatchedAlarm
from stage.alarms.perform import set_state
from stage.alarms.read import STARVED, read_alarms, read_series
from stage.clock import MINUTE, Clock, minute_of
from stage.control_plane.aws import Aws
from stage.control_plane.metric_math import UnsupportedExpressionError
from stage.host.budget import budget
from stage.metrics.embedded import settled_until

_log = logging.getLogger(__name__)

# AWS seconds after a minute's end: its datapoints are there by then, unless the machine is too busy.
_LOOK_SECONDS = 30
_CLOSING_SECONDS = 30.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AlarmEvaluation:
    """A thread that does for the stage what CloudWatch does with alarms.

    Alarms and datapoints are read from CloudWatch, states written to it. Metrics that services write into
    their logs are there later than AWS's own, and so is the state of their alarms. Target tracking's alarms
    are evaluated where their datapoints decide about capacity.
    """

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._named: set[str] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def start(self) -> None:
        """Begin with the next AWS minute."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; no alarm changes its state after this returns."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(budget(_CLOSING_SECONDS))

    def evaluate(self, minute: datetime) -> None:
        """Evaluate all alarms once.

        Args:
            minute: AWS time at which the newest closed minute ended.
        """
        cloudwatch = self._aws.cloudwatch
        alarms = read_alarms(cloudwatch)
        self._name(alarms.unsupported)
        groups: dict[tuple[timedelta, bool], list[WatchedAlarm]] = defaultdict(list)
        for alarm in alarms.metric_alarms:
            groups[alarm.period, alarm.of_log_lines].append(alarm)
        changes: list[StateChange] = []
        for (period, of_log_lines), members in groups.items():
            end = settled_until(self._clock, minute) if of_log_lines else minute
            changes += self._changes(members, period, _aligned(end, period))
        for change in changes:
            set_state(cloudwatch, change)
        states = {**alarms.states, **{change.alarm: change.state for change in changes}}
        try:
            for change in changes_of_composites(alarms.composite_alarms, states):
                set_state(cloudwatch, change)
        except UnsupportedRuleError as error:
            self._name([f"composite alarms are not evaluated: the stage does not understand {error}"])

    def _changes(self, alarms: Sequence[WatchedAlarm], period: timedelta, end: datetime) -> list[StateChange]:
        cloudwatch = self._aws.cloudwatch
        start = end - period * max(alarm.definition.evaluation_range for alarm in alarms)
        metrics = [metric for alarm in alarms for metric in alarm.metrics.values()]
        series = read_series(cloudwatch, [*metrics, STARVED], period, start, end)
        if period != MINUTE:
            series |= read_series(cloudwatch, [STARVED], MINUTE, start, end)
        starved = starved_minutes(series[STARVED], end)
        changes = []
        for alarm in alarms:
            try:
                change = change_of(alarm, series, starved, end)
            except UnsupportedExpressionError as error:
                self._name([f"alarm {alarm.name} is not evaluated: {error}"])
            else:
                changes += [change] if change else []
        return changes

    def _name(self, sentences: Iterable[str]) -> None:
        """Say once which alarms are not evaluated."""
        for sentence in sentences:
            if sentence not in self._named:
                self._named.add(sentence)
                _log.warning("%s", sentence)

    def _run(self) -> None:
        minute = minute_of(self._clock.now())
        while not self._closing.is_set():
            # A machine that was too busy for some minutes goes on with the newest: its range has them all.
            minute = max(minute + MINUTE, minute_of(self._clock.now()))
            look_at = minute + timedelta(seconds=_LOOK_SECONDS)
            if self._closing.wait(self._clock.real_seconds_until(look_at)):
                return
            try:
                self.evaluate(minute)
            except Exception:  # noqa: BLE001 - the next minute may go well, and it is logged
                if not self._closing.is_set():
                    _log.exception("alarms were not evaluated this minute")


def _aligned(moment: datetime, period: timedelta) -> datetime:
    """End of the newest period that is over; periods begin at multiples of their length."""
    return moment - (moment - _EPOCH) % period
