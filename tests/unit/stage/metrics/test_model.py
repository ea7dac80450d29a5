from stage.metrics.model import Datapoint, Distribution


def test_its_name_for_people_is_short():
    """The metric and what it is about; a metric about nothing in particular stands alone."""
    dimensions = (("ClusterName", "notifications"), ("ServiceName", "api"))
    assert "CPUUtilization/api" == Datapoint("AWS/ECS", "CPUUtilization", dimensions, 1.0, "Percent").key
    assert "BusyPercent" == Datapoint("Stage/Host", "BusyPercent", (), 1.0, "Percent").key


def test_a_distribution_is_shown_as_its_mean():
    """People want one number."""
    group = (("LoadBalancer", "app/x/1"), ("TargetGroup", "targetgroup/api/1"))
    times = Distribution("AWS/ApplicationELB", "TargetResponseTime", group, {0.1: 3.0, 0.5: 1.0}, "Seconds")

    assert ("TargetResponseTime/targetgroup/api/1", 0.2) == (times.key, round(times.value, 6))
