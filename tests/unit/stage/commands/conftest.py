import json
import tempfile
from types import SimpleNamespace

import boto3
import pytest

from stage.__main__ import main
from stage.control_plane import extensions
from stage.host.record import Access, own_record
from tests.unit.stage.emulated import emulated_aws, reporting

REGION = "eu-west-1"
CLUSTER = "shop"
SERVICES = {"autoscaling": "application-autoscaling"}


def access(**facts):
    """How a stage is reached whose block is 127.9.0.0/16 and whose AWS time is a minute in a second."""
    return Access(
        **{
            "url": "http://127.0.0.1:8080",
            "endpoint_url": "http://127.9.0.1:4000",
            "sqs_endpoint_url": "http://127.9.0.1:4001",
            "region": REGION,
            "cluster": CLUSTER,
            "block": 9,
            "smtp_address": "127.9.0.1:2525",
            "mail_log": "/nowhere/mails.jsonl",
            "key_file": None,
            "page": None,
            "services": "/nowhere/services",
            "images": "/nowhere/images",
            "terraform": None,
            "deploy_role": "",
            "minute_seconds": 1.0,
            "aws_time": "2026-03-01T12:00:00+00:00",
            "aws_time_unix": 0.0,
            **facts,
        }
    )


@pytest.fixture(scope="session")
def boto3_clients():
    """Clients that are made once, because that takes longer than a test."""
    session = boto3.Session("test", "test", region_name=REGION)
    names = ("cloudwatch", "ec2", "ecr", "ecs", "logs", "sqs", "autoscaling")
    return {name: session.client(SERVICES.get(name, name)) for name in names}


@pytest.fixture
def aws(boto3_clients, monkeypatch):
    """GIVEN the AWS of a stage, in this process, with a service of two tasks that has a log group."""
    extensions.install()
    with emulated_aws():
        clients = SimpleNamespace(**boto3_clients, environment=dict)
        monkeypatch.setattr("stage.commands.running.Aws", lambda *_where: clients)
        vpc = clients.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnet = clients.ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
        group = clients.ec2.create_security_group(GroupName="api", Description="api", VpcId=vpc)["GroupId"]
        clients.network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
        clients.ecs.create_cluster(clusterName=CLUSTER)
        clients.logs.create_log_group(logGroupName="/shop/api")
        create_service(clients, "api")
        yield clients


def create_service(aws, name, driver="awslogs"):
    """A service whose containers log to the group of the same name."""
    options = {"awslogs-group": f"/shop/{name}", "awslogs-region": REGION, "awslogs-stream-prefix": "task"}
    aws.ecs.register_task_definition(
        family=name,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::123456789012:role/{name}-execution",
        containerDefinitions=[
            {
                "name": "app",
                "image": name,
                "essential": True,
                "logConfiguration": {"logDriver": driver, "options": options if driver == "awslogs" else {}},
            }
        ],
    )
    aws.ecs.create_service(
        cluster=CLUSTER,
        serviceName=name,
        taskDefinition=name,
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=aws.network,
    )


def start_tasks(aws, count):
    """Start tasks of the service that run from now on; returns their ids."""
    ids = []
    for _ in range(count):
        (task,) = aws.ecs.run_task(
            cluster=CLUSTER,
            taskDefinition="api",
            group="service:api",
            launchType="FARGATE",
            networkConfiguration=aws.network,
        )["tasks"]
        aws.ecs.submit_task_state_change(cluster=CLUSTER, task=task["taskArn"], status="RUNNING")
        ids.append(task["taskArn"].rpartition("/")[2])
    return ids


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """GIVEN a folder for temporary files of one's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def up(aws, folder):
    """GIVEN a stage that is up; this process holds it. Called again, it is reached otherwise."""

    def publish(**facts):
        own_record("default", access(**facts)).write()

    publish()
    return publish


@pytest.fixture
def call(capsys):
    """Runs a command; gives its exit status, its standard output and its standard error."""

    def called(*arguments):
        status = main(list(arguments))
        said = capsys.readouterr()
        return SimpleNamespace(status=status, out=said.out, err=said.err)

    return called


@pytest.fixture
def told(call):
    """Runs a command that has to succeed; gives its JSON, as a list where it is JSON lines."""

    def answered(*arguments, lines=False):
        said = call(*arguments, "--json")
        assert (0, "") == (said.status, said.err)
        if lines:
            return [json.loads(line) for line in said.out.splitlines()]
        return json.loads(said.out)

    return answered


@pytest.fixture
def reported(aws):
    """Reports to the AWS of the stage, over HTTP as always."""
    with reporting() as reports:
        yield reports
