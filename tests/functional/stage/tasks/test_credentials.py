"""Tasks that call AWS by the services' own client, on both processes of the emulated AWS."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.callers import Caller, Kind, Session
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.images.working_tree import WorkingTree
from stage.tasks.credentials import LIFETIME
from stage.tasks.credentials_endpoint import CredentialsEndpoint
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Images, Journal, Observed, Quota, Routing
from tests.functional.stage.tasks.surroundings import Fleet
from tests.waiting import START, eventually

ROLE = "arn:aws:iam::123456789012:role/demo"
_POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["sqs:GetQueueUrl", "sqs:SendMessage"],
      "Resource": "arn:aws:sqs:eu-central-1:123456789012:demo"
    },
    {
      "Effect": "Allow",
      "Action": ["dynamodb:DescribeTable", "dynamodb:GetItem"],
      "Resource": "arn:aws:dynamodb:eu-central-1:123456789012:table/demo"
    }
  ]
}"""
_OWN = {"aws_access_key_id": "stage", "aws_secret_access_key": "stage"}
_SHARED = Path(__file__).resolve().parents[4] / "services" / "shared"
# Calls without a pause, on both processes, and says of each call how it went.
_PROGRAM = """
import asyncio, os

from botocore.exceptions import BotoCoreError, ClientError
from shared.aws_client import TimeLimits, lean_client

LIMITS = TimeLimits()


async def calls(service, operation, **parameters):
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
    how = {"region": os.environ["AWS_REGION"], "limits": LIMITS, "connections": 2}
    async with lean_client(service, {operation: LIMITS}, **how) as client:
        while True:
            try:
                await getattr(client, name)(**parameters)
                print(service, "done", flush=True)
            except (BotoCoreError, ClientError) as error:
                print(service, "failed", repr(error), flush=True)
            await asyncio.sleep(0.02)


async def main():
    item = {"id": {"S": "1"}}
    await asyncio.gather(
        calls("sqs", "SendMessage", QueueUrl=os.environ["QUEUE_URL"], MessageBody="hello"),
        calls("dynamodb", "GetItem", TableName="demo", Key=item),
    )


asyncio.run(main())
"""


@dataclass
class Told:
    """Both processes, and what they are told of sessions."""

    reporters: tuple[Reporter, ...]
    sessions: list[Session] = field(default_factory=list)

    def session(self, session):
        """Tell of a key."""
        for reporter in self.reporters:
            reporter.session(session)
        self.sessions.append(session)

    def end_sessions(self, session_name):
        """Tell of an end."""
        for reporter in self.reporters:
            reporter.end_sessions(session_name)

    def of(self, arn):
        """Sessions of a task, the first one first."""
        return [one for one in self.sessions if one.caller.session_name == arn.rpartition("/")[2]]


@dataclass
class Account(Fleet):
    """An account with a queue and a table, and an agent that runs tasks there."""

    told: Told
    folder: Path
    queue_url: str

    def run(self, role=ROLE):
        """Run a task in a role; gives its ARN."""
        return self.launch(self.register(role, environment=[{"name": "QUEUE_URL", "value": self.queue_url}]))

    def stop(self, arn):
        """Stop a task in order, and wait until ECS tells that it has stopped."""
        self.agent.observe(Observed(arn, "RUNNING", "STOPPED"))
        eventually(lambda: self._status(arn) == "STOPPED", START)

    def said(self, arn, *words):
        """Lines of a task's log that begin with these words."""
        log = self.folder / "logs" / f"demo-{arn.rpartition('/')[2]}.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(" ".join(words))]

    def wait_for_calls(self, arn, count=1):
        """Wait until a task has made so many more calls that went well, of each service."""
        for service in ("sqs", "dynamodb"):
            before = len(self.said(arn, service, "done"))
            eventually(lambda s=service, b=before: len(self.said(arn, s, "done")) >= b + count, START)

    def act_with(self, session):
        """Clients that act with a session's key; nobody looks at the secret."""
        return self.aws.acting_as(Credentials(session.caller.access_key_id, "any", session.token))

    def _status(self, arn):
        return self.aws.ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0]["lastStatus"]


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """The emulated AWS as a stage runs it: one process for SQS, one for the rest."""
    block = LoopbackBlock()
    logs = tmp_path_factory.mktemp("control-planes")
    control = ControlPlane(block.gateway, block.free_port(), logs / "control.log")
    queues = ControlPlane(block.gateway, block.free_port(), logs / "sqs.log", identities=control.endpoint_url)
    control.begin()
    queues.begin()
    control.wait()
    queues.wait()
    yield Aws(control.endpoint_url, queues.endpoint_url, "eu-central-1"), logs
    control.stop()
    queues.stop()
    block.release()


