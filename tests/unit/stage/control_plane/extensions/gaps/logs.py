"""Gaps of CloudWatch Logs."""


def filter_put_again(aws):
    """There is the newer one alone."""
    logs = aws("logs")
    logs.create_log_group(logGroupName="api")
    for pattern in ("first", "second"):
        logs.put_metric_filter(
            logGroupName="api",
            filterName="errors",
            filterPattern=pattern,
            metricTransformations=[{"metricName": "Errors", "metricNamespace": "Test", "metricValue": "1"}],
        )
    return ["second"] == [one["filterPattern"] for one in logs.describe_metric_filters()["metricFilters"]]
