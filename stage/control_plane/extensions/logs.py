"""Metric filters that are put again replace the one before."""

from functools import cache

from moto.logs.metric_filters import MetricFilters

from stage.control_plane.extensions.patching import replace

_moto_add = MetricFilters.add_filter


@cache
def install() -> None:
    """Have PutMetricFilter replace a filter of the same name in the same log group."""
    replace(MetricFilters, add_filter=_add_filter)


def _add_filter(
    filters: MetricFilters, filter_name: str, filter_pattern: str, log_group_name: str, transformations: str
) -> None:
    filters.metric_filters = [
        known
        for known in filters.metric_filters
        if (known["filterName"], known["logGroupName"]) != (filter_name, log_group_name)
    ]
    _moto_add(filters, filter_name, filter_pattern, log_group_name, transformations)