@pytest.fixture(scope="module")
def queue_url(processes):
    """URL of a queue, beside which there is a table, and a role that may use both."""
    aws, _logs = processes
    iam = boto3.client("iam", endpoint_url=aws.endpoint_url, region_name="eu-central-1", **_OWN)
    iam.create_role(RoleName="demo", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="demo", PolicyName="use", PolicyDocument=_POLICY)
    aws.dynamodb.create_table(
        TableName="demo",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return aws.sqs.create_queue(QueueName="demo")["QueueUrl"]


@pytest.fixture
def lifetime():
    """Credentials last as long as on a stage, unless a test says otherwise."""
    return LIFETIME


@pytest.fixture
def account(processes, queue_url, block, services_root, tmp_path, ec2_of, lifetime):
    """GIVEN an account and its agent."""
    aws, _logs = processes
    (services_root / "demo_app" / "__main__.py").write_text(_PROGRAM)
    (services_root / "shared").symlink_to(_SHARED)
    ec2 = ec2_of(aws)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    aws.ecs.create_cluster(clusterName="demo")
    told = Told((Reporter(aws.endpoint_url), Reporter(aws.sqs_endpoint_url)))
    endpoint = CredentialsEndpoint(block.gateway, [told], lifetime)
    agent = Agent(
        aws,
        told.reporters[0],
        Clock(1.0, datetime.now(UTC)),
        block,
        Quota(Journal()),
        images=Images(WorkingTree(services_root)),
        credentials=endpoint.credentials,
        run_dir=tmp_path,
        cores_per_vcpu=0.2,
        routing=Routing(Journal()),
        ingested=lambda *_: None,
    )
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    yield Account(aws, agent, network, told, tmp_path, queue_url)
    agent.close()
    endpoint.close()


def refused(call):
    """Code and status of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_two_tasks_call_aws_each_with_a_key_of_its_own(account):
    """In one role, by the services' client, which is told of nothing but where credentials are."""
    arns = [account.run(), account.run()]

    for arn in arns:
        account.wait_for_calls(arn)
    mine, other = ({one.caller.access_key_id for one in account.told.of(arn)} for arn in arns)
    assert mine
    assert other
    assert not mine & other
    assert {ROLE} == {one.caller.role_arn for one in account.told.sessions}


def test_the_key_of_a_stopped_task_is_refused(account):
    """From when ECS tells that it has stopped, by both processes, each in its service's words."""
    arn = account.run()
    account.wait_for_calls(arn)
    aws = account.act_with(account.told.of(arn)[0])
    aws.sqs.get_queue_url(QueueName="demo")
    aws.dynamodb.describe_table(TableName="demo")

    account.stop(arn)

    assert ("InvalidClientTokenId", 403) == refused(lambda: aws.sqs.get_queue_url(QueueName="demo"))
    assert ("UnrecognizedClientException", 400) == refused(
        lambda: aws.dynamodb.describe_table(TableName="demo")
    )


def test_an_expired_key_is_refused(account):
    """By the machine's own clock."""
    expired = Session(Caller(Kind.TASK, "ASIAEXPIREDEXPIRED22", ROLE, "0a1b"), "token", time.time() - 1)
    account.told.session(expired)
    aws = account.act_with(expired)

    assert ("ExpiredToken", 403) == refused(lambda: aws.sqs.get_queue_url(QueueName="demo"))
    assert ("ExpiredTokenException", 400) == refused(lambda: aws.dynamodb.describe_table(TableName="demo"))


def test_a_role_that_was_taken_by_sts_is_known_to_both(account):
    """The process that has SQS asks the other one for it; with another token it is refused."""
    sts = boto3.client("sts", endpoint_url=account.aws.endpoint_url, region_name="eu-central-1", **_OWN)
    given = sts.assume_role(RoleArn=ROLE, RoleSessionName="load")["Credentials"]
    aws, other = (
        account.aws.acting_as(Credentials(given["AccessKeyId"], "any", token))
        for token in (given["SessionToken"], "x")
    )

    assert account.queue_url == aws.sqs.get_queue_url(QueueName="demo")["QueueUrl"]
    assert ("InvalidClientTokenId", 403) == refused(lambda: other.sqs.get_queue_url(QueueName="demo"))


@pytest.mark.parametrize("lifetime", [timedelta(minutes=15, seconds=2)])
def test_a_task_goes_on_through_renewals(account):
    """Each of its clients has another key every two seconds, and no call fails."""
    arn = account.run()
    eventually(lambda: len(account.told.of(arn)) >= 4, START)
    account.wait_for_calls(arn, 10)

    sessions = account.told.of(arn)
    assert len(sessions) == len({one.caller.access_key_id for one in sessions})
    assert [] == account.said(arn, "sqs", "failed") + account.said(arn, "dynamodb", "failed")


def test_a_task_without_a_role_has_no_credentials(account):
    """Its calls end before they begin, as on AWS."""
    arn = account.run(role=None)

    eventually(lambda: account.said(arn, "sqs", "failed"), START)
    assert "NoCredentialsError" in account.said(arn, "sqs", "failed")[0]
    assert [] == account.told.of(arn) + account.said(arn, "sqs", "done")


def test_no_key_is_written_anywhere(account, processes):
    """Neither in the environment that the task began with, nor in a log of it, of the stage or of AWS."""
    arn = account.run()
    account.wait_for_calls(arn)
    (task,) = account.agent.running()
    written = Path(f"/proc/{task.pid}/environ").read_bytes()
    account.stop(arn)
    logs = [path for folder in (account.folder, processes[1]) for path in folder.rglob("*") if path.is_file()]
    written += b"".join(path.read_bytes() for path in logs)

    assert any(path.name.startswith("demo-") for path in logs)
    for session in account.told.of(arn):
        assert session.caller.access_key_id.encode() not in written
        assert session.token.encode() not in written
    assert b"AWS_SECRET_ACCESS_KEY" not in written
