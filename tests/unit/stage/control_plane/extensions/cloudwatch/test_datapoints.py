from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BALANCER = {"Name": "LoadBalancer", "Value": "app/x/1"}
GROUP = {"Name": "TargetGroup", "Value": "targetgroup/api/1"}


@pytest.fixture
def cloudwatch(client):
    """CloudWatch without datapoints."""
    return client("cloudwatch")


def put(cloudwatch, *, dimensions=(), minute=NOON, **entry):
    """One entry of response times."""
    data = {"MetricName": "TargetResponseTime", "Dimensions": list(dimensions), "Timestamp": minute, **entry}
    cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[data])


def values(cloudwatch, stat, *, dimensions=(), period=60, namespace="AWS/ApplicationELB", **more):
    """Values from noon to ten past."""
    metric = {"Namespace": namespace, "MetricName": "TargetResponseTime", "Dimensions": list(dimensions)}
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat, **more}}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query],
        StartTime=NOON,
        EndTime=NOON + 10 * MINUTE,
        ScanBy="TimestampAscending",
    )
    return answer["MetricDataResults"][0]["Values"]


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        ("p50", 0.1),
        ("p90", 0.1),
        ("p99", 0.5),
        ("p99.9", 2.0),
        ("p100", 2.0),
        ("Average", 0.143),
        ("Sum", 143.0),
        ("SampleCount", 1000.0),
        ("Minimum", 0.1),
        ("Maximum", 2.0),
    ],
)
def test_the_statistics_of_a_distribution(cloudwatch, stat, expected):
    """Values with counts, as many observations as one entry takes."""
    put(cloudwatch, Values=[0.1, 0.5, 2.0], Counts=[930.0, 60.0, 10.0])
    put(cloudwatch, minute=NOON + MINUTE, Value=7.0)

    assert [pytest.approx(expected), 1.0 if stat == "SampleCount" else 7.0] == values(cloudwatch, stat)


def test_entries_of_one_period_are_one_distribution(cloudwatch):
    """Whether they came as values or as arrays; a longer period takes in more of them."""
    put(cloudwatch, Values=[1.0, 2.0])
    put(cloudwatch, Value=3.0)
    put(cloudwatch, minute=NOON + MINUTE, Values=[4.0])

    assert [2.0, 4.0] == values(cloudwatch, "p50")
    assert [2.0] == values(cloudwatch, "p50", period=300)


def test_a_sum_alone_has_no_percentile(cloudwatch):
    """Nobody knows how its observations lie."""
    put(cloudwatch, StatisticValues={"SampleCount": 3, "Sum": 9, "Minimum": 1, "Maximum": 5})

    assert [] == values(cloudwatch, "p99")
    assert [3.0] == values(cloudwatch, "Average")


def test_a_metric_is_found_by_all_of_its_dimensions(cloudwatch):
    """In any order; the same name with more, fewer or in another namespace is another metric."""
    put(cloudwatch, dimensions=[BALANCER], Value=1.0)
    put(cloudwatch, dimensions=[GROUP, BALANCER], Value=2.0)
    put(cloudwatch, Value=3.0)

    assert [1.0] == values(cloudwatch, "Sum", dimensions=[BALANCER])
    assert [2.0] == values(cloudwatch, "Sum", dimensions=[BALANCER, GROUP])
    assert [3.0] == values(cloudwatch, "Sum")
    assert [] == values(cloudwatch, "Sum", namespace="Notifications")


def test_statistics_are_of_one_metric_and_unit(cloudwatch):
    """GetMetricStatistics goes by all dimensions as well."""
    put(cloudwatch, dimensions=[BALANCER], Value=1.0, Unit="Seconds")
    put(cloudwatch, dimensions=[BALANCER], Value=1000.0, Unit="Milliseconds")
    put(cloudwatch, dimensions=[GROUP, BALANCER], Value=2.0, Unit="Seconds")

    def maximum(**more):
        answer = cloudwatch.get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName="TargetResponseTime",
            Dimensions=[BALANCER],
            StartTime=NOON,
            EndTime=NOON + MINUTE,
            Period=60,
            Statistics=["Maximum"],
            **more,
        )
        return [point["Maximum"] for point in answer["Datapoints"]]

    assert [1.0] == maximum(Unit="Seconds")
    assert [1000.0] == maximum()
    assert [1000.0] == values(cloudwatch, "Maximum", dimensions=[BALANCER], Unit="Milliseconds")


def test_times_in_the_wrong_order_are_refused(cloudwatch):
    """Rather than answered with nothing."""
    with pytest.raises(ClientError, match="EndTime"):
        cloudwatch.get_metric_data(MetricDataQueries=[], StartTime=NOON, EndTime=NOON - MINUTE)
