"""Alarms and dashboards of a plan in CloudWatch's words."""

import json
import re
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from tests.plan.view import Plan, Values, only


@dataclass(frozen=True)
class Metric:
    """A metric, and the statistic of it that is taken."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str


@dataclass(frozen=True)
class Alarm:
    """A metric alarm as planned."""

    values: Values

    def __getattr__(self, name: str) -> Any:
        """An argument by Terraform's name."""
        return self.values[name]

    @property
    def metrics(self) -> dict[str, Metric]:
        """What it reads, by the id in its expressions; by "metric" if it has none."""
        if not self.metric_query:
            return {"metric": _metric(self.values, self.statistic)}
        return {
            query["id"]: _metric(only(query["metric"]), only(query["metric"])["stat"])
            for query in self.metric_query
            if query["metric"]
        }

    @property
    def periods(self) -> set[int]:
        """Seconds that a datapoint stands for."""
        if not self.metric_query:
            return {self.period}
        return {only(query["metric"])["period"] for query in self.metric_query if query["metric"]}

    @property
    def label(self) -> str:
        """What the watched line is called in a graph."""
        return str(self._returned["label"])

    @property
    def fires(self) -> tuple[str, float, str]:
        """Comparison, threshold, and how many datapoints out of how many."""
        return (
            self.comparison_operator,
            self.threshold,
            f"{self.datapoints_to_alarm} of {self.evaluation_periods}",
        )

    def value(self, **datapoints: float) -> float:
        """What the watched expression makes of a minute; a metric that is left out has no datapoint."""
        expressions = {query["id"]: query["expression"] for query in self.metric_query if query["expression"]}
        return evaluate(expressions, self._returned["id"], set(self.metrics), datapoints)

    @property
    def _returned(self) -> Values:
        found: Values = only([query for query in self.metric_query if query["return_data"]])
        return found


@dataclass(frozen=True)
class Widget:
    """A widget of a dashboard."""

    values: Values

    @property
    def properties(self) -> Values:
        """What it shows."""
        properties: Values = self.values["properties"]
        return properties

    @property
    def title(self) -> str:
        """Its heading."""
        return str(self.properties.get("title", ""))

    @property
    def metrics(self) -> list[Metric]:
        """The metrics it reads, drawn or not."""
        return [
            _drawn(line, _options(line).get("stat", self.properties.get("stat")))
            for line in self.properties.get("metrics", [])
            if isinstance(line[0], str)
        ]

    @property
    def names(self) -> list[str]:
        """Names of the metrics it reads, with their statistic."""
        return [f"{metric.name} {metric.statistic}" for metric in self.metrics]

    @property
    def lines(self) -> list[str]:
        """Labels of the lines it draws."""
        options = [(line, _options(line)) for line in self.properties.get("metrics", [])]
        return [
            one["label"] if "label" in one else line[1] for line, one in options if one.get("visible", True)
        ]

    @property
    def thresholds(self) -> dict[str, float]:
        """Horizontal lines by label."""
        horizontal = self.properties.get("annotations", {}).get("horizontal", [])
        return {line["label"]: line["value"] for line in horizontal}

    def value(self, wanted: str, **datapoints: float) -> float:
        """What the expression with an id makes of a minute."""
        options = [_options(line) for line in self.properties["metrics"]]
        expressions = {one["id"]: one["expression"] for one in options if "expression" in one}
        metrics = {one["id"] for one in options if "id" in one} - set(expressions)
        return evaluate(expressions, wanted, metrics, datapoints)


def alarms(plan: Plan, module: str = "module.monitoring") -> dict[str, Alarm]:
    """A module's metric alarms by name, without what every name begins with."""
    found = [
        Alarm(values)
        for address, values in plan.all("aws_cloudwatch_metric_alarm").items()
        if address.startswith(f"{module}.")
    ]
    return {alarm.alarm_name.removeprefix("notifications-staging-"): alarm for alarm in found}


def body(plan: Plan, name: str = "notifications-staging") -> Values:
    """A dashboard's body."""
    parsed: Values = json.loads(plan.one("aws_cloudwatch_dashboard", dashboard_name=name)["dashboard_body"])
    return parsed


class _Number(float):
    """A datapoint; what is divided by nothing is missing, as in CloudWatch."""

    def __rtruediv__(self, other: float) -> "_Number":
        return _Number(other / float(self)) if self else _Number(nan)


def evaluate(
    expressions: dict[str, str], wanted: str, metrics: set[str], datapoints: dict[str, float]
) -> float:
    """CloudWatch's metric math on one minute, as far as it is used here.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    assert set(datapoints) <= metrics, f"{set(datapoints) - metrics} is not read"
    names: dict[str, Any] = {
        "FILL": lambda value, other: _Number(other if isnan(value) else value),
        "IF": lambda condition, yes, no: yes if condition else no,
        "MAX": lambda values: _Number(max(values)),
    }
    names |= {metric: _Number(datapoints.get(metric, nan)) for metric in metrics}
    waiting = dict(expressions)
    while waiting:
        ready = [one for one, text in waiting.items() if not set(re.findall(r"\w+", text)) & set(waiting)]
        assert ready, f"{waiting} wait for each other"
        for one in ready:
            names[one] = _Number(eval(waiting.pop(one), {"__builtins__": {}}, names))  # noqa: S307 - our own
    return float(names[wanted])


def _metric(values: Values, statistic: str) -> Metric:
    return Metric(
        values["namespace"], values["metric_name"], frozenset((values["dimensions"] or {}).items()), statistic
    )


def _drawn(line: list[Any], statistic: str) -> Metric:
    namespace, name, *rest = [part for part in line if isinstance(part, str)]
    return Metric(namespace, name, frozenset(zip(rest[::2], rest[1::2], strict=True)), statistic)


def _options(line: list[Any]) -> Values:
    return line[-1] if isinstance(line[-1], dict) else {}
