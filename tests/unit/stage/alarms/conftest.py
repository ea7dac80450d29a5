from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from stage.control_plane import extensions
from tests.unit.stage.emulated import emulated_aws

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BALANCER = {"LoadBalancer": "app/x/1"}


@pytest.fixture(scope="session")
def client():
    """Made once: that takes longer than most tests."""
    return boto3.Session("test", "test", region_name="eu-west-1").client("cloudwatch")


@pytest.fixture
def cloudwatch(client):
    """An empty CloudWatch."""
    extensions.install()
    with emulated_aws():
        yield client


@pytest.fixture
def aws(cloudwatch):
    """Clients as the loop is given them."""
    return SimpleNamespace(cloudwatch=cloudwatch)


def listed(dimensions):
    """Dimensions as the API has them."""
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def put_values(cloudwatch, name, *values, namespace="AWS/ApplicationELB", dimensions=BALANCER, end=NOON):
    """Values of the minutes before an end, oldest first; None is a missing one."""
    data = [
        {
            "MetricName": name,
            "Dimensions": listed(dimensions),
            "Timestamp": end - MINUTE * (len(values) - position),
            "Value": value,
        }
        for position, value in enumerate(values)
        if value is not None
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)


def put_alarm(cloudwatch, name="errors", **given):
    """An alarm on more than one error in one of one minutes, unless told otherwise."""
    plain = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "HTTPCode_ELB_5XX_Count",
        "Dimensions": listed(BALANCER),
        "Statistic": "Sum",
        "Period": 60,
    }
    definition = {
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    metric = {} if "Metrics" in given else plain
    if "ExtendedStatistic" in given:
        del metric["Statistic"]
    cloudwatch.put_metric_alarm(AlarmName=name, **{**metric, **definition, **given})


def query(name, metric, stat="Sum", *, namespace="AWS/ApplicationELB", dimensions=BALANCER):
    """A metric of an alarm's metric math."""
    described = {"Namespace": namespace, "MetricName": metric, "Dimensions": listed(dimensions)}
    return {
        "Id": name,
        "MetricStat": {"Metric": described, "Period": 60, "Stat": stat},
        "ReturnData": False,
    }


def states(cloudwatch):
    """State of every alarm by its name."""
    answer = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for alarm in (*answer["MetricAlarms"], *answer["CompositeAlarms"])
    }
