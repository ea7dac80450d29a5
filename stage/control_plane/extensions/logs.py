"""Metric filters that are put again replace the one before."""

from moto.logs import models

from stage.control_plane.extensions.registration import Extension, Gap, overrides


class LogsBackend(models.LogsBackend):
    """CloudWatch Logs with one metric filter of a name in a log group."""

    @overrides
    def put_metric_filter(
        self, filter_name: str, filter_pattern: str, log_group_name: str, metric_transformations: str
    ) -> None:
        """Put a filter in the place of one of the same name in the same log group."""
        self.filters.delete_filter(filter_name, log_group_name)
        super().put_metric_filter(filter_name, filter_pattern, log_group_name, metric_transformations)


EXTENSION = Extension(
    service="logs",
    gaps=(
        Gap(
            "filter_put_again",
            "A metric filter that is put again stands beside the one before, so that both count.",
            "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
        ),
    ),
    backend=LogsBackend,
)
