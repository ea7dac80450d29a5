from stage.metrics.model import Datapoint


def test_its_name_for_people_is_short():
    """The metric and what it is about; a metric about nothing in particular stands alone."""
    dimensions = (("ClusterName", "notifications"), ("ServiceName", "api"))
    assert "CPUUtilization/api" == Datapoint("AWS/ECS", "CPUUtilization", dimensions, 1.0, "Percent").key
    assert "BusyPercent" == Datapoint("Stage/Host", "BusyPercent", (), 1.0, "Percent").key
