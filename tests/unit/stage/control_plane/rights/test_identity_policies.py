import pytest

from stage.authorization.policy import Kind as PolicyKind
from stage.control_plane.callers import ANONYMOUS, Caller, Kind
from stage.control_plane.rights.identity_policies import documents_of, held_by
from tests.unit.stage.control_plane.rights.written import (
    ACCOUNT,
    ROLE,
    STAGE,
    TASK,
    make_policy,
    make_role,
    policy,
    statement,
)

SEND, READ, MOST = statement("sqs:SendMessage"), statement("sqs:ReceiveMessage"), statement("sqs:*")
USER = f"arn:aws:iam::{ACCOUNT}:user/u"


@pytest.fixture
def iam(client):
    """IAM."""
    return client("iam")


@pytest.fixture
def taken(client, iam):
    """Takes the role with session policies; gives the session's access key."""
    make_role(iam)
    return lambda **passed: client("sts").assume_role(RoleArn=ROLE, RoleSessionName="load", **passed)[
        "Credentials"
    ]["AccessKeyId"]


def test_a_role_has_inline_and_attached_policies(iam):
    """Each named as AWS names it."""
    make_role(iam)
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=policy(SEND))
    arn = make_policy(iam, "read", READ)
    iam.attach_role_policy(RoleName="sender", PolicyArn=arn)

    assert (
        (PolicyKind.IDENTITY, "send", policy(SEND)),
        (PolicyKind.IDENTITY, arn, policy(READ)),
    ) == documents_of(ROLE)


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_policies_come_in_an_order_of_their_own(iam, names):
    """Terraform makes them side by side: of two that allow a call, the same one is said to every time."""
    make_role(iam)
    for name in names:
        iam.put_role_policy(RoleName="sender", PolicyName=name, PolicyDocument=policy(SEND))
        iam.attach_role_policy(RoleName="sender", PolicyArn=make_policy(iam, f"managed-{name}", READ))

    managed = f"arn:aws:iam::{ACCOUNT}:policy/managed-"
    assert ["a", "b", f"{managed}a", f"{managed}b"] == [one.name for one in documents_of(ROLE)]


def test_the_default_version_of_a_managed_policy_counts(iam):
    """Whichever is the newest."""
    make_role(iam)
    arn = make_policy(iam, "read", READ)
    iam.attach_role_policy(RoleName="sender", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(SEND), SetAsDefault=True)
    newer = documents_of(ROLE)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(MOST), SetAsDefault=False)

    assert (policy(SEND),) == tuple(one.text for one in newer)
    assert newer == documents_of(ROLE)


def test_a_role_has_a_permissions_boundary(iam):
    """The one that it was made with, or that was put later."""
    arn = make_policy(iam, "most", MOST)
    make_role(iam, PermissionsBoundary=arn)

    assert ((PolicyKind.BOUNDARY, arn, policy(MOST)),) == documents_of(ROLE)


def test_a_boundary_that_is_lost_is_still_one(iam):
    """Of no text, so that whoever reads it fails: moto takes any name."""
    make_role(iam, PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/lost")

    assert ((PolicyKind.BOUNDARY, f"arn:aws:iam::{ACCOUNT}:policy/lost", ""),) == documents_of(ROLE)


def test_a_user_has_its_own_policies_and_those_of_its_groups(iam):
    """Of groups that it is in."""
    arn = make_policy(iam, "most", MOST)
    iam.create_user(UserName="u", PermissionsBoundary=arn)
    iam.put_user_policy(UserName="u", PolicyName="send", PolicyDocument=policy(SEND))
    for group in ("readers", "others"):
        iam.create_group(GroupName=group)
        iam.put_group_policy(GroupName=group, PolicyName=group, PolicyDocument=policy(READ))
    iam.add_user_to_group(UserName="u", GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn=arn)

    assert [
        (PolicyKind.IDENTITY, "send"),
        (PolicyKind.IDENTITY, "readers"),
        (PolicyKind.IDENTITY, arn),
        (PolicyKind.BOUNDARY, arn),
    ] == [(one.kind, one.name) for one in documents_of(USER)]


def test_a_session_has_the_policies_that_it_was_begun_with(iam, taken):
    """A text has no name, and a managed policy its ARN."""
    arn = make_policy(iam, "read", READ)
    key = taken(Policy=policy(SEND), PolicyArns=[{"arn": arn}, {"arn": f"{arn}-lost"}])

    assert (
        (PolicyKind.SESSION, "", policy(SEND)),
        (PolicyKind.SESSION, arn, policy(READ)),
        (PolicyKind.SESSION, f"{arn}-lost", ""),
    ) == documents_of(ROLE, key)
    assert () == documents_of(ROLE)


def test_a_session_that_was_begun_without_policies_has_none(taken):
    """It is limited by nothing."""
    assert () == documents_of(ROLE, taken())


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:role/sender",
        f"arn:aws:iam::{ACCOUNT}:role/tasks/other",
        f"arn:aws:iam::{ACCOUNT}:user/sender",
        "arn:aws:iam::999988887777:role/tasks/sender",
        "",
    ],
)
def test_whoever_is_not_there_has_no_policies(iam, arn):
    """A role of the same name with another path is another."""
    make_role(iam)
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=policy(SEND))

    assert () == documents_of(arn)


@pytest.mark.parametrize(
    ("caller", "held"),
    [
        (TASK, (ROLE, "")),
        (Caller(Kind.AGENT, "ASIA", ROLE, "0a1b"), (ROLE, "")),
        (Caller(Kind.ROLE, "ASIA", ROLE, "load"), (ROLE, "ASIA")),
        (Caller(Kind.USER, "AKIA", user_arn=USER), (USER, "")),
        (STAGE, ("", "")),
        (ANONYMOUS, ("", "")),
    ],
)
def test_a_caller_has_the_policies_of_its_role_or_user(caller, held):
    """Only a session that STS has begun may have more of its own; all tasks of a role have the same."""
    assert held == held_by(caller)
