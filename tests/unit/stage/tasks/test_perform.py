"""A task is prepared with what its execution role may, as the emulated AWS decides; no process is started."""

import json
import logging
import threading
from types import SimpleNamespace

import pytest

from stage.control_plane.application import Application
from stage.control_plane.aws import Aws
from stage.control_plane.callers import CALLERS
from stage.images.pull import Images
from stage.images.store import ImageStore
from stage.images.working_tree import WorkingTree
from stage.tasks.credentials import TaskCredentials
from stage.tasks.host import Host
from stage.tasks.logs import LogShipper
from stage.tasks.perform import TaskLifecycle
from tests.unit.stage.control_plane.conftest import client
from tests.unit.stage.control_plane.extensions.gaps.world import REGION
from tests.unit.stage.in_process import ENDPOINT, answered_by
from tests.waiting import START

__all__ = ["client"]

ACCOUNT = "123456789012"
TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/0a1b"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
IMAGE = f"{REGISTRY}/shop/demo-app:1"
PULL = ("ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer")
GRANTED = {
    "ecr:GetAuthorizationToken": "*",
    **dict.fromkeys(PULL, f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop/demo-app"),
    "ssm:GetParameters": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/demo/token",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:demo/smtp-??????",
    **dict.fromkeys(
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/demo:*",
    ),
}
NOT_READ = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
    "failed: unable to retrieve {}: service call has been retried 1 time(s): "
)
NOT_PULLED = (
    "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed "
    f"open: unexpected status code https://{REGISTRY}/v2/shop/demo-app/blobs/sha256:"
)
USER = (
    f"AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/prepares/0a1b is not authorized to "
    "perform: "
)
REASONS = {
    "ecr:GetAuthorizationToken": f"{NOT_READ.format('ecr registry auth')}{USER}ecr:GetAuthorizationToken ",
    "ecr:BatchGetImage": (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{IMAGE}: pulling from host {REGISTRY} failed with status code [manifests 1]: 403 Forbidden"
    ),
    "ecr:BatchCheckLayerAvailability": NOT_PULLED,
    "ecr:GetDownloadUrlForLayer": NOT_PULLED,
    "ssm:GetParameters": (
        f"{NOT_READ.format('secrets from ssm')}{USER}ssm:GetParameters on resource: "
        f"{GRANTED['ssm:GetParameters']} because no identity-based policy allows the ssm:GetParameters action"
    ),
    "secretsmanager:GetSecretValue": (
        f"{NOT_READ.format('secret from asm')}failed to fetch secret "
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:demo/smtp-"
    ),
    "logs:CreateLogStream": (
        "ResourceInitializationError: failed to validate logger args: "
        "create stream has been retried 1 times: failed to create Cloudwatch log stream: "
        f"{USER}logs:CreateLogStream on resource: "
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/demo:log-stream:task/app/0a1b because no "
    ),
}
"""Beginnings of what ECS says of each right that is missing."""


class Ecs:
    """ECS as far as one task needs it."""

    def __init__(self, definition):
        self.definition = definition
        self.changes = []

    def describe_tasks(self, cluster, tasks):
        """The task, of no service."""
        assert "main" == cluster
        eni = {"details": [{"name": "privateIPv4Address", "value": "10.20.1.17"}]}
        return {"tasks": [{"taskArn": tasks[0], "taskDefinitionArn": "arn", "attachments": [eni]}]}

    def describe_task_definition(self, taskDefinition):  # noqa: N803 - as boto3 has it
        """Its task definition."""
        assert "arn" == taskDefinition
        return {"taskDefinition": self.definition}

    def submit_task_state_change(self, **change):
        """Note a state."""
        self.changes.append(change)


class Spawner:
    """Stands for processes that write a line and have ended well."""

    def start(self, _command, environment, _folder, output, on_exit):
        """End it at once."""
        self.environment = environment
        output.write_text("hello\n")
        on_exit()
        exited = threading.Event()
        exited.set()
        return SimpleNamespace(pid=0, exited=exited, exit_code=0)


class Told:
    """Both ways in which the emulated AWS in this process is told of sessions."""

    def session(self, session):
        """Begin one."""
        CALLERS.begin(session)

    def end_sessions(self, session_name):
        """End a task's."""
        CALLERS.end(session_name)


@pytest.fixture
def account(client):
    """GIVEN a repository, a parameter, a secret, a log group, and a role that may use them."""
    client("ecr").create_repository(repositoryName="shop/demo-app")
    client("ssm").put_parameter(Name="/demo/token", Value="t0ken", Type="SecureString")
    client("secretsmanager").create_secret(Name="demo/smtp", SecretString="pa55")
    client("logs").create_log_group(logGroupName="/ecs/demo")
    client("iam").create_role(RoleName="prepares", AssumeRolePolicyDocument="{}")
    return client


