from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from stage.control_plane import extensions
from stage.scheduler.model import Completed, Deployment, Memory, Service, ServiceState, Task
from tests.unit.stage.emulated import emulated_aws

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
REGION = "eu-west-1"
NEW, OLD = "ecs-svc/2", "ecs-svc/1"

# One letter a task: how it is.
HOW = {
    "h": {"last_status": "RUNNING", "health_status": "HEALTHY"},
    "s": {"last_status": "PENDING", "started_at": None},
    "u": {"last_status": "RUNNING", "health_status": "UNHEALTHY"},  # was healthy once
    "x": {"last_status": "RUNNING", "health_status": "UNHEALTHY"},  # never was
    "d": {"last_status": "DEACTIVATING", "desired_status": "STOPPED"},
    "z": {"last_status": "STOPPED", "desired_status": "STOPPED"},
}


def pace(aws_seconds):
    """Real seconds: one AWS minute takes two."""
    return aws_seconds / 30


def a_task(name, deployment_id=NEW, **given):
    """A healthy running task that has a container health check, unless told otherwise."""
    facts = {
        "last_status": "RUNNING",
        "desired_status": "RUNNING",
        "health_status": "HEALTHY",
        "checks_health": True,
        "started_at": NOW - timedelta(hours=1),
    }
    return Task(f"arn:task/c/{name}", "c", "api", deployment_id, **{**facts, **given})


def tasks_of(letters, deployment_id):
    """A task for each letter, named by deployment, letter and position."""
    kind = "new" if deployment_id == NEW else "old"
    return [
        a_task(f"{kind}-{letter}{place}", deployment_id, **HOW[letter])
        for place, letter in enumerate(letters)
    ]


def a_state(new="", old="", *, rollout="IN_PROGRESS", memory=None, targets=None, **service):
    """A service of two with tasks of its primary deployment and of an older one that had completed.

    `tallies` are failures by deployment; what else is given describes the service.
    """
    tasks = [*tasks_of(new, NEW), *tasks_of(old, OLD)]
    if memory is None:
        memory = Memory(
            proven=frozenset(task.task_arn for task in tasks if "-x" not in task.task_arn),
            tallies=service.pop("tallies", {}),
            completed=Completed(OLD, "api:1", len(old)) if old else None,
        )
    facts = {"cluster": "c", "name": "api", "status": "ACTIVE", "desired_count": 2, **service}
    deployments = [Deployment(NEW, "api:2", True, rollout)]
    if old:
        deployments.append(Deployment(OLD, "api:1", False, "COMPLETED"))
    return ServiceState(Service(**facts), deployments, tasks, targets or {}, memory)


class RecordingReporter:
    """Keeps what would have been reported."""

    def __init__(self):
        self.events = []
        self.rollouts = []

    def service_event(self, _cluster, service, message, _at):
        """Keep an event's service and message."""
        self.events.append((service, message))

    def rollout(self, *told):
        """Keep how far a deployment is."""
        self.rollouts.append(told)


@pytest.fixture
def reporter():
    """A reporter that only remembers."""
    return RecordingReporter()


@pytest.fixture(scope="session")
def boto3_clients():
    """Clients that are made once, because that takes longer than a test."""
    session = boto3.Session("test", "test", region_name=REGION)
    return {name: session.client(name) for name in ("cloudwatch", "ec2", "ecs", "elbv2")}


@pytest.fixture
def aws(boto3_clients):
    """An in-process AWS with a cluster, two subnets and a target group; ECS is the stage's own."""
    extensions.install()
    with emulated_aws():
        clients = SimpleNamespace(**boto3_clients)
        vpc = clients.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        group = clients.ec2.create_security_group(GroupName="api", Description="api", VpcId=vpc)
        subnets = [
            clients.ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in ((1, "a"), (2, "b"))
        ]
        clients.network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group["GroupId"]]}}
        clients.target_group = clients.elbv2.create_target_group(
            Name="api", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        clients.ecs.create_cluster(clusterName="c")
        yield clients


def define_task(aws, family="api", **container):
    """Register a task definition; returns its ARN."""
    return aws.ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": family, "image": family, "essential": True, **container}],
    )["taskDefinition"]["taskDefinitionArn"]


def create_service(aws, name="api", **given):
    """Create a service of two tasks, behind the target group; returns its description."""
    facts = {
        "cluster": "c",
        "serviceName": name,
        "taskDefinition": "api",
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": aws.network,
        "loadBalancers": [
            {"targetGroupArn": aws.target_group, "containerName": "api", "containerPort": 8080}
        ],
        "healthCheckGracePeriodSeconds": 60,
        "deploymentConfiguration": {
            "minimumHealthyPercent": 50,
            "maximumPercent": 150,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
        **given,
    }
    return aws.ecs.create_service(**facts)["service"]


def run_task(aws, group="service:api", deployment_id="ecs-svc/1"):
    """Place a task; returns its ARN."""
    return aws.ecs.run_task(
        cluster="c",
        taskDefinition="api",
        group=group,
        startedBy=deployment_id,
        launchType="FARGATE",
        networkConfiguration=aws.network,
    )["tasks"][0]["taskArn"]


def report(aws, task_arn, status):
    """Say what a task's agent would say."""
    aws.ecs.submit_task_state_change(cluster="c", task=task_arn, status=status)


def put_alarm(aws, name, state):
    """An alarm in some state."""
    aws.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=1.0,
    )
    aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
