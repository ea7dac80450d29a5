"""Every metric that a declared alarm reads is one that the stage publishes, under the same dimensions."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import boto3
import pytest

from email_sender.observations import BY_RELEASE
from shared.metrics import Compared, Metrics
from stage.clock import Clock
from stage.control_plane import extensions
from stage.cpu.usage import CpuUse
from stage.load_balancer.model import GroupCounts, RequestCounts
from stage.metrics import embedded, loop
from stage.metrics.cpu import ServiceCpu
from stage.metrics.lag import AT_ONCE
from stage.metrics.loop import MetricsPublisher
from stage.tasks.model import RunningTask
from tests.plan.cloudwatch import alarms
from tests.unit.stage.emulated import emulated_aws

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OWN = "Notifications"
# Mails leave the stage by SMTP, so there is no SES to say what became of them.
NOT_REHEARSED = {("AWS/SES", "Reputation.BounceRate"), ("AWS/SES", "Reputation.ComplaintRate")}


@pytest.fixture(scope="module")
def declared(standalone):
    """Metrics that alarms read, with the periods of those alarms."""
    return {
        (metric, seconds)
        for alarm in alarms(standalone).values()
        for metric in alarm.metrics.values()
        for seconds in alarm.periods
    }


@pytest.fixture(scope="module")
def clients():
    """Made once: that takes longer than most tests."""
    session = boto3.Session("test", "test", region_name="eu-central-1")
    names = {"autoscaling": "application-autoscaling", "cloudwatch": "cloudwatch", "ecs": "ecs", "sqs": "sqs"}
    return SimpleNamespace(**{name: session.client(service) for name, service in names.items()})


class Meter:
    """A task that is half busy."""

    def __init__(self, *_given, **_more):
        pass

    def use(self):
        """Half of what it has reserved."""
        return CpuUse(1.0, 2.0)


class Balancer:
    """The declared load balancer, with requests of each kind."""

    def __init__(self, groups):
        self._groups = groups
        self._total = 0

    def request_counts(self):
        """More of everything than the last time."""
        self._total += 10
        group = GroupCounts(self._total, self._total, Counter({0.1: self._total}))
        return RequestCounts(
            "app/balancer/1", self._total, self._total, self._total, dict.fromkeys(self._groups, group)
        )

    def healthy_hosts(self):
        """One a group."""
        return dict.fromkeys(self._groups, 1)


@pytest.fixture
def published(clients, declared, monkeypatch):
    """CloudWatch after two minutes of a stage that has everything that the alarms are about."""
    monkeypatch.setattr(loop, "ServiceCpu", partial(ServiceCpu, meter=Meter))
    named = {pair for metric, _ in declared for pair in metric.dimensions}
    services = sorted(value for name, value in named if name == "ServiceName")
    extensions.install()
    with emulated_aws():
        clients.ecs.create_cluster(clusterName="cluster")
        clients.ecs.register_task_definition(
            family="f", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}]
        )
        for service in services:
            clients.ecs.create_service(
                cluster="cluster", serviceName=service, taskDefinition="f", desiredCount=1
            )
        queues = [value for name, value in named if name == "QueueName"]
        for queue in queues:
            clients.sqs.create_queue(QueueName=queue)
        publisher = MetricsPublisher(
            clients,
            Clock(),
            agent_running=lambda: [
                RunningTask(f"arn:task/{number}", "cluster", service, number, 0.25, "127.1.1.1", True)
                for number, service in enumerate(services, 1)
            ],
            host_load=lambda: SimpleNamespace(busy_percent=lambda: 50.0),
            load_balancer=Balancer([value for name, value in named if name == "TargetGroup"]),
            embedded=SimpleNamespace(settled=list),
            queue_ages=lambda _speed: dict.fromkeys(queues, 1.0),
            lags=AT_ONCE,
            quota_is_exact=True,
            cores_per_vcpu=1.0,
        )
        for number in range(2):
            publisher.publish([NOON + number * MINUTE])
        yield clients.cloudwatch


def has(cloudwatch, metric, seconds):
    """Whether CloudWatch gives a metric's statistic over a period."""
    described = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }
    stat = {"Metric": described, "Period": seconds, "Stat": metric.statistic}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "asked", "MetricStat": stat}], StartTime=NOON, EndTime=NOON + 2 * MINUTE
    )
    return bool(answer["MetricDataResults"][0]["Values"])


def test_the_stage_publishes_what_alarms_read(published, declared):
    """Of AWS's namespaces, with the statistic and the period that the alarm asks for."""
    missing = {
        (metric.namespace, metric.name)
        for metric, seconds in declared
        if metric.namespace != OWN and not has(published, metric, seconds)
    }

    assert NOT_REHEARSED == missing


def test_the_services_lines_become_what_alarms_read(declared):
    """Under the dimensions that CloudWatch Logs would give them."""
    own = {metric for metric, _ in declared if metric.namespace == OWN}
    found = set()
    for metric in own:
        named = dict(metric.dimensions)
        stream = io.StringIO()
        compared = Compared(named["Release"], BY_RELEASE) if "Release" in named else None
        metrics = Metrics(named["Service"], named["Environment"], compared=compared, stream=stream)
        metrics.count(metric.name)
        metrics.flush()
        _, parsed = embedded.parse(stream.getvalue())
        found |= {
            metric
            for one in parsed
            if (one.namespace, one.name, frozenset(one.dimensions))
            == (metric.namespace, metric.name, metric.dimensions)
        }

    assert own == found