@pytest.fixture
def grant(account):
    """Grants the execution role all that it takes, but for some actions."""

    def put(*but):
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for action, resource in GRANTED.items()
            if action not in but
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        account("iam").put_role_policy(RoleName="prepares", PolicyName="start", PolicyDocument=document)

    return put


@pytest.fixture
def definition(account):
    """A task definition that needs all of it."""
    options = {"awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "task"}
    secret = account("secretsmanager").describe_secret(SecretId="demo/smtp")["ARN"]
    return {
        "family": "demo",
        "cpu": "256",
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/prepares",
        "containerDefinitions": [
            {
                "name": "app",
                "image": IMAGE,
                "secrets": [
                    {"name": "TOKEN", "valueFrom": "/demo/token"},
                    {"name": "PASSWORD", "valueFrom": secret},
                ],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    }


@pytest.fixture
def host(services_root, tmp_path):
    """A host in front of the emulated AWS with everything that decides on calls."""
    aws = Aws(ENDPOINT, ENDPOINT, REGION)
    shipper = LogShipper(lambda *_: None)
    tree = WorkingTree(services_root)
    nothing = SimpleNamespace(expect=lambda _: None, drop=lambda _: None)
    with answered_by(Application()):
        yield Host(
            aws=aws,
            reporter=None,
            clock=None,
            block=SimpleNamespace(of=lambda _: "127.9.1.17"),
            quota=None,
            spawner=Spawner(),
            log_shipper=shipper,
            images=Images(aws.ecr, ImageStore(tmp_path / "images"), tree),
            credentials=TaskCredentials("http://127.9.0.1", [Told()]),
            run_dir=tmp_path,
            cores_per_vcpu=1.0,
            routing=nothing,
        )
    shipper.close()


@pytest.fixture
def run(host, definition):
    """Takes a task with this definition through all its states; gives the last one that it reported."""

    def through(**changed):
        host.aws.ecs = Ecs({**definition, **changed})
        life = TaskLifecycle(host, TASK)
        life.start()
        life.join(START)
        return host.aws.ecs.changes[-1]

    return through


def reason(change):
    """What a task was stopped for."""
    assert "STOPPED" == change["status"]
    return change["reason"]


def lines(account):
    """What has arrived in the task's log stream."""
    found = account("logs").get_log_events(logGroupName="/ecs/demo", logStreamName="task/app/0a1b")
    return [one["message"] for one in found["events"]]


@pytest.mark.parametrize("is_published", [False, True])
def test_a_task_starts_and_is_heard_with_just_these_rights(run, grant, host, account, is_published):
    """And by the time it has stopped, all of its log has arrived."""
    grant()
    if is_published:
        host.images.publish([IMAGE])

    assert "Essential container in task exited" == reason(run())
    assert ("t0ken", "pa55") == (host.spawner.environment["TOKEN"], host.spawner.environment["PASSWORD"])
    assert ["hello"] == lines(account)


@pytest.mark.parametrize(("action", "why"), REASONS.items(), ids=REASONS)
@pytest.mark.parametrize("is_published", [False, True])
def test_a_task_without_one_of_them_does_not_start(run, grant, host, action, why, is_published):
    """It is stopped with ECS's reason, whether its image is in ECR yet or not."""
    grant(action)
    if is_published:
        host.images.publish([IMAGE])

    assert reason(run()).startswith(why)
    assert not hasattr(host.spawner, "environment")


def test_a_task_that_may_not_ship_its_log_runs(run, grant, account, caplog):
    """The refusal is told like any other failure to ship."""
    grant("logs:PutLogEvents")
    with caplog.at_level(logging.WARNING):
        assert "Essential container in task exited" == reason(run())

    assert [] == lines(account)
    (told,) = [one.getMessage() for one in caplog.records if "is not shipped" in one.getMessage()]
    assert "not authorized to perform: logs:PutLogEvents" in told


@pytest.mark.parametrize(
    ("container", "feature"),
    [
        ({"image": IMAGE}, "ECR images"),
        ({"image": "demo-app", "secrets": [{"name": "T", "valueFrom": "/demo/token"}]}, "secrets"),
        (
            {
                "image": "demo-app",
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "task"},
                },
            },
            "log driver awslogs",
        ),
    ],
)
def test_a_task_without_an_execution_role_does_not_start_if_it_needs_one(run, container, feature):
    """The reason says what for."""
    change = run(executionRoleArn="", containerDefinitions=[{"name": "app", **container}])

    assert reason(change).endswith(
        f"requires task definition to have execution role ARN to support {feature}."
    )


def test_a_task_that_needs_no_execution_role_starts_without(run):
    """An image of another registry takes none."""
    change = run(executionRoleArn="", containerDefinitions=[{"name": "app", "image": "demo-app"}])

    assert "Essential container in task exited" == reason(change)


def test_a_stopped_task_s_keys_have_ended(run, grant, host, monkeypatch):
    """Those of its execution role too."""
    grant()
    ended = []
    monkeypatch.setattr(CALLERS, "end", ended.append)
    run()

    assert ["0a1b"] == ended
