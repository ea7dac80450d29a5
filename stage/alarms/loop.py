"""Evaluates every alarm once an AWS minute, and those of shorter periods every ten seconds."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from common.budget import budget
from stage.alarms.composite import UnsupportedRuleError
from stage.alarms.decide import changes_of_composites, evaluation_of, starved_minutes
from stage.alarms.model import Evaluation, WatchedAlarm
from stage.alarms.perform import set_state
from stage.alarms.read import STARVED, read_alarms, read_series
from stage.clock import MINUTE, Clock
from stage.control_plane.aws import Aws
from stage.control_plane.metric_math import UnsupportedExpressionError
from stage.metrics.embedded import settled_until
from stage.metrics.lag import Lags

_log = logging.getLogger(__name__)

# How often CloudWatch looks at alarms whose period is shorter than a minute
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Alarms.html).
_FAST = timedelta(seconds=10)
# AWS time after a period's end and its metrics' lag: datapoints are there by then, unless the machine is too
# busy.
_LOOK = timedelta(seconds=30)
_FAST_LOOK = timedelta(seconds=5)
_CLOSING_SECONDS = 30.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AlarmEvaluation:
    """Two threads that do for the stage what CloudWatch does with alarms.

    Alarms and datapoints are read from CloudWatch, states written to it. An alarm is judged up to the newest
    period whose datapoints are there, so one that watches late metrics changes its state later.

    Args:
        aws: Where alarms are read and set.
        clock: Says when a period is over.
        lags: How late metrics come.
        trigger: Called with the names of alarms in ALARM, as actions that scale are invoked: when an alarm
            goes off, and then once a minute
            (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html).
    """

    def __init__(
        self, aws: Aws, clock: Clock, lags: Lags, trigger: Callable[[Collection[str]], None]
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._lags = lags
        self._trigger = trigger
        self._named: set[str] = set()
        # Alarms of shorter periods than a minute, as they were found; none if there are none.
        self._fast: dict[str, Evaluation | None] = {}
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=arguments, name=name, daemon=True)
            for name, arguments in (
                ("alarms", (MINUTE, _LOOK, self.evaluate)),
                ("alarms-fast", (_FAST, _FAST_LOOK, self.evaluate_fast)),
            )
        ]

    def start(self) -> None:
        """Begin with the next AWS minute."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the threads; no alarm changes its state after this returns."""
        self._closing.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(budget(_CLOSING_SECONDS))

    def evaluate(self, minute: datetime) -> None:
        """Evaluate all alarms of periods of a minute and more, and composite alarms, once.

        Args:
            minute: AWS time at which the newest closed minute ended.
        """
        alarms = read_alarms(self._aws.cloudwatch)
        self._name(alarms.unsupported)
        slow = [alarm for alarm in alarms.metric_alarms if alarm.period >= MINUTE]
        fast = {alarm.name for alarm in alarms.metric_alarms} - {alarm.name for alarm in slow}
        self._fast = {name: self._fast.get(name) for name in fast}
        found = self._evaluated(slow, minute)
        states = {**alarms.states, **{one.alarm: one.state for one in found}}
        try:
            for change in changes_of_composites(alarms.composite_alarms, states):
                set_state(self._aws.cloudwatch, change)
        except UnsupportedRuleError as error:
            self._name([f"composite alarms are not evaluated: the stage does not understand {error}"])
        self._invoke([*found, *(one for one in self._fast.values() if one)])

    def evaluate_fast(self, moment: datetime) -> None:
        """Evaluate the alarms of shorter periods once, if `evaluate` has found any.

        Args:
            moment: AWS time.
        """
        if not self._fast:
            return
        alarms = read_alarms(self._aws.cloudwatch)
        found = self._evaluated([one for one in alarms.metric_alarms if one.period < MINUTE], moment)
        self._fast = {one.alarm: one for one in found}
        self._invoke([one for one in found if one.change])

    def _invoke(self, found: Iterable[Evaluation]) -> None:
        names = frozenset(one.alarm for one in found if one.alarming)
        if names:
            self._trigger(names)

    def _evaluated(self, alarms: Iterable[WatchedAlarm], moment: datetime) -> list[Evaluation]:
        """Evaluate alarms over what is there at a moment, and set the states that are new."""
        groups: dict[tuple[timedelta, timedelta, bool], list[WatchedAlarm]] = defaultdict(list)
        for alarm in alarms:
            groups[alarm.period, self._lag(alarm), alarm.of_log_lines].append(alarm)
        found: list[Evaluation] = []
        for (period, lag, of_log_lines), members in groups.items():
            end = min(moment - lag, settled_until(self._clock, moment) if of_log_lines else moment)
            found += self._judged(members, period, _aligned(end, period))
        for one in found:
            if one.change:
                set_state(self._aws.cloudwatch, one.change)
        return found

    def _lag(self, alarm: WatchedAlarm) -> timedelta:
        return max(self._lags.of(metric.namespace, alarm.period) for metric in alarm.metrics.values())

    def _judged(self, alarms: Sequence[WatchedAlarm], period: timedelta, end: datetime) -> list[Evaluation]:
        cloudwatch = self._aws.cloudwatch
        start = end - period * max(alarm.definition.evaluation_range for alarm in alarms)
        metrics = [metric for alarm in alarms for metric in alarm.metrics.values()]
        series = read_series(cloudwatch, [*metrics, STARVED], period, start, end)
        if period != MINUTE:
            series |= read_series(cloudwatch, [STARVED], MINUTE, start, end)
        starved = starved_minutes(series[STARVED], end)
        found = []
        for alarm in alarms:
            try:
                found.append(evaluation_of(alarm, series, starved, end))
            except UnsupportedExpressionError as error:
                self._name([f"alarm {alarm.name} is not evaluated: {error}"])
        return found

    def _name(self, sentences: Iterable[str]) -> None:
        """Say once which alarms are not evaluated."""
        for sentence in sentences:
            if sentence not in self._named:
                self._named.add(sentence)
                _log.warning("%s", sentence)

    def _run(self, step: timedelta, look: timedelta, evaluate: Callable[[datetime], None]) -> None:
        moment = _aligned(self._clock.now(), step)
        while not self._closing.is_set():
            # A machine that was too busy for some steps goes on with the newest: its range has them all.
            moment = max(moment + step, _aligned(self._clock.now(), step))
            if self._closing.wait(self._clock.real_seconds_until(moment + look)):
                return
            try:
                evaluate(moment)
            except Exception:  # noqa: BLE001 - the next look may go well, and it is logged
                if not self._closing.is_set():
                    _log.exception("alarms were not evaluated this minute")


def _aligned(moment: datetime, period: timedelta) -> datetime:
    """End of the newest period that is over; periods begin at multiples of their length."""
    return moment - (moment - _EPOCH) % period
