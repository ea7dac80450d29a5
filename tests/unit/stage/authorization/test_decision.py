import pytest

from stage.authorization.decision import allowed_by, denied_by, not_allowed
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import ANONYMOUS, Principal
from stage.authorization.request import Request

CARLOS = Principal.of("arn:aws:iam::111122223333:user/carlos")
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:queue"
PURGE = Request(CARLOS, "sqs:PurgeQueue", QUEUE)
POLICY = parse(
    {"Statement": {"Sid": "Keep", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}},
    Kind.IDENTITY,
    "keep",
)


def test_a_refusal_reads_as_awss_own():
    """Who may not do what on which resource, and why."""
    sentence = (
        f"User: {CARLOS.name} is not authorized to perform: sqs:PurgeQueue on resource: {QUEUE} "
        "because no identity-based policy allows the sqs:PurgeQueue action"
    )
    assert sentence == not_allowed(PURGE, Kind.IDENTITY).message


@pytest.mark.parametrize(
    ("action", "named"),
    [("ecr:GetAuthorizationToken", " on resource: *"), ("ec2:DescribeVpcs", "")],
)
def test_a_refusal_about_no_resource_names_any_but_in_ec2(action, named):
    """Nor has a request that is not signed a user."""
    assert f"User: anonymous is not authorized to perform: {action}{named} because no" in (
        not_allowed(Request(ANONYMOUS, action), Kind.RESOURCE).message
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Kind.BOUNDARY, "because no permissions boundary allows the sqs:PurgeQueue action"),
        (Kind.SESSION, "because no session policy allows the sqs:PurgeQueue action"),
        (Kind.RESOURCE, "because no resource-based policy allows the sqs:PurgeQueue action"),
        (Kind.TRUST, "because no role trust policy allows the sqs:PurgeQueue action"),
        (Kind.ENDPOINT, "because no VPC endpoint policy allows the sqs:PurgeQueue action"),
    ],
)
def test_each_kind_of_policy_has_its_name_in_a_reason(kind, reason):
    """As AWS writes them."""
    assert (reason, kind) == (not_allowed(PURGE, kind).reason, not_allowed(PURGE, kind).kind)


def test_a_denial_names_its_statement_and_policy():
    """The kind of policy stands in the reason."""
    found = denied_by(PURGE, POLICY, POLICY.statements[0])

    assert (False, Kind.IDENTITY, "keep", "Keep") == (found.allowed, found.kind, found.policy, found.sid)
    assert "with an explicit deny in an identity-based policy" == found.reason


def test_what_is_allowed_has_no_message():
    """Its reason says by what, all the same."""
    found = allowed_by(PURGE, POLICY, POLICY.statements[0])

    assert (True, "", "Keep") == (found.allowed, found.message, found.sid)
    assert "with an allow in an identity-based policy" == found.reason
