import pytest


@pytest.fixture
def logs(client):
    """CloudWatch Logs with two log groups."""
    groups = client("logs")
    for name in ("api", "sender"):
        groups.create_log_group(logGroupName=name)
    return groups


def put(logs, group, pattern):
    """Put the metric filter of a log group."""
    logs.put_metric_filter(
        logGroupName=group,
        filterName="errors",
        filterPattern=pattern,
        metricTransformations=[{"metricName": "Errors", "metricNamespace": "Test", "metricValue": "1"}],
    )


def test_a_metric_filter_that_is_put_again_replaces_the_one_before(logs):
    """One of the same name in another log group stays."""
    put(logs, "sender", "first")
    put(logs, "api", "first")
    put(logs, "api", "second")

    found = logs.describe_metric_filters()["metricFilters"]

    assert [("sender", "first"), ("api", "second")] == [
        (one["logGroupName"], one["filterPattern"]) for one in found
    ]
