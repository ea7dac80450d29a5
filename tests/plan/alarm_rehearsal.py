"""Planned alarms put into an emulated CloudWatch, fed with made-up metrics, and evaluated by the stage."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock
from stage.metrics.lag import AT_ONCE
from tests.plan.cloudwatch import Alarm, Metric

# On the hour, so that periods of every length end there.
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
# Within a minute of its end, when log lines are there too: the clock here is no faster than a real one.
_SETTLED = timedelta(seconds=30)
# What the provider passes on as it is.
_PLAIN = {
    "alarm_description": "AlarmDescription",
    "namespace": "Namespace",
    "metric_name": "MetricName",
    "statistic": "Statistic",
    "extended_statistic": "ExtendedStatistic",
    "period": "Period",
    "evaluation_periods": "EvaluationPeriods",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "comparison_operator": "ComparisonOperator",
    "threshold": "Threshold",
    "treat_missing_data": "TreatMissingData",
}

Value = float | Mapping[float, float] | None
Values = Sequence[Value]


class Rehearsal:
    """CloudWatch with some alarms, as the stage evaluates them.

    Args:
        cloudwatch: A client of an emulated CloudWatch without alarms.
        alarms: The planned ones, by the names that a test gives them.
    """

    def __init__(self, cloudwatch: Any, alarms: Mapping[str, Alarm]) -> None:
        self._cloudwatch = cloudwatch
        self._alarms = alarms
        self._composites: list[str] = []
        self._evaluation = AlarmEvaluation(
            SimpleNamespace(cloudwatch=cloudwatch),  # type: ignore[arg-type]
            Clock(60.0),
            AT_ONCE,
            lambda _: None,
        )
        for name, alarm in alarms.items():
            cloudwatch.put_metric_alarm(AlarmName=name, **_definition(alarm))

    def put_composite(self, name: str, rule: str) -> None:
        """Add a composite alarm over the others."""
        self._cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule)
        self._composites.append(name)

    def feed(self, name: str, series: Mapping[str, Values]) -> list[str]:
        """States of all alarms that go off, period by period, while one alarm's metrics have such values.

        Returns:
            For each of the alarm's periods, the names of the alarms that are in ALARM after it.
        """
        alarm = self._alarms[name]
        (seconds,) = alarm.periods
        period = timedelta(seconds=seconds)
        length = max(map(len, series.values()))
        ends = [NOON + period * number for number in range(1, length + 1)]
        for metric in self.metrics([name]):
            if metric.name in series:
                self.put(metric, series[metric.name], period)
        self._require_read(name, series)
        return [self._after(end) for end in ends]

    def feed_all(self, values: Mapping[str, Value], looks: Sequence[int]) -> list[str]:
        """The alarms that go off while all metrics have the same values in each minute.

        Args:
            values: By the metrics' names; a metric without one has no datapoint.
            looks: Minutes after which the alarms are evaluated.
        """
        for metric in self.metrics(self._alarms):
            self.put(metric, [values.get(metric.name)] * max(looks), timedelta(minutes=1))
        return [self._after(NOON + timedelta(minutes=number)) for number in looks]

    def metrics(self, names: Iterable[str]) -> set[Metric]:
        """Metrics that some alarms read, each once whatever its statistic."""
        return {
            Metric(metric.namespace, metric.name, metric.dimensions, "")
            for name in names
            for metric in self._alarms[name].metrics.values()
        }

    def put(self, metric: Metric, values: Values, period: timedelta) -> None:
        """Put values of periods from noon on."""
        common = {"MetricName": metric.name, "Dimensions": _dimensions(dict(metric.dimensions))}
        data = [
            {**common, "Timestamp": NOON + period * number, **_observed(value)}
            for number, value in enumerate(values)
            if value is not None
        ]
        if data:
            self._cloudwatch.put_metric_data(Namespace=metric.namespace, MetricData=data)

    def _require_read(self, name: str, series: Mapping[str, Values]) -> None:
        unread = set(series) - {metric.name for metric in self.metrics([name])}
        assert not unread, f"{name} does not read {unread}"

    def _after(self, end: datetime) -> str:
        self._evaluation.evaluate(end + _SETTLED)
        # By names, since moto leaves composite alarms out where it is asked for a state.
        metric = self._described(AlarmTypes=["MetricAlarm"], StateValue="ALARM")
        composite = self._described(AlarmTypes=["CompositeAlarm"], AlarmNames=self._composites)
        return " ".join(sorted(name for name, state in {**metric, **composite}.items() if state == "ALARM"))

    def _described(self, **which: Any) -> dict[str, str]:
        """States of some alarms; they are far fewer than all, which takes moto long to tell."""
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(**which)
        found = [one for page in pages for one in (*page["MetricAlarms"], *page["CompositeAlarms"])]
        return {one["AlarmName"]: one["StateValue"] for one in found}


def _definition(alarm: Alarm) -> dict[str, Any]:
    """A planned alarm as the Terraform provider puts it."""
    values = alarm.values
    plain = {api: values[own] for own, api in _PLAIN.items() if values.get(own) not in {None, ""}}
    if values["metric_query"]:
        return {**plain, "Metrics": [_query(query) for query in values["metric_query"]]}
    return {**plain, "Dimensions": _dimensions(values.get("dimensions") or {})}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    made = {"Id": query["id"], "ReturnData": bool(query["return_data"])}
    if query["expression"]:
        return {**made, "Expression": query["expression"]}
    (metric,) = query["metric"]
    described = {
        "Namespace": metric["namespace"],
        "MetricName": metric["metric_name"],
        "Dimensions": _dimensions(metric["dimensions"] or {}),
    }
    return {
        **made,
        "MetricStat": {"Metric": described, "Period": metric["period"], "Stat": metric["stat"]},
    }


def _dimensions(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in sorted(named.items())]


def _observed(value: Value) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {"Values": [float(one) for one in value], "Counts": [float(count) for count in value.values()]}
    return {"Value": value}
