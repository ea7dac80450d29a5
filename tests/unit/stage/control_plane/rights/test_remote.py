from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from botocore.exceptions import EndpointConnectionError

from stage.authorization.errors import PolicyError
from stage.authorization.evaluate import evaluate
from stage.authorization.request import Request
from stage.control_plane.callers import ANONYMOUS, Caller, Kind
from stage.control_plane.reports import Reporter
from stage.control_plane.rights import remote
from stage.control_plane.rights.policies import InMoto, Rights
from stage.control_plane.rights.principals import principal_of
from tests.unit.stage.control_plane.rights.written import (
    ACCOUNT,
    REGION,
    ROLE,
    ROOT,
    STAGE,
    TASK,
    make_policy,
    make_role,
    policy,
    statement,
)

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail"


ODD = policy(statement("sqs:*", Condition={"StringEquals": {"sqs:Colour": "red"}}))


class Clock:
    """A clock that goes only when it is told to."""

    seconds = 0.0

    def __call__(self):
        """Seconds."""
        return self.seconds


@pytest.fixture
def clock():
    """The clock by which answers are kept."""
    return Clock()


@pytest.fixture
def asked(monkeypatch):
    """Questions to the other process, by their names."""
    names = []

    class Counted(Reporter):
        """Asks, and counts."""

        def policies_of(self, arn, session):
            """Of a caller."""
            names.append("of")
            return super().policies_of(arn, session)

        def policies_on(self, holder, account):
            """Of a resource."""
            names.append("on")
            return super().policies_on(holder, account)

    monkeypatch.setattr(remote, "Reporter", Counted)
    return names


@pytest.fixture
def elsewhere(reporter, clock, asked):
    """Policies as asked of another process."""
    assert [] == asked
    return remote.Elsewhere(reporter.endpoint_url, clock)


@pytest.fixture
def iam(client):
    """IAM with a role that may send."""
    iam = client("iam")
    most = make_policy(iam, "most", statement("sqs:*"), statement("kms:*"))
    make_role(iam, PermissionsBoundary=most)
    iam.put_role_policy(
        RoleName="sender", PolicyName="send", PolicyDocument=policy(statement("sqs:SendMessage"))
    )
    return iam


def request(action, resource):
    """A request of the task."""
    return Request(principal_of(TASK, ACCOUNT), action, resource)


@pytest.mark.usefixtures("iam")
def test_the_other_process_tells_the_policies_of_a_role(elsewhere):
    """The same that this one would have."""
    assert elsewhere.rights_of(TASK) == InMoto().rights_of(TASK) != Rights()


def test_the_other_process_tells_the_policies_of_a_session(client, iam, elsewhere):
    """By its access key."""
    reads = make_policy(iam, "reads", statement("sqs:ReceiveMessage"))
    key = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="load", PolicyArns=[{"arn": reads}])[
        "Credentials"
    ]["AccessKeyId"]

    (session,) = elsewhere.rights_of(Caller(Kind.ROLE, key, ROLE, "load")).session

    assert reads == session.name


def test_the_other_process_tells_the_policy_and_the_grants_of_a_key(client, elsewhere):
    """As a queue that is encrypted takes them."""
    key = client("kms").create_key(
        Policy=policy(statement("kms:*", Principal={"AWS": ROOT})), BypassPolicyLockoutSafetyCheck=True
    )["KeyMetadata"]["Arn"]
    client("kms").create_grant(KeyId=key, GranteePrincipal=ROLE, Operations=["GenerateDataKey"])
    asking = request("kms:GenerateDataKey", key)

    policies = elsewhere.policies_on(asking, Rights())

    assert InMoto().policies_on(asking, Rights()) == policies
    assert evaluate(asking, policies).reason.startswith("with the grant")


def test_a_queue_s_policy_is_not_asked_for(client, elsewhere, asked):
    """It is here, and counts at once; nothing is asked of what is about no resource."""
    client("sqs").create_queue(
        QueueName="mail", Attributes={"Policy": policy(statement("sqs:*", QUEUE, Principal="*"))}
    )

    assert QUEUE == elsewhere.policies_on(request("sqs:SendMessage", QUEUE), Rights()).resource.name
    assert elsewhere.policies_on(request("sqs:ListQueues", "*"), Rights()).resource is None
    assert [] == asked


@pytest.mark.parametrize("caller", [STAGE, ANONYMOUS])
def test_nobody_is_asked_for_policies_of_who_has_none(caller, elsewhere, asked):
    """Such as the stage itself."""
    assert (Rights(), []) == (elsewhere.rights_of(caller), asked)


def test_an_answer_counts_for_a_while(iam, elsewhere, clock, asked):
    """A change counts once the answer is old."""
    first = elsewhere.rights_of(TASK)
    iam.delete_role_policy(RoleName="sender", PolicyName="send")
    clock.seconds = remote.Elsewhere.KEPT_SECONDS - 0.01
    kept = elsewhere.rights_of(TASK)
    clock.seconds = remote.Elsewhere.KEPT_SECONDS

    assert first is kept
    assert () == elsewhere.rights_of(TASK).identity
    assert ["of"] * 2 == asked


@pytest.mark.usefixtures("iam")
def test_what_hangs_on_a_resource_counts_for_a_while(client, elsewhere, clock, asked):
    """As the policies of a caller do."""
    asking = request("kms:Decrypt", client("kms").create_key()["KeyMetadata"]["Arn"])
    for seconds in (0.0, 0.5, 1.0):
        clock.seconds = seconds
        elsewhere.policies_on(asking, Rights())

    assert ["on"] * 2 == asked


@pytest.mark.usefixtures("iam")
def test_all_tasks_of_a_role_are_one_question(elsewhere, asked):
    """In whichever session, and the agent's in the same role too."""
    for number, kind in enumerate((Kind.TASK, Kind.TASK, Kind.AGENT)):
        elsewhere.rights_of(Caller(kind, f"ASIA{number}", ROLE, str(number)))

    assert ["of"] == asked


@pytest.mark.usefixtures("iam")
def test_of_many_threads_one_asks(elsewhere, asked):
    """The others wait for its answer."""
    threads = 8
    together = Barrier(threads)

    def ask(_number):
        together.wait()
        return elsewhere.rights_of(TASK)

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(ask, range(threads)))

    assert ["of"] == asked
    assert [answers[0]] * threads == answers


def test_a_policy_that_nobody_understands_is_the_same_error_here(iam, elsewhere, asked):
    """And asked for no more often than another."""
    iam.put_role_policy(RoleName="sender", PolicyName="odd", PolicyDocument=ODD)

    for _ in range(2):
        with pytest.raises(PolicyError, match=r"^identity-based policy odd: "):
            elsewhere.rights_of(TASK)
    assert ["of"] == asked


def test_a_process_that_is_gone_is_an_error():
    """Whoever does not know is not allowed anything; the next call asks again."""
    gone = remote.at("http://127.0.0.1:9")

    for _ in range(2):
        with pytest.raises(EndpointConnectionError):
            gone.rights_of(TASK)
