from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock, minute_of
from stage.control_plane import extensions
from stage.metrics.lag import AT_ONCE
from stage.target_tracking.loop import TargetTracking
from tests.unit.stage.emulated import emulated_aws

REGION = "eu-west-1"
RESOURCE = "service/notifications/email-sender"
NOW = datetime.now(UTC).replace(second=20, microsecond=0)


class RecordingReporter:
    """Keeps what would have been reported."""

    def __init__(self):
        self.activities = []
        self.events = []

    def scaling_activity(self, activity):
        """Keep a scaling activity."""
        self.activities.append(dict(activity))

    def service_event(self, cluster, service, message, at):
        """Keep a service event."""
        self.events.append((cluster, service, message, at))


@pytest.fixture
def reporter():
    """A reporter that only remembers."""
    return RecordingReporter()


class FakeEcs:
    """Services that are all there: as many tasks run as are asked for, and nothing is being deployed."""

    def __init__(self):
        self.services = {}
        self.updates = []
        self.looks = 0

    def describe_services(self, *, cluster, services):
        """Describe with as much as target tracking looks at."""
        self.looks += 1
        return {"services": [{**self.services[name], "clusterArn": cluster} for name in services]}

    def update_service(self, *, cluster, service, desiredCount):  # noqa: N803 - the API's own name
        """Take a desired count and keep the request."""
        self.services[service]["desiredCount"] = desiredCount
        self.updates.append((cluster, service, desiredCount))


@pytest.fixture(scope="session")
def boto3_clients():
    """Clients that are made once, because that takes longer than a test."""
    session = boto3.Session("test", "test", region_name=REGION)
    return {name: session.client(name) for name in ("ecs", "cloudwatch", "application-autoscaling")}


@pytest.fixture
def aws(boto3_clients):
    """An in-process AWS with a service of two tasks that may be scaled from one to six."""
    extensions.install()
    with emulated_aws():
        ecs = boto3_clients["ecs"]
        clients = SimpleNamespace(
            ecs=FakeEcs(),
            cloudwatch=boto3_clients["cloudwatch"],
            autoscaling=boto3_clients["application-autoscaling"],
            real_ecs=ecs,
        )
        ecs.create_cluster(clusterName="notifications")
        ecs.register_task_definition(
            family="email-sender",
            containerDefinitions=[{"name": "email-sender", "image": "email-sender", "memory": 512}],
        )
        add_service(clients, "email-sender")
        yield clients


class Evaluated:
    """Target tracking with its alarms, evaluated by the test as if every metric came at once."""

    def __init__(self, aws, reporter):
        self._tracking = TargetTracking(aws, reporter, Clock())
        self._alarms = AlarmEvaluation(aws, Clock(), AT_ONCE, self._found)
        self._triggered = frozenset()

    def evaluate(self, now):
        """Evaluate the alarms of the last closed minute, and act on those that are in ALARM."""
        self._triggered = frozenset()
        self._alarms.evaluate(minute_of(now))
        self._tracking.evaluate(now, self._triggered)

    def evaluate_fast(self, now):
        """Evaluate the alarms of periods of seconds, and act on those that went off."""
        self._alarms.evaluate(minute_of(now))
        self._triggered = frozenset()
        self._alarms.evaluate_fast(now)
        self._tracking.evaluate(now, self._triggered)

    def look(self, now):
        """Look at bounds and activities only."""
        self._tracking.evaluate(now)

    def _found(self, names):
        self._triggered = names


@pytest.fixture
def tracking(aws, reporter):
    """Target tracking with its alarms that is evaluated by the test."""
    return Evaluated(aws, reporter)


def add_service(aws, name):
    """Create an ECS service of two tasks and register it as a scalable target."""
    # Application Auto Scaling registers only services that exist.
    aws.real_ecs.create_service(
        cluster="notifications", serviceName=name, taskDefinition="email-sender", desiredCount=2
    )
    aws.ecs.services[name] = {
        "serviceName": name,
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "deployments": [{"rolloutState": "COMPLETED"}],
    }
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/notifications/{name}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=6,
    )


def track(aws, metric=None, service="email-sender", name="policy", **configuration):
    """Put a target tracking policy of target 70, on CPU unless told otherwise."""
    metric = metric or {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    }
    aws.autoscaling.put_scaling_policy(
        PolicyName=name,
        ServiceNamespace="ecs",
        ResourceId=f"service/notifications/{service}",
        ScalableDimension="ecs:service:DesiredCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 70.0,
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 300,
            **metric,
            **configuration,
        },
    )


def track_backlog(aws):
    """Put a second policy: hundred messages for each running task."""
    visible = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "mail"}],
    }
    running = {
        "Namespace": "ECS/ContainerInsights",
        "MetricName": "RunningTaskCount",
        "Dimensions": of_service("email-sender"),
    }
    metrics = [
        {"Id": "visible", "MetricStat": {"Metric": visible, "Stat": "Maximum"}, "ReturnData": False},
        {"Id": "running", "MetricStat": {"Metric": running, "Stat": "Average"}, "ReturnData": False},
        {"Id": "backlog", "Expression": "visible / running", "ReturnData": True},
    ]
    track(aws, {"CustomizedMetricSpecification": {"Metrics": metrics}}, name="backlog", TargetValue=100.0)


def of_service(name):
    """Dimensions of a service's metrics."""
    return [{"Name": "ClusterName", "Value": "notifications"}, {"Name": "ServiceName", "Value": name}]


def put_cpu(aws, *values, service="email-sender", now=NOW):
    """Datapoints of the last closed minutes, oldest first; None is a missing minute."""
    put(aws, "AWS/ECS", "CPUUtilization", of_service(service), values, now)


def put_backlog(aws, *values, running=2, now=NOW):
    """Messages that wait in the last closed minutes, oldest first, and tasks that ran then."""
    queue = [{"Name": "QueueName", "Value": "mail"}]
    put(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, values, now)
    tasks = [running] * len(values)
    put(aws, "ECS/ContainerInsights", "RunningTaskCount", of_service("email-sender"), tasks, now)


def put(aws, namespace, name, dimensions, values, now, seconds=60):
    """One datapoint a period, up to the last closed one."""
    closed = now.replace(second=now.second // seconds * seconds)
    aws.cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Timestamp": closed - timedelta(seconds=seconds) * (len(values) - index),
                "Value": value,
            }
            for index, value in enumerate(values)
            if value is not None
        ],
    )


def desired(aws, service="email-sender"):
    """The service's desired count."""
    return aws.ecs.services[service]["desiredCount"]
