"""Actions that a check needs."""

import re

import pytest

from ops.drift import sources
from ops.drift.actions import ACTIONS
from ops.drift.sources import look
from ops.drift.state import State
from tests.unit.ops.drift.system import start

# Where IAM has another name than the API.
_SERVICES = {
    "tagging": "tag",
    "email": "ses",
    "autoscaling": "application-autoscaling",
    "monitoring": "cloudwatch",
}
_ACTIONS = {
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}
# Asked of what is tagged alone, or of what the emulated system has none of.
_RARELY = {
    "ec2:DescribeNatGateways",
    "ecs:DescribeTaskDefinition",
    "servicediscovery:GetService",
    "elasticloadbalancing:DescribeListenerCertificates",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_reads(action):
    """By its name, and nothing that tells a secret's value."""
    assert re.fullmatch(r"[a-z0-9-]+:(Describe|Get|List|BatchGet)[A-Za-z]+", action)
    assert action not in {
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "s3:GetObject",
    }


def test_they_are_in_order_and_each_is_there_once():
    """So that a missing one is seen."""
    assert sorted(set(ACTIONS)) == list(ACTIONS)


def test_a_check_calls_nothing_else(system):
    """And it calls all of them."""
    called = set()

    def note(model, **_):
        name = model.service_model.signing_name
        called.add(f"{_SERVICES.get(name, name)}:{model.name}")

    def client(name):
        one = system.client(name)
        one.meta.events.register("before-call", note, unique_id="actions")
        return one

    start(system)
    look(client, State(system.document()), sources.SOURCES)
    called = {_ACTIONS.get(one, one) for one in called}

    assert set(ACTIONS) - _RARELY == called - _RARELY
