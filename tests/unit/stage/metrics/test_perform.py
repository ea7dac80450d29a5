from datetime import UTC, datetime

from stage.metrics.model import Datapoint
from stage.metrics.perform import entry

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
    } == entry(Datapoint("AWS/ECS", "CPUUtilization", dimensions, 70.0, "Percent"), _MINUTE)
