import pytest

from stage.authorization.decision import Decision
from stage.authorization.errors import PolicyError
from stage.authorization.evaluate import Policies, evaluate
from stage.authorization.policy import Kind
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane.callers import Caller
from stage.control_plane.callers import Kind as CallerKind
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
    trust,
)

HERE = f"{REGION}:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{HERE}:mail"
SEND = "sqs:SendMessage"


def decided(caller, action, resource, **context):
    """Decision on a call by what moto has."""
    principal = caller if isinstance(caller, Principal) else principal_of(caller, ACCOUNT)
    request = Request(principal, action, resource, context=context)
    rights = Rights() if isinstance(caller, Principal) else InMoto().rights_of(caller)
    return evaluate(request, InMoto().policies_on(request, rights))


def by(decision: Decision):
    """Whether something is allowed, and what decided it."""
    return decision.allowed, decision.kind, decision.policy, decision.sid


@pytest.fixture
def iam(client):
    """IAM with a role that may send, by a policy of its own."""
    iam = client("iam")
    make_role(iam)
    may = policy(statement(SEND, QUEUE, Sid="Send"))
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=may)
    return iam


@pytest.fixture
def queue(client):
    """Makes the queue, with a policy of these statements."""

    def make(*statements):
        policies = {"Policy": policy(*statements)} if statements else {}
        client("sqs").create_queue(QueueName="mail", Attributes=policies)

    return make


@pytest.mark.usefixtures("iam")
def test_a_role_is_allowed_what_its_policy_allows(queue):
    """And nothing besides; a report can tell by which statement."""
    queue()

    assert (True, Kind.IDENTITY, "send", "Send") == by(decided(TASK, SEND, QUEUE))
    assert (False, Kind.IDENTITY, "", "") == by(decided(TASK, "sqs:PurgeQueue", QUEUE))


def test_a_boundary_limits_a_role(iam):
    """Whatever its own policies allow."""
    arn = make_policy(iam, "reads", statement("sqs:ReceiveMessage"))
    iam.put_role_permissions_boundary(RoleName="sender", PermissionsBoundary=arn)

    assert (False, Kind.BOUNDARY) == by(decided(TASK, SEND, QUEUE))[:2]


def test_a_boundary_that_is_lost_is_an_error(iam):
    """A guess would be as good as allowed."""
    iam.put_role_permissions_boundary(
        RoleName="sender", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/lost"
    )

    with pytest.raises(PolicyError, match="policy/lost: there is no such policy"):
        decided(TASK, SEND, QUEUE)


def test_a_policy_that_nobody_understands_is_an_error_of_its_name(iam):
    """Also where another one would allow the call."""
    iam.put_role_policy(
        RoleName="sender",
        PolicyName="odd",
        PolicyDocument=policy(statement(SEND, Condition={"StringEquals": {"sqs:Colour": "red"}})),
    )

    with pytest.raises(PolicyError, match=r"^identity-based policy odd: .*sqs:Colour"):
        decided(TASK, SEND, QUEUE)


@pytest.mark.usefixtures("iam")
def test_the_queue_s_explicit_deny_wins(queue):
    """Against the role, and against the account's root user."""
    queue(statement("sqs:*", QUEUE, "Deny", Principal="*", Sid="Closed"))

    assert (False, Kind.RESOURCE, QUEUE, "Closed") == by(decided(TASK, SEND, QUEUE))
    assert not decided(STAGE, SEND, QUEUE).allowed


def test_the_stage_is_an_administrator(queue):
    """Without a policy of its own."""
    queue()

    assert decided(STAGE, "sqs:DeleteQueue", QUEUE).allowed


def test_a_user_is_allowed_what_its_group_is(client):
    """By the group's policy."""
    iam = client("iam")
    arn = iam.create_user(UserName="u")["User"]["Arn"]
    iam.create_group(GroupName="senders")
    iam.put_group_policy(GroupName="senders", PolicyName="send", PolicyDocument=policy(statement(SEND)))
    user = Caller(CallerKind.USER, "AKIA", user_arn=arn)
    before = decided(user, SEND, QUEUE)
    iam.add_user_to_group(UserName="u", GroupName="senders")

    assert (False, True) == (before.allowed, decided(user, SEND, QUEUE).allowed)


def test_a_session_is_limited_by_the_policies_that_it_was_begun_with(client, iam):
    """One of them has to allow a call, as well as the role's own."""
    read = policy(statement("sqs:ReceiveMessage"))
    sender = make_policy(iam, "senders", statement(SEND))
    refused, allowed = (
        Caller(
            CallerKind.ROLE,
            client("sts").assume_role(RoleArn=ROLE, RoleSessionName="load", Policy=read, **passed)[
                "Credentials"
            ]["AccessKeyId"],
            ROLE,
            "load",
        )
        for passed in ({}, {"PolicyArns": [{"arn": sender}]})
    )

    assert (False, Kind.SESSION) == by(decided(refused, SEND, QUEUE))[:2]
    assert (True, Kind.IDENTITY) == by(decided(allowed, SEND, QUEUE))[:2]


