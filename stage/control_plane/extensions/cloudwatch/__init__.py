"""Composite alarms, and metric math in GetMetricData."""

from functools import cache

from stage.control_plane.extensions.cloudwatch import composite_alarms, metric_data


@cache
def install() -> None:
    """Add what our alarms and scaling policies need."""
    composite_alarms.install()
    metric_data.install()
