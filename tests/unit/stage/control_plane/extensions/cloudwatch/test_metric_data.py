from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

END = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def cloudwatch(client):
    """CloudWatch with three minutes of a queue's depth and a service's tasks."""
    metrics = client("cloudwatch")
    for name, values in (("Depth", (100, 200, 300)), ("Tasks", (1, 2, 2))):
        metrics.put_metric_data(
            Namespace="Test",
            MetricData=[
                {"MetricName": name, "Timestamp": END - timedelta(minutes=3 - index), "Value": value}
                for index, value in enumerate(values)
            ],
        )
    return metrics


def metric(query_id, name, **more):
    """A query for one metric."""
    stat = {"Metric": {"Namespace": "Test", "MetricName": name}, "Period": 60, "Stat": "Average"}
    return {"Id": query_id, "MetricStat": stat, **more}


def results(cloudwatch, *queries, **options):
    """Results of a quarter of an hour, by id, in the order of the answer."""
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=list(queries), StartTime=END - timedelta(minutes=15), EndTime=END, **options
    )
    return {result["Id"]: result for result in answer["MetricDataResults"]}


def test_an_expression_is_computed_from_other_queries(cloudwatch):
    """Backlog per task, newest first as CloudWatch answers unless told otherwise."""
    (backlog,) = results(
        cloudwatch,
        metric("depth", "Depth", ReturnData=False),
        metric("tasks", "Tasks", ReturnData=False),
        {"Id": "backlog", "Expression": "depth / tasks", "Label": "Backlog per task"},
    ).values()

    assert ([150.0, 100.0, 100.0], "Backlog per task") == (backlog["Values"], backlog["Label"])
    assert END - timedelta(minutes=1) == backlog["Timestamps"][0]


def test_oldest_first_when_asked(cloudwatch):
    """As for plain metrics."""
    found = results(
        cloudwatch,
        metric("depth", "Depth"),
        {"Id": "twice", "Expression": "2 * depth"},
        ScanBy="TimestampAscending",
    )

    assert [200.0, 400.0, 600.0] == found["twice"]["Values"]
    assert [100.0, 200.0, 300.0] == found["depth"]["Values"]


def test_an_expression_may_name_a_later_one(cloudwatch):
    """The request's order is that of the answer, not that of the evaluation."""
    found = results(
        cloudwatch,
        {"Id": "result", "Expression": "twice + 1"},
        {"Id": "twice", "Expression": "2 * tasks", "ReturnData": False},
        metric("tasks", "Tasks"),
    )

    assert ["result", "tasks"] == list(found)
    assert [5.0, 5.0, 3.0] == found["result"]["Values"]


@pytest.mark.parametrize(
    "expressions",
    [{"a": "b + 1", "b": "a + 1"}, {"a": "STDDEV(tasks)"}, {"a": "tasks +"}],
    ids=["circle", "function", "syntax"],
)
def test_an_expression_that_cannot_be_evaluated_is_refused(cloudwatch, expressions):
    """Rather than answered with nothing, which would look like a metric without data."""
    math = [{"Id": name, "Expression": expression} for name, expression in expressions.items()]

    with pytest.raises(ClientError, match="ValidationError"):
        results(cloudwatch, metric("tasks", "Tasks"), *math)


def test_queries_without_math_are_left_to_moto(cloudwatch):
    """A query that is not to be returned is not."""
    assert ["depth"] == list(
        results(cloudwatch, metric("depth", "Depth"), metric("tasks", "Tasks", ReturnData=False))
    )


@pytest.mark.parametrize("names", [("ClusterName", "ServiceName"), ("ServiceName", "ClusterName")])
def test_dimensions_are_the_same_in_any_order(cloudwatch, names):
    """A scaling policy gives its metric's dimensions in an order of its own."""
    values = {"ClusterName": "shop-staging", "ServiceName": "email-sender"}
    put = [{"Name": name, "Value": value} for name, value in values.items()]
    datum = {"MetricName": "Running", "Dimensions": put, "Value": 2, "Timestamp": END - timedelta(minutes=1)}
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])
    query = metric("running", "Running")
    query["MetricStat"]["Metric"]["Dimensions"] = [{"Name": name, "Value": values[name]} for name in names]

    assert [2.0] == results(cloudwatch, query)["running"]["Values"]
