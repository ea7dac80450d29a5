"""GetMetricData with metric math, and with dimensions in any order."""

from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from moto.cloudwatch import models
from moto.cloudwatch.exceptions import ValidationError

from stage.control_plane.extensions.cloudwatch.metric_math import (
    Series,
    UnsupportedExpressionError,
    evaluate,
    names_in,
)
from stage.control_plane.extensions.registration import overrides


class CloudWatchBackend(models.CloudWatchBackend):
    """CloudWatch that evaluates expressions, and sorts dimensions.

    Of expressions moto only knows those that are another query's id. It compares the dimensions that are
    asked for with a metric's after sorting both, by an order that leaves some pairs as they came.
    """

    @overrides
    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Take datapoints."""
        for datum in metric_data:
            _sort_dimensions(datum)
        super().put_metric_data(namespace, metric_data)

    @overrides
    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """One result for each query that returns data, in the order of the queries."""
        for query in queries:
            if "MetricStat" in query:
                _sort_dimensions(query["MetricStat"]["Metric"])
        if not any(_is_math(query) for query in queries):
            answer: list[dict[str, Any]] = super().get_metric_data(queries, start_time, end_time, scan_by)
            return answer
        plain = [{**query, "ReturnData": True} for query in queries if not _is_math(query)]
        results = {
            result["id"]: result for result in super().get_metric_data(plain, start_time, end_time, scan_by)
        }
        for query in _in_order(queries):
            series = {
                name: dict(zip(result["timestamps"], result["values"], strict=True))
                for name, result in results.items()
            }
            results[query["Id"]] = _result(query, series, newest_first=scan_by == "TimestampDescending")
        return [results[query["Id"]] for query in queries if query.get("ReturnData", True)]


def _sort_dimensions(metric: dict[str, Any]) -> None:
    if metric.get("Dimensions"):
        metric["Dimensions"] = sorted(metric["Dimensions"], key=lambda dimension: dimension["Name"])


def _is_math(query: dict[str, Any]) -> bool:
    return "Expression" in query and not query["Expression"].startswith("SELECT")


def _in_order(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Expressions after those that they name, wherever the request has them."""
    math = {query["Id"]: query for query in queries if _is_math(query)}
    try:
        needed = {name: names_in(query["Expression"]) & math.keys() for name, query in math.items()}
        return [math[name] for name in TopologicalSorter(needed).static_order()]
    except (UnsupportedExpressionError, CycleError) as error:
        raise ValidationError(str(error)) from None


def _result(query: dict[str, Any], series: dict[str, Series], *, newest_first: bool) -> dict[str, Any]:
    try:
        found = sorted(evaluate(query["Expression"], series).items(), reverse=newest_first)
    except UnsupportedExpressionError as error:
        raise ValidationError(str(error)) from None
    return {
        "id": query["Id"],
        "label": query.get("Label") or query["Id"],
        "values": [value for _, value in found],
        "timestamps": [instant for instant, _ in found],
        "status_code": "Complete",
    }
