import pytest

from stage.load_balancer.model import GroupCounts, RequestCounts
from stage.metrics.decide import healthy_hosts, requests_since
from stage.metrics.model import Datapoint, Distribution

API = (("LoadBalancer", "app/x/1"), ("TargetGroup", "targetgroup/api/1"))
CANARY = (("LoadBalancer", "app/x/1"), ("TargetGroup", "targetgroup/canary/1"))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (RequestCounts(), RequestCounts(), {}),
        (RequestCounts("app/x/1", 5), RequestCounts("app/x/1", 5), {}),
        (RequestCounts(), RequestCounts("app/x/1", 5), {"RequestCount": 5}),
        (
            RequestCounts("app/x/1", 5, 1, 1),
            RequestCounts("app/x/1", 9, 3, 2),
            {"RequestCount": 4, "HTTPCode_Target_5XX_Count": 2, "HTTPCode_ELB_5XX_Count": 1},
        ),
    ],
)
def test_only_what_happened_is_counted(before, now, expected):
    """There is a datapoint where there was something to count, with the difference as its value."""
    datapoints = requests_since(before, now)
    assert expected == {datapoint.name: datapoint.value for datapoint in datapoints}
    assert all(datapoint.dimensions == (("LoadBalancer", "app/x/1"),) for datapoint in datapoints)


def test_target_groups_have_metrics_of_their_own():
    """Requests and 5xx of its targets; an error of the load balancer belongs to no group."""
    before = RequestCounts("app/x/1", 5, 1, 0, {"targetgroup/api/1": GroupCounts(5, 1)})
    now = RequestCounts(
        "app/x/1",
        12,
        3,
        1,
        {"targetgroup/api/1": GroupCounts(9, 1), "targetgroup/canary/1": GroupCounts(3, 2)},
    )

    found = requests_since(before, now)

    assert {
        ("RequestCount", API): 4,
        ("RequestCount", CANARY): 3,
        ("HTTPCode_Target_5XX_Count", CANARY): 2,
        ("RequestCount", API[:1]): 7,
        ("HTTPCode_Target_5XX_Count", API[:1]): 2,
        ("HTTPCode_ELB_5XX_Count", API[:1]): 1,
    } == {(datapoint.name, datapoint.dimensions): datapoint.value for datapoint in found}


def test_response_times_are_those_since_the_last_reading():
    """In seconds, by target group and for all of them; what was observed before is not counted again."""
    before = RequestCounts("app/x/1", groups={"targetgroup/api/1": GroupCounts(2, 0, {0.1: 2})})
    now = RequestCounts(
        "app/x/1",
        groups={
            "targetgroup/api/1": GroupCounts(4, 0, {0.1: 3, 0.2: 1}),
            "targetgroup/canary/1": GroupCounts(1, 0, {0.2: 1}),
        },
    )

    times = {one.dimensions: one for one in requests_since(before, now) if isinstance(one, Distribution)}

    assert {
        API: {0.1: 1.0, 0.2: 1.0},
        CANARY: {0.2: 1.0},
        API[:1]: {0.1: 1.0, 0.2: 2.0},
    } == {dimensions: one.counts for dimensions, one in times.items()}
    assert {("TargetResponseTime", "Seconds")} == {(one.name, one.unit) for one in times.values()}


def test_healthy_hosts_are_counted_by_target_group():
    """None healthy is a datapoint; a group that nobody is registered with is not in the reading."""
    assert [
        Datapoint("AWS/ApplicationELB", "HealthyHostCount", API, 2, "Count"),
        Datapoint("AWS/ApplicationELB", "HealthyHostCount", CANARY, 0, "Count"),
    ] == healthy_hosts("app/x/1", {"targetgroup/api/1": 2, "targetgroup/canary/1": 0})
    assert [] == healthy_hosts(None, {})
