from datetime import UTC, datetime
from types import SimpleNamespace

from stage.metrics.model import Datapoint, Distribution
from stage.metrics.perform import entries, put

_MINUTE = datetime(2026, 1, 1, 12, 34, tzinfo=UTC)


def test_an_entry_says_what_cloudwatch_wants_to_know():
    """Name, dimensions, AWS time, value and unit are all there."""
    dimensions = (("ClusterName", "notifications"), ("ServiceName", "api"))
    assert [
        {
            "MetricName": "CPUUtilization",
            "Dimensions": [
                {"Name": "ClusterName", "Value": "notifications"},
                {"Name": "ServiceName", "Value": "api"},
            ],
            "Timestamp": _MINUTE,
            "Value": 70.0,
            "Unit": "Percent",
        }
    ] == entries(Datapoint("AWS/ECS", "CPUUtilization", dimensions, 70.0, "Percent"), _MINUTE)


def test_a_distribution_is_cut_into_entries_that_cloudwatch_takes():
    """150 values an entry, each with its count, none left out."""
    counts = {float(number): number + 1.0 for number in range(301)}
    made = entries(Distribution("AWS/ApplicationELB", "TargetResponseTime", (), counts, "Seconds"), _MINUTE)

    assert [150, 150, 1] == [len(entry["Values"]) for entry in made]
    assert counts == {
        value: count for entry in made for value, count in zip(entry["Values"], entry["Counts"], strict=True)
    }
    assert {("TargetResponseTime", "Seconds")} == {(entry["MetricName"], entry["Unit"]) for entry in made}


def test_what_was_read_is_put_in_few_calls():
    """One for each namespace, unless it has more entries than a call takes."""
    calls = []
    cloudwatch = SimpleNamespace(
        put_metric_data=lambda **call: calls.append((call["Namespace"], len(call["MetricData"])))
    )
    reading = [(_MINUTE, Datapoint("A", f"m{number}", (), 1.0, "Count")) for number in range(1001)]

    put(cloudwatch, [*reading, (_MINUTE, Datapoint("B", "m", (), 1.0, "Count"))])

    assert [("A", 1000), ("A", 1), ("B", 1)] == calls
