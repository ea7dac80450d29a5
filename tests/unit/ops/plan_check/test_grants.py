"""Permissions and ways in that no policy of a role says."""

import json

import pytest

from ops.plan_check.change import Change
from ops.plan_check.rules import find

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def found(resource_type, actions, before=None, after=None):
    """Kinds of what is found in one change."""
    return [str(one.kind) for one in find([Change("a.b", resource_type, actions, before or {}, after or {})])]


def policy(**statement):
    """A policy that allows one thing."""
    return json.dumps({"Statement": {"Effect": "Allow", **statement}})


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("aws_iam_role", "managed_policy_arns"),
        ("aws_iam_role_policy_attachments_exclusive", "policy_arns"),
        ("aws_iam_policy_attachment", "roles"),
        ("aws_iam_policy_attachment", "users"),
        ("aws_iam_policy_attachment", "groups"),
    ],
)
def test_a_list_of_managed_policies_gets_longer(name, attribute):
    """Whoever is in it can do more; whoever leaves it, less."""
    short, long = {attribute: ["a"]}, {attribute: ["a", "b"]}

    assert ["identity"] == found(name, ("update",), short, long)
    assert [] == found(name, ("update",), long, short)


def test_a_new_role_names_a_policy_that_allows_everything():
    """A policy for one purpose is what a new role is there for."""
    assert ["identity"] == found("aws_iam_role", ("create",), after={"managed_policy_arns": [ADMINISTRATOR]})
    assert [] == found("aws_iam_role", ("create",), after={"managed_policy_arns": [READER]})


def test_a_policy_within_a_role_is_compared_as_any_other():
    """By its name, wherever it stands in the list."""
    small = {"name": "run", "policy": policy(Action="a:b", Resource="*")}
    large = {"name": "run", "policy": policy(Action="a:*", Resource="*")}
    other = {"name": "also", "policy": policy(Action="c:d", Resource="*")}

    before, after = {"inline_policy": [small, other]}, {"inline_policy": [other, large]}

    assert ["identity"] == found("aws_iam_role", ("update",), before, after)
    assert [] == found("aws_iam_role", ("update",), after, before)


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"principal": "*"}, ["identity"]),
        ({"principal": "*", "source_account": "123456789012"}, []),
        ({"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:::rule/a"}, []),
    ],
)
def test_everyone_may_call_a_function(values, kinds):
    """Unless it is bound to somebody's account or resource."""
    assert kinds == found("aws_lambda_permission", ("create",), after=values)
    assert [] == found("aws_lambda_permission", ("delete",), values)


def test_an_identity_provider_is_trusted_for_another_audience():
    """Its tokens for other programs open the same roles."""
    one, two = {"client_id_list": ["a"]}, {"client_id_list": ["a", "b"]}

    assert ["identity"] == found("aws_iam_openid_connect_provider", ("update",), one, two)
    assert [] == found("aws_iam_openid_connect_provider", ("update",), two, one)
    assert [] == found("aws_iam_openid_connect_provider", ("create",), after=two)


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "*", "Resource": "*"},
        {"Action": ["a:b", "*"], "Resource": ["x", "*"]},
        {"NotAction": "iam:*", "Resource": "*"},
        {"Action": "*", "NotResource": "x"},
        {"Action": "s3:*", "Resource": "*"},
        {"Action": "iam:PassRole", "Resource": "*"},
        {"Action": "iam:passrole", "Resource": "*"},
        {"Action": "sts:AssumeRole", "Resource": "*"},
    ],
)
def test_a_new_policy_of_an_identity_leaves_nothing_out(statement):
    """Whoever has it may do everything, or become anybody."""
    role = Change("a.role", "aws_iam_role", ("create",), after={"name": "new"})
    values = {"role": "new", "policy": policy(**statement)}

    assert ["a.policy"] == [
        one.address
        for one in find([role, Change("a.policy", "aws_iam_role_policy", ("create",), after=values)])
    ]


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "sqs:SendMessage", "Resource": "*"},
        {"Action": "sqs:*", "Resource": "arn:aws:sqs:eu-central-1:123456789012:mail"},
        {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/task"},
        {
            "Action": "iam:PassRole",
            "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
    ],
)
def test_a_new_policy_of_an_identity_is_for_something(statement):
    """That is what it is made for."""
    role = Change("a.role", "aws_iam_role", ("create",), after={"name": "new"})
    values = {"role": "new", "policy": policy(**statement)}

    assert [] == find([role, Change("a.policy", "aws_iam_role_policy", ("create",), after=values)])


def test_a_new_managed_policy_gives_nothing_until_it_is_attached():
    """It may be a boundary, which names whole services; everything is too much for that as well."""
    whole_service, everything = (policy(Action=action, Resource="*") for action in ("s3:*", "*"))

    assert [] == found("aws_iam_policy", ("create",), after={"policy": whole_service})
    assert ["identity"] == found("aws_iam_policy", ("create",), after={"policy": everything})


GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("principal", "condition", "kinds"),
    [
        ("*", None, ["identity"]),
        ({"AWS": "*"}, None, ["identity"]),
        ({"AWS": "*"}, {"Bool": {"aws:SecureTransport": "true"}}, ["identity"]),
        ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, []),
        ({"AWS": "123456789012"}, None, []),
        ({"Service": "ecs-tasks.amazonaws.com"}, None, []),
        ({"Federated": GITHUB}, None, ["identity"]),
        (
            {"Federated": GITHUB},
            {"StringEquals": {"token.actions.githubusercontent.com:aud": "a"}},
            ["identity"],
        ),
        (
            {"Federated": GITHUB},
            {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}},
            [],
        ),
        (
            {"Federated": "cognito-identity.amazonaws.com"},
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "a"}},
            [],
        ),
    ],
)
def test_a_new_role_trusts_somebody(principal, condition, kinds):
    """And not everybody."""
    further = {"Condition": condition} if condition else {}
    trust = policy(Action="sts:AssumeRole", Principal=principal, **further)

    assert kinds == found("aws_iam_role", ("create",), after={"assume_role_policy": trust})


def test_a_new_endpoint_may_be_used_by_everyone_in_the_vpc():
    """Its policy has to name everyone, and its network says who that is."""
    values = {"vpc_id": "vpc-1", "policy": policy(Action="*", Principal="*", Resource="*")}

    assert [] == found("aws_vpc_endpoint", ("create",), after=values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("aws_db_instance", {"publicly_accessible": True}),
        ("aws_s3_bucket_acl", {"acl": "public-read"}),
        ("aws_s3_bucket", {"acl": "public-read-write"}),
        ("aws_s3_bucket", {"grant": [{"permissions": ["READ"], "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}]}),
        ("aws_lambda_function_url", {"authorization_type": "NONE"}),
    ],
)  # fmt: skip
def test_what_is_new_is_open_to_the_public(name, values):
    """Nothing of a service has to be."""
    assert ["network"] == found(name, ("create",), after=values)
    assert [] == found(name, ("create",), after={"acl": "private", "authorization_type": "AWS_IAM"})
