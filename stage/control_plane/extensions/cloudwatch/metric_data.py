"""GetMetricData with metric math."""

from datetime import datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError

from stage.control_plane.extensions.cloudwatch import datapoints
from stage.control_plane.extensions.registration import overrides
from stage.control_plane.metric_math import (
    Series,
    UnsupportedExpressionError,
    evaluate,
    in_order,
)


class CloudWatchBackend(datapoints.CloudWatchBackend):
    """CloudWatch that evaluates expressions, of which moto only knows those that are another query's id."""

    @overrides
    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """One result for each query that returns data, in the order of the queries."""
        # Of what is no metric, and of times in the wrong order, moto says what AWS says.
        others = [query for query in queries if "MetricStat" not in query and not _is_math(query)]
        answer: list[dict[str, Any]] = super().get_metric_data(others, start_time, end_time, scan_by)
        plain = [query for query in queries if "MetricStat" in query]
        newest_first = scan_by == "TimestampDescending"
        results = {result["id"]: result for result in answer}
        for result in self.results_of(plain, start_time, end_time):
            results[result["id"]] = _turned(result) if newest_first else result
        for query in _in_order(queries):
            series = {
                name: dict(zip(result["timestamps"], result["values"], strict=True))
                for name, result in results.items()
            }
            results[query["Id"]] = _result(query, series, newest_first=newest_first)
        return [results[query["Id"]] for query in queries if query.get("ReturnData", True)]


def _turned(result: dict[str, Any]) -> dict[str, Any]:
    return {**result, "values": result["values"][::-1], "timestamps": result["timestamps"][::-1]}


def _is_math(query: dict[str, Any]) -> bool:
    return "Expression" in query and not query["Expression"].startswith("SELECT")


def _in_order(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Expressions after those that they name, wherever the request has them."""
    math = {query["Id"]: query for query in queries if _is_math(query)}
    try:
        return [math[name] for name in in_order({name: query["Expression"] for name, query in math.items()})]
    except UnsupportedExpressionError as error:
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
