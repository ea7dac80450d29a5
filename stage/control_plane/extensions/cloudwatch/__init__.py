"""CloudWatch with composite alarms, a history of states, distributions, and metric math in GetMetricData."""

from stage.control_plane.extensions.cloudwatch.alarm_states import CloudWatchBackend, CloudWatchResponse
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
        Gap(
            "all_dimensions",
            "A metric is taken for one with fewer dimensions.",
            f"{_PAGES}/APIReference/API_GetMetricStatistics.html",
        ),
        Gap(
            "percentiles",
            "There are no percentiles.",
            f"{_PAGES}/monitoring/Statistics-definitions.html",
        ),
        Gap(
            "cost_of_datapoints",
            "Each value is an object of its own, and each query goes through all of them.",
        ),
        Gap(
            "state_of_a_new_alarm",
            "A new alarm is OK before anybody has looked at its metric.",
            f"{_PAGES}/APIReference/API_PutMetricAlarm.html",
        ),
        Gap(
            "state_kept",
            "An alarm that is put again loses its state.",
            f"{_PAGES}/APIReference/API_PutMetricAlarm.html",
        ),
        Gap(
            "alarm_history",
            "There is no history of alarms.",
            f"{_PAGES}/APIReference/API_DescribeAlarmHistory.html",
        ),
    ),
    backend=CloudWatchBackend,
    response=CloudWatchResponse,
)