@pytest.fixture
def key(client, iam):
    """Makes a key of a policy that a role may use, as far as its own policy goes."""
    iam.put_role_policy(
        RoleName="sender", PolicyName="use", PolicyDocument=policy(statement("kms:*", Sid="Use"))
    )
    return lambda *statements: client("kms").create_key(
        Policy=policy(*statements), BypassPolicyLockoutSafetyCheck=True
    )["KeyMetadata"]["Arn"]


def test_a_key_is_used_only_if_its_policy_lets_the_account_decide(key):
    """A role's own policies count for nothing otherwise."""
    closed = key(statement("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}))
    open_ = key(statement("kms:*", Principal={"AWS": ROOT}))

    assert (False, Kind.RESOURCE) == by(decided(TASK, "kms:Decrypt", closed))[:2]
    assert (True, Kind.IDENTITY, "use", "Use") == by(decided(TASK, "kms:Decrypt", open_))


def test_a_grant_allows_what_no_policy_does(client, key):
    """As long as it lasts."""
    closed = key(statement("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}))
    grant = client("kms").create_grant(KeyId=closed, GranteePrincipal=ROLE, Operations=["Decrypt"])
    granted = decided(TASK, "kms:Decrypt", closed)
    client("kms").revoke_grant(KeyId=closed, GrantId=grant["GrantId"])

    assert (True, f"with the grant {grant['GrantId']}") == (granted.allowed, granted.reason)
    assert not decided(TASK, "kms:Decrypt", closed).allowed


def test_a_role_s_trust_policy_decides_who_takes_it(iam):
    """The account's root user among them."""
    service = Principal.service("ecs-tasks.amazonaws.com")
    taken = by(decided(service, "sts:AssumeRole", ROLE))
    refused = by(decided(Principal.service("ec2.amazonaws.com"), "sts:AssumeRole", ROLE))
    closed = decided(STAGE, "sts:AssumeRole", ROLE)
    iam.update_assume_role_policy(RoleName="sender", PolicyDocument=trust(AWS=ROOT))

    assert (True, Kind.TRUST, ROLE, "") == taken
    assert (False, Kind.TRUST) == refused[:2]
    assert (False, True) == (closed.allowed, decided(STAGE, "sts:AssumeRole", ROLE).allowed)


def test_a_service_sends_to_a_queue_that_lets_it(queue):
    """On behalf of one topic alone."""
    topic = f"arn:aws:sns:{HERE}:events"
    queue(
        statement(
            SEND,
            QUEUE,
            Principal={"Service": "sns.amazonaws.com"},
            Sid="Events",
            Condition={"ArnEquals": {"aws:SourceArn": topic}},
        )
    )
    sns = Principal.service("sns.amazonaws.com")

    assert (True, Kind.RESOURCE, QUEUE, "Events") == by(decided(sns, SEND, QUEUE, **{"aws:SourceArn": topic}))
    assert not decided(sns, SEND, QUEUE, **{"aws:SourceArn": f"{topic}-others"}).allowed


@pytest.mark.usefixtures("iam")
def test_a_topic_is_made_open_to_what_a_service_publishes_for_the_account(client):
    """Its roles and users need policies of their own."""
    topic = client("sns").create_topic(Name="alarms")["TopicArn"]
    for_account = {"aws:SourceOwner": ACCOUNT}
    alarms = Principal.service("cloudwatch.amazonaws.com")

    assert decided(alarms, "sns:Publish", topic, **for_account).allowed
    assert not decided(TASK, "sns:Publish", topic).allowed
    assert decided(STAGE, "sns:GetTopicAttributes", topic).allowed


def test_any_policy_of_a_region_s_log_groups_lets_a_service_write(client):
    """Each statement counts, under the names of all."""
    stream = f"arn:aws:logs:{HERE}:log-group:/mesh:log-stream:today"
    for name, service in (("dns", "route53"), ("mesh", "delivery.logs")):
        client("logs").put_resource_policy(
            policyName=name,
            policyDocument=policy(
                statement(
                    "logs:CreateLogStream",
                    stream,
                    Principal={"Service": f"{service}.amazonaws.com"},
                    Sid=name,
                )
            ),
        )

    decision = decided(Principal.service("delivery.logs.amazonaws.com"), "logs:CreateLogStream", stream)

    assert (True, Kind.RESOURCE, "dns, mesh", "mesh") == by(decision)


def test_rights_are_the_same_object_until_a_policy_changes(iam):
    """Reading policies again would take longer than a decision."""
    before = InMoto().rights_of(TASK)
    again = InMoto().rights_of(TASK)
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=policy(statement("sqs:*")))

    assert before is again
    assert before is not InMoto().rights_of(TASK)


def test_whoever_has_no_policies_has_no_rights():
    """Not to be told from a role that is not there."""
    assert Rights() == InMoto().rights_of(STAGE) == InMoto().rights_of(TASK)


@pytest.mark.usefixtures("iam")
def test_a_request_about_nothing_takes_the_caller_s_policies_alone():
    """Such as one that lists."""
    rights = InMoto().rights_of(TASK)
    request = Request(principal_of(TASK, ACCOUNT), "sqs:ListQueues")

    assert Policies(rights.identity, rights.boundary, rights.session) == InMoto().policies_on(request, rights)
