"""Composite alarms, states of alarms, distributions with percentiles, and metric math in GetMetricData."""

from functools import cache

from stage.control_plane.extensions.cloudwatch import alarm_states, composite_alarms, datapoints, metric_data


@cache
def install() -> None:
    """Add what our alarms and scaling policies need."""
    alarm_states.install()
    composite_alarms.install()
    datapoints.install()
    metric_data.install()
