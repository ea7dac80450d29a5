"""Calls from their parameters to a decision, by policies like those that are planned."""

import pytest

from stage.authorization.calls.authorize import requests
from stage.authorization.calls.call import Call
from stage.authorization.evaluate import Policies, evaluate_all
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import Principal
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

OWN = {"Application": "notifications", "Environment": "staging"}
SQS = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
TAGGED = {"StringEquals": {f"aws:RequestTag/{key}": value for key, value in OWN.items()}}


def identity(*statements):
    """Policies of a role whose statements allow something."""
    whole = [{"Effect": "Allow", **one} for one in statements]
    return Policies((parse({"Version": "2012-10-17", "Statement": whole}, Kind.IDENTITY),))


DEPLOY = identity(
    {
        "Action": ["sqs:CreateQueue", "sqs:TagQueue"],
        "Resource": f"{SQS}:notifications-staging*",
        "Condition": TAGGED,
    },
    {"Action": "ec2:CreateSubnet", "Resource": "*", "Condition": TAGGED},
    {
        "Action": "ec2:CreateSubnet",
        "Resource": "*",
        "Condition": {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in OWN.items()}},
    },
    {
        "Action": "ec2:CreateTags",
        "Resource": "*",
        "Condition": {"StringEquals": {"ec2:CreateAction": ["CreateSubnet"]}},
    },
    {
        "Action": "ecs:RegisterTaskDefinition",
        "Resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/notifications-*",
    },
    {
        "Action": "iam:PassRole",
        "Resource": f"{ROLES}/notifications-staging*",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    },
)
API = identity(
    {"Action": ["sqs:SendMessage", "sqs:GetQueueUrl"], "Resource": f"{SQS}:notifications-staging-mail"}
)
MAIL = {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/notifications-staging-mail"}
VPC = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"


def decision(policies, service, operation, parameters, world=None):
    """The decision on a call of a role."""
    caller = Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/run", f"{ROLES}/caller")
    call = Call(service, operation, parameters, REGION, ACCOUNT)
    found = requests(call, caller, world or Things())
    return evaluate_all((one, policies) for one in found)


@pytest.mark.parametrize(
    ("name", "tags", "allowed"),
    [
        ("notifications-staging-mail", OWN, True),
        ("notifications-staging-mail", {**OWN, "Environment": "production"}, False),
        ("notifications-staging-mail", {}, False),
        ("notifications-production-mail", OWN, False),
    ],
)
def test_a_deployment_makes_queues_of_its_own(name, tags, allowed):
    """By their names, and with its tags."""
    assert allowed == decision(DEPLOY, "sqs", "CreateQueue", {"QueueName": name, "tags": tags}).allowed


def test_a_deployment_makes_subnets_in_its_own_network():
    """The VPC bears the tags already, the subnet gets them."""
    tags = [{"Key": key, "Value": value} for key, value in OWN.items()]
    given = {"VpcId": "vpc-1", "TagSpecifications": [{"ResourceType": "subnet", "Tags": tags}]}

    assert decision(DEPLOY, "ec2", "CreateSubnet", given, Things(tagged={VPC: OWN})).allowed
    refused = decision(DEPLOY, "ec2", "CreateSubnet", given)
    assert (False, VPC) == (refused.allowed, refused.request.resource)


def test_a_deployment_makes_keys_with_its_tags():
    """Both rights are its own: the key has no policy yet."""
    policies = identity(
        {"Action": "kms:CreateKey", "Resource": "*", "Condition": TAGGED},
        {
            "Action": "kms:TagResource",
            "Resource": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*",
            "Condition": TAGGED,
        },
    )
    tags = [{"TagKey": key, "TagValue": value} for key, value in OWN.items()]

    assert decision(policies, "kms", "CreateKey", {"Tags": tags}).allowed
    assert not decision(policies, "kms", "CreateKey", {"Tags": tags[:1]}).allowed


def test_a_deployment_passes_its_own_roles_alone():
    """With another one a task could do what the deployment may not."""
    given = {"family": "notifications-staging-api", "containerDefinitions": []}
    own = decision(
        DEPLOY,
        "ecs",
        "RegisterTaskDefinition",
        {**given, "taskRoleArn": f"{ROLES}/notifications-staging-api"},
    )
    others = decision(DEPLOY, "ecs", "RegisterTaskDefinition", {**given, "taskRoleArn": f"{ROLES}/admin"})

    assert own.allowed
    assert (False, "iam:PassRole", f"{ROLES}/admin") == (
        others.allowed,
        others.request.action,
        others.request.resource,
    )


def test_a_task_sends_to_its_queue_and_does_not_empty_it():
    """A batch takes the same right as one message."""
    assert decision(API, "sqs", "SendMessage", {**MAIL, "MessageBody": "x"}).allowed
    assert decision(API, "sqs", "SendMessageBatch", {**MAIL, "Entries": []}).allowed
    assert not decision(API, "sqs", "PurgeQueue", MAIL).allowed
