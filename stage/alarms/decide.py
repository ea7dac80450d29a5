"""Decides the states of alarms; pure."""

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from stage.alarms.composite import holds
from stage.alarms.model import (
    AlarmState,
    Comparison,
    CompositeAlarm,
    Evaluation,
    Metric,
    MetricAlarm,
    Series,
    StateChange,
    WatchedAlarm,
)
from stage.clock import MINUTE
from stage.control_plane import metric_math

_COMPARES: Mapping[Comparison, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_WORDS: Mapping[Comparison, str] = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


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


def evaluation_of(
    alarm: WatchedAlarm, series: Mapping[Metric, Series], starved: Collection[datetime], end: datetime
) -> Evaluation:
    """State of a metric alarm, and its change if it is a new one.

    A period of which the machine says that it gave the stage too little time is neither good nor bad: where
    its datapoint is missing, the state changes only if it does so whatever the datapoint would have been.

    Args:
        alarm: The alarm with its state so far.
        series: Datapoints of the metrics.
        starved: Beginnings of the minutes in which the machine was too busy.
        end: End of the newest closed period.

    Raises:
        UnsupportedExpressionError: Its metric math has something in it that is not evaluated here.
    """
    definition = alarm.definition
    periods = [end - alarm.period * back for back in range(definition.evaluation_range, 0, -1)]
    watched = _watched(alarm, series, periods)
    values = [watched.get(period) for period in periods]
    unknown = {
        position
        for position, (period, value) in enumerate(zip(periods, values, strict=True))
        if value is None and any(period <= minute < period + alarm.period for minute in starved)
    }
    state = evaluate(definition, values, alarm.state)
    if unknown and not _is_certain(alarm, values, unknown, state):
        return Evaluation(alarm.name, alarm.state, certain=False)
    if state == alarm.state:
        return Evaluation(alarm.name, state, certain=True)
    change = StateChange(
        alarm.name,
        state,
        _reason(definition, list(zip(periods, values, strict=True)), alarm.state, state),
        {
            "version": "1.0",
            "queryDate": end.isoformat(),
            "startDate": periods[0].isoformat(),
            "period": int(alarm.period.total_seconds()),
            "recentDatapoints": [value for value in values if value is not None],
            "threshold": definition.threshold,
        },
    )
    return Evaluation(alarm.name, state, certain=True, change=change)


def starved_minutes(said: Series, end: datetime) -> set[datetime]:
    """Beginnings of the minutes in which the machine gave the stage too little time.

    A minute of which the stage could not even say so is one as well. Before it says so for the first time,
    nothing is measured either.

    Args:
        said: Whether the machine starved the stage, by minute.
        end: End of the newest closed period; a minute that it is in the middle of is not over.
    """
    if not said:
        return set()
    first = min(said)
    minutes = (first + number * MINUTE for number in range((end - first) // MINUTE))
    return {minute for minute in minutes if said.get(minute, 1.0) > 0}


def changes_of_composites(
    alarms: Sequence[CompositeAlarm], states: Mapping[str, AlarmState]
) -> list[StateChange]:
    """New states of the composite alarms, which may watch each other.

    A composite alarm is in ALARM while its rule holds, else OK
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html).

    Args:
        alarms: With their states so far.
        states: States of all other alarms as they are now.

    Raises:
        UnsupportedRuleError: A rule that does not parse.
    """
    now: dict[str, AlarmState] = dict(states)
    # Each pass settles at least one alarm of a chain; a circle of them is refused by AWS.
    for _ in alarms:
        now |= {alarm.name: "ALARM" if holds(alarm.rule, now) else "OK" for alarm in alarms}
    return [
        StateChange(
            alarm.name,
            now[alarm.name],
            f"{alarm.rule} is {'true' if now[alarm.name] == 'ALARM' else 'false'}",
            {
                "triggeringAlarms": sorted(
                    name for name in states if states[name] == "ALARM" and name in alarm.rule
                )
            },
        )
        for alarm in alarms
        if now[alarm.name] != alarm.state
    ]


def _watched(alarm: WatchedAlarm, series: Mapping[Metric, Series], periods: Sequence[datetime]) -> Series:
    """Datapoints that the threshold is compared with, in some periods."""
    wanted = set(periods)
    known = {
        name: {instant: value for instant, value in series.get(metric, {}).items() if instant in wanted}
        for name, metric in alarm.metrics.items()
    }
    for name in metric_math.in_order(alarm.expressions):
        known[name] = metric_math.evaluate(alarm.expressions[name], known)
    return known[alarm.result]


def _is_certain(
    alarm: WatchedAlarm, values: Sequence[float | None], unknown: Collection[int], state: AlarmState
) -> bool:
    """Whether the state does not depend on datapoints that nobody could measure."""
    threshold = alarm.definition.threshold
    return all(
        state
        == evaluate(
            alarm.definition,
            [extreme if position in unknown else value for position, value in enumerate(values)],
            alarm.state,
        )
        for extreme in (threshold - 1.0, threshold + 1.0)
    )


def _reason(
    alarm: MetricAlarm,
    datapoints: Sequence[tuple[datetime, float | None]],
    before: AlarmState,
    state: AlarmState,
) -> str:
    """The sentence that CloudWatch gives for a change of state."""
    there = [(instant, value) for instant, value in datapoints if value is not None]
    judged = there[-alarm.evaluation_periods :]
    lacking = alarm.evaluation_periods - len(judged)
    if state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {lacking} datapoints were unknown."
    if not judged:
        treated = "Breaching" if state == "ALARM" else "NonBreaching"
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.evaluation_periods} periods and "
            f"{lacking} missing datapoints were treated as [{treated}]."
        )
    compares = _COMPARES[alarm.comparison_operator]
    meant = [one for one in judged if compares(one[1], alarm.threshold) == (state == "ALARM")]
    shown = ", ".join(f"{value} ({instant:%d/%m/%y %H:%M:%S})" for instant, value in reversed(meant))
    needed = alarm.datapoints_to_alarm
    if state == "OK":
        needed = alarm.evaluation_periods - alarm.datapoints_to_alarm + 1
    return (
        f"Threshold Crossed: {len(meant)} out of the last {alarm.evaluation_periods} datapoints [{shown}] "
        f"{'was' if len(meant) == 1 else 'were'} {'' if state == 'ALARM' else 'not '}"
        f"{_WORDS[alarm.comparison_operator]} the threshold ({alarm.threshold}) "
        f"(minimum {needed} datapoint{'' if needed == 1 else 's'} for {before} -> {state} transition)."
    )
