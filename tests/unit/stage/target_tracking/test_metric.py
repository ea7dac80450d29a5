import pytest

from stage.target_tracking.metric import Metric, UnsupportedMetricError, tracked_metric

DIMENSIONS = (("ClusterName", "notifications"), ("ServiceName", "api"))


def test_the_predefined_cpu_metric_is_that_of_the_service():
    """ECSServiceAverageCPUUtilization is the average of AWS/ECS CPUUtilization."""
    configuration = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    }

    metric = tracked_metric(configuration, "notifications", "api")

    assert metric == Metric("AWS/ECS", "CPUUtilization", DIMENSIONS, "Average")


UNSUPPORTED = [
    (
        {"PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}},
        "ALBRequestCountPerTarget",
    ),
    ({"CustomizedMetricSpecification": {"Metrics": [{"Id": "backlog"}]}}, "metric math"),
]


@pytest.mark.parametrize(("configuration", "named"), UNSUPPORTED, ids=["predefined", "math"])
def test_what_cannot_be_tracked_is_named(configuration, named):
    """A policy that silently never acts would look like one that had no reason to."""
    with pytest.raises(UnsupportedMetricError, match=named):
        tracked_metric(configuration, "notifications", "api")
