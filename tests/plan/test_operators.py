"""What a person may do by hand, and who that is."""

import json

import pytest

from tests.plan.view import only

ACCOUNT = "123456789012"
QUEUES = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:notifications-production-mail"
LEDGER = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/notifications-production-deliveries-restored"
ROLE = "notifications-production-operators"


@pytest.fixture
def role(production):
    """The operators' role."""
    return production.one("aws_iam_role", name=ROLE)


def test_there_is_no_role_while_nobody_may_take_it(staging):
    """A role that nobody needs is one that nobody watches."""
    assert [] == staging.variables["operators"]
    assert "notifications-staging-operators" not in staging.role_names
    assert staging.outputs["operators_role_arn"] is None


def test_operators_do_what_the_commands_and_a_look_at_the_ledger_call(production):
    """Letters are taken and brought back, items read and written by their keys; none is deleted or listed."""
    granted = {
        sid: (set(one.actions), set(one.resources)) for sid, one in production.policy_statements(ROLE).items()
    }
    take = {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"}
    items = {"GetItem", "PutItem", "UpdateItem"}
    assert granted == {
        "TakeDeadLetters": ({f"sqs:{one}" for one in take}, {f"{QUEUES}-dead-letter"}),
        "BringThemBack": ({"sqs:GetQueueUrl", "sqs:SendMessage"}, {QUEUES, f"{QUEUES}-priority"}),
        "ReadAndMendLedger": ({f"dynamodb:{one}" for one in items}, {LEDGER}),
    }


def test_the_named_alone_take_the_role(role, production):
    """The account's IAM decides who may ask, the condition who gets it."""
    trust = only(json.loads(role["assume_role_policy"])["Statement"])
    assert ("Allow", "sts:AssumeRole") == (trust["Effect"], trust["Action"])
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert trust["Condition"] == {"ArnLike": {"aws:PrincipalArn": only(production.variables["operators"])}}


def test_a_session_ends_within_the_hour(role):
    """Whoever is still at it takes the role again."""
    assert 3600 == role["max_session_duration"]


def test_the_role_is_put_out(production):
    """To be taken by its ARN."""
    assert production.outputs["operators_role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"


def test_the_role_is_held_by_the_boundary(role, production):
    """It is made by a deployment like every other."""
    assert role["permissions_boundary"] == production.variables["permissions_boundary_arn"]
