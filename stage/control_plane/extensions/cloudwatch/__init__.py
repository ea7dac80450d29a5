"""CloudWatch with composite alarms, and with metric math in GetMetricData."""

from stage.control_plane.extensions.cloudwatch.composite_alarms import CloudWatchResponse
from stage.control_plane.extensions.cloudwatch.metric_data import CloudWatchBackend
from stage.control_plane.extensions.registration import Extension, Gap

_PAGES = "https://docs.aws.amazon.com/AmazonCloudWatch/latest"

EXTENSION = Extension(
    service="cloudwatch",
    gaps=(
        Gap(
            "composite_alarms",
            "There are no composite alarms.",
            f"{_PAGES}/APIReference/API_PutCompositeAlarm.html",
        ),
        Gap(
            "metric_math",
            "Of metric math, only an expression that is another query's id is evaluated.",
            f"{_PAGES}/monitoring/using-metric-math.html",
        ),
        Gap(
            "order_of_dimensions",
            "A metric is not found by its dimensions in another order.",
            f"{_PAGES}/APIReference/API_Metric.html",
        ),
    ),
    backend=CloudWatchBackend,
    response=CloudWatchResponse,
)
