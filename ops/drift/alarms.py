"""Alarms: what they watch, and whom they tell."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws
from ops.drift.finding import NONE, PRESENT, Finding, compared
from ops.drift.state import Declared, State

_ACTIONS = {
    "alarm_actions": "AlarmActions",
    "ok_actions": "OKActions",
    "insufficient_data_actions": "InsufficientDataActions",
}
_METRIC = {
    "comparison_operator": "ComparisonOperator",
    "evaluation_periods": "EvaluationPeriods",
    "metric_name": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "extended_statistic": "ExtendedStatistic",
}


def alarms(aws: Aws, state: State) -> Iterator[Finding]:
    """Alarms that are disabled, tell somebody else or nobody, or watch something else."""
    cloudwatch = aws("cloudwatch")
    metric = {
        one["AlarmName"]: one
        for one in listed(cloudwatch, "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"])
    }
    composite = {
        one["AlarmName"]: one
        for one in listed(cloudwatch, "describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"])
    }
    found = metric | composite
    for known in state.of("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        actual = found.get(known["alarm_name"])
        if actual is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
        else:
            yield from compared(known.address, _attributes(known, actual))
    yield from _of_scaling(metric, state)


def _attributes(known: Declared, actual: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    enabled = known["actions_enabled"]
    pairs: dict[str, tuple[Any, Any]] = {
        "actions_enabled": (True if enabled is None else enabled, actual["ActionsEnabled"]),
        **{name: (known[name], actual.get(key)) for name, key in _ACTIONS.items()},
    }
    if known.type == "aws_cloudwatch_composite_alarm":
        suppressor = (known["actions_suppressor"] or [{}])[0].get("alarm")
        return pairs | {
            "alarm_rule": (known["alarm_rule"], actual["AlarmRule"]),
            "actions_suppressor": (suppressor, actual.get("ActionsSuppressor")),
        }
    pairs |= {name: (known[name] or None, actual.get(key)) for name, key in _METRIC.items()}
    pairs["treat_missing_data"] = (
        known["treat_missing_data"] or "missing",
        actual.get("TreatMissingData") or "missing",
    )
    pairs["datapoints_to_alarm"] = (
        known["datapoints_to_alarm"] or known["evaluation_periods"],
        actual.get("DatapointsToAlarm") or actual["EvaluationPeriods"],
    )
    if known["threshold"] is not None and not known["threshold_metric_id"]:
        pairs["threshold"] = (float(known["threshold"]), actual.get("Threshold"))
    dimensions = {one["Name"]: one["Value"] for one in actual.get("Dimensions", [])}
    pairs["dimensions"] = (known["dimensions"], dimensions)
    declared = {one["id"]: one.get("expression") for one in known["metric_query"] or []}
    queries = {one["Id"]: one.get("Expression") for one in actual.get("Metrics", [])}
    pairs["metric_query"] = (declared, queries)
    return pairs


def _of_scaling(found: dict[str, dict[str, Any]], state: State) -> Iterator[Finding]:
    """Alarms of target tracking, which belong to no state: they must go on to tell their policy."""
    begin = f"TargetTracking-service/{state.cluster}/"
    for name, alarm in sorted(found.items()):
        if not name.startswith(begin):
            continue
        yield from compared(name, {"actions_enabled": (True, alarm["ActionsEnabled"])})
        others = [one for one in alarm.get("AlarmActions", []) if ":scalingPolicy:" not in one]
        if others or not alarm.get("AlarmActions"):
            yield Finding(name, "alarm_actions", "its scaling policy", ", ".join(others) or NONE)
