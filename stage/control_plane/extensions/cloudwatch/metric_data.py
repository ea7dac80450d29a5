"""GetMetricData with metric math, and with dimensions in any order."""

from datetime import datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, Dimension

from stage.control_plane.extensions.patching import replace
from stage.control_plane.metric_math import (
    Series,
    UnsupportedExpressionError,
    evaluate,
    in_order,
)

_moto_get_metric_data = CloudWatchBackend.get_metric_data


def install() -> None:
    """Evaluate expressions, of which moto only knows those that are another query's id; sort dimensions.

    moto compares the dimensions that are asked for with a metric's after sorting both, by an order that
    leaves some pairs as they came.
    """
    replace(CloudWatchBackend, get_metric_data=_get_metric_data)
    replace(Dimension, __lt__=_has_name_before)


def _has_name_before(one: Dimension, other: Dimension) -> bool:
    return bool(one.name < other.name)


def _get_metric_data(
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """One result for each query that returns data, in the order of the queries."""
    if not any(_is_math(query) for query in queries):
        answer: list[dict[str, Any]] = _moto_get_metric_data(backend, queries, start_time, end_time, scan_by)
        return answer
    plain = [{**query, "ReturnData": True} for query in queries if not _is_math(query)]
    results = {
        result["id"]: result
        for result in _moto_get_metric_data(backend, plain, start_time, end_time, scan_by)
    }
    for query in _in_order(queries):
        series = {
            name: dict(zip(result["timestamps"], result["values"], strict=True))
            for name, result in results.items()
        }
        results[query["Id"]] = _result(query, series, newest_first=scan_by == "TimestampDescending")
    return [results[query["Id"]] for query in queries if query.get("ReturnData", True)]


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
