"""How a datapoint is put and named."""

from datetime import UTC, datetime

from stage.metrics.datapoint import Datapoint

_MINUTE = datetime(2026, 1, 1, 12, 34, tzinfo=UTC)


def test_an_entry_says_what_cloudwatch_wants_to_know():
    """Name, dimensions, AWS time, value and unit are all there."""
    dimensions = (("ClusterName", "notifications"), ("ServiceName", "api"))
    assert {
        "MetricName": "CPUUtilization",
        "Dimensions": [
            {"Name": "ClusterName", "Value": "notifications"},
            {"Name": "ServiceName", "Value": "api"},
        ],
        "Timestamp": _MINUTE,
        "Value": 70.0,
        "Unit": "Percent",
    } == Datapoint("AWS/ECS", "CPUUtilization", dimensions, 70.0, "Percent").at(_MINUTE)


def test_its_name_for_people_is_short():
    """The metric and what it is about; a metric about nothing in particular stands alone."""
    dimensions = (("ClusterName", "notifications"), ("ServiceName", "api"))
    assert "CPUUtilization/api" == Datapoint("AWS/ECS", "CPUUtilization", dimensions, 1.0, "Percent").key
    assert "BusyPercent" == Datapoint("Stage/Host", "BusyPercent", (), 1.0, "Percent").key
