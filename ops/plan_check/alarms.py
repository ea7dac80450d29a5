"""Alarms that go off later than before, for less, or for nobody.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import re
from collections.abc import Iterator, Sequence

from ops.plan_check.alarm_rule import implied
from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change, Values
from ops.plan_check.comparisons import (
    Worse,
    changed,
    fewer,
    from_one_of,
    lowered,
    raised,
    turned_off,
)
from ops.plan_check.finding import Finding, Kind, of_difference, shown
from ops.plan_check.renames import renames
from ops.plan_check.values import UNKNOWN, blocks, number

_ALARM = "aws_cloudwatch_metric_alarm"
_COMPOSITE = "aws_cloudwatch_composite_alarm"
_ANY = r"aws_cloudwatch_(metric|composite)_alarm"
# Operators of which the second goes off at the threshold itself as well.
_SOONER = (
    ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"),
    ("LessThanThreshold", "LessThanOrEqualToThreshold"),
)
# Parts of what an alarm computes, except for those that are told apart elsewhere or only shown.
_FIGURE = re.compile(
    r"namespace|metric_name|dimensions\..+|metric_query\.(?!.*\b(label|period|stat|account_id)$).+"
)
_DEFAULT_PERIOD_SECONDS = 60.0

_TABLE = (
    Watched(r"actions_enabled", turned_off, "The alarm goes off, and tells nobody.", types=_ANY),
    Watched(
        r"alarm_actions",
        fewer,
        "The alarm no longer tells somebody, or something, that it told.",
        types=_ANY,
    ),
    Watched(
        r"treat_missing_data",
        from_one_of("breaching"),
        "Silence no longer sets the alarm off: what has stopped altogether goes unnoticed.",
        types=_ALARM,
    ),
    Watched(
        r"comparison_operator",
        lambda before, after: changed(before, after) and (before, after) not in _SOONER,
        "The alarm goes off on the other side of its threshold, or later.",
        types=_ALARM,
    ),
    Watched(
        r"actions_suppressor\.alarm",
        lambda before, after: not before and bool(after),
        "The alarm tells nobody while another one is on.",
        types=_COMPOSITE,
    ),
)

goes_off_less = watch(Kind.WATCHING, _TABLE)
"""Rule: settings by which an alarm goes off later, for less, or for nobody."""


def watches_something_else(changes: Sequence[Change]) -> Iterator[Finding]:
    """An alarm on another figure, unless what it watches has only got another name."""
    names = renames(changes)
    for change in changes:
        if change.type != _ALARM or not change.compared:
            continue
        for difference in change.differences:
            before, after = difference.before, difference.after
            if not _FIGURE.fullmatch(difference.pattern) or before in (None, "", []):
                continue
            if changed(before, after) and names.get(str(before)) != after:
                yield of_difference(
                    change, Kind.WATCHING, "The alarm no longer watches what it watched.", difference
                )


def threshold_is_looser(change: Change) -> Iterator[Finding]:
    """A threshold that is farther away, on the side on which the alarm goes off."""
    if change.type != _ALARM:
        return
    worse = _farther(str(change.after.get("comparison_operator")))
    for difference in change.differences if change.compared else ():
        if difference.pattern == "threshold" and worse(difference.before, difference.after):
            yield of_difference(
                change,
                Kind.WATCHING,
                "The alarm's threshold is farther away: it goes off later, or not at all.",
                difference,
            )


def needs_longer(change: Change) -> Iterator[Finding]:
    """More seconds, or more of the datapoints in them, before an alarm goes off."""
    if change.type != _ALARM or not change.compared:
        return
    before, after = _patience(change.before), _patience(change.after)
    if before is None or after is None:
        return
    if after[0] > before[0] or (after[0] == before[0] and after[1] > before[1]):
        yield Finding(
            change.address,
            Kind.WATCHING,
            "The alarm needs more time, or more datapoints, before it goes off.",
            "evaluation_periods",
            _shown_patience(change.before),
            _shown_patience(change.after),
        )


def statistic_is_milder(change: Change) -> Iterator[Finding]:
    """A statistic that stays farther from the threshold, such as an average instead of a maximum."""
    if change.type != _ALARM or not change.compared:
        return
    upwards = str(change.after.get("comparison_operator")).startswith("Greater")
    for difference in change.differences:
        if re.fullmatch(r"statistic|extended_statistic|metric_query\..*\bstat", difference.pattern):
            before, after = _rank(difference.before), _rank(difference.after)
            if before is not None and after is not None and (after < before if upwards else after > before):
                yield of_difference(
                    change,
                    Kind.WATCHING,
                    "The alarm looks at a milder figure, so that it goes off later.",
                    difference,
                )


def composite_is_narrower(changes: Sequence[Change]) -> Iterator[Finding]:
    """A composite alarm that is silent where it went off before."""
    names = renames(changes)
    for change in changes:
        if change.type != _COMPOSITE or not change.compared:
            continue
        before, after = change.before.get("alarm_rule"), change.after.get("alarm_rule")
        if before == after or after is UNKNOWN or not isinstance(before, str):
            continue
        if not implied(before, str(after), names):
            yield Finding(
                change.address,
                Kind.WATCHING,
                "The composite alarm may stay silent where it went off before.",
                "alarm_rule",
                shown(before),
                shown(after),
            )


def _patience(values: Values) -> tuple[float, float] | None:
    """Seconds of datapoints that it takes, and their share of those that are looked at; None if unknown."""
    if UNKNOWN in (values.get("evaluation_periods"), values.get("datapoints_to_alarm")):
        return None
    window = number(values.get("evaluation_periods")) or 1.0
    needed = number(values.get("datapoints_to_alarm")) or window
    return needed * _period(values), needed / window


def _period(values: Values) -> float:
    """Seconds of a datapoint."""
    periods = [
        number(metric.get("period"))
        for query in blocks(values.get("metric_query"))
        for metric in [query, *blocks(query.get("metric"))]
    ]
    known = [period for period in (number(values.get("period")), *periods) if period]
    return max(known, default=_DEFAULT_PERIOD_SECONDS)


def _shown_patience(values: Values) -> str:
    needed = values.get("datapoints_to_alarm") or values.get("evaluation_periods")
    return f"{needed} of {values.get('evaluation_periods')} datapoints of {_period(values):g} s"


def _farther(operator: str) -> Worse:
    if operator.startswith("Less"):
        return changed if "OrGreater" in operator else lowered
    return raised


def _rank(statistic: object) -> float | None:
    """How far up a statistic is, from the minimum to the maximum; None of what is no such figure."""
    text = str(statistic)
    found = re.fullmatch(r"p(\d+(?:\.\d+)?)", text)
    return number(found[1]) if found else {"Minimum": 0.0, "Average": 50.0, "Maximum": 100.0}.get(text)
