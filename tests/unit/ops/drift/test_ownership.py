"""Resources that are tagged as ours, as the Tagging API tells them."""

from types import SimpleNamespace

import pytest

from ops.drift.ownership import tagged
from ops.drift.state import State
from tests.unit.ops.drift.system import CLUSTER, SECRET

HERE = "eu-central-1:123456789012"
GONE = {
    "service": f"arn:aws:ecs:{HERE}:service/{CLUSTER}/notification-api-canary",
    "group": f"arn:aws:ec2:{HERE}:security-group/sg-0123456789abcdef0",
    "rule of a group": f"arn:aws:ec2:{HERE}:security-group-rule/sgr-0123456789abcdef0",
    "task definition": f"arn:aws:ecs:{HERE}:task-definition/other:1",
    "target group": f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/x/0123456789abcdef",
    "rule": f"arn:aws:elasticloadbalancing:{HERE}:listener-rule/app/x/1/2/3",
    "Cloud Map service": f"arn:aws:servicediscovery:{HERE}:service/srv-x",
    "scalable target": f"arn:aws:application-autoscaling:{HERE}:scalable-target/x",
    "alarm": f"arn:aws:cloudwatch:{HERE}:alarm:{CLUSTER}-canary",
    "secret": f"arn:aws:secretsmanager:{HERE}:secret:x-123456",
    "key": f"arn:aws:kms:{HERE}:key/00000000-0000-0000-0000-000000000000",
}
PASSING = {
    "task": f"arn:aws:ecs:{HERE}:task/{CLUSTER}/0123",
    "deployment": f"arn:aws:ecs:{HERE}:service-deployment/{CLUSTER}/x/y",
    "older revision": f"arn:aws:ecs:{HERE}:task-definition/{CLUSTER}-notification-api:7",
    "canary that is gone": f"arn:aws:ecs:{HERE}:task-definition/{CLUSTER}-notification-api-canary:2",
    "interface": f"arn:aws:ec2:{HERE}:network-interface/eni-1",
}


@pytest.fixture
def strays(system):
    """Findings if the Tagging API tells these ARNs."""

    def strays(*arns):
        page = {"ResourceTagMappingList": [{"ResourceARN": arn} for arn in arns]}
        paginator = SimpleNamespace(paginate=lambda **_: [page])
        told = SimpleNamespace(get_paginator=lambda _: paginator)
        state = State(system.document())

        def aws(name):
            return told if name == "resourcegroupstaggingapi" else system.client(name)

        return [one.resource for one in tagged(aws, state)]

    return strays


@pytest.mark.parametrize("arn", GONE.values(), ids=GONE)
def test_what_is_gone_already_is_no_stray(strays, arn):
    """A canary's resources stay tagged for a while after it is taken back."""
    assert [] == strays(arn)


def test_a_service_in_another_cluster_is_a_stray(strays):
    """One of the same name in the system's own cluster says nothing of it."""
    arn = f"arn:aws:ecs:{HERE}:service/elsewhere/notification-api"

    assert [arn] == strays(arn)


@pytest.mark.parametrize("arn", PASSING.values(), ids=PASSING)
def test_what_is_made_by_what_is_declared_is_no_stray(strays, arn):
    """ECS gives tasks the tags of their service."""
    assert [] == strays(arn)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:lambda:{HERE}:function:x",
        "arn:aws:s3:::elsewhere",
    ],
)
def test_what_no_state_owns_is_a_stray(strays, arn):
    """A kind that is not known here is taken to be there."""
    assert [arn] == strays(arn)


def test_a_task_definition_of_nobodys_is_a_stray_until_it_is_deregistered(system, strays):
    """ECS keeps it, and its tags."""
    ecs = system.client("ecs")
    arn = ecs.register_task_definition(
        family="other", containerDefinitions=[{"name": "x", "image": "x:1", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    assert [arn] == strays(arn)

    ecs.deregister_task_definition(taskDefinition=arn)

    assert [] == strays(arn)


def test_what_the_state_owns_is_no_stray(system, strays):
    """By its ARN, or by the id at its end."""
    ids = system.ids
    owned = [
        f"arn:aws:ec2:{HERE}:{kind}/{ids[name]}" for kind, name in (("vpc", "vpc"), ("route-table", "table"))
    ]

    assert [] == strays(
        *owned, ids["secret"], ids["key_arn"], ids["service"], f"arn:aws:s3:::{ids['bucket']}"
    )


def test_a_secret_and_a_key_that_wait_for_their_end_are_no_strays(system, strays):
    """An environment that was destroyed leaves them for days."""
    secrets, kms = system.client("secretsmanager"), system.client("kms")
    secret = secrets.create_secret(Name="x", SecretString=SECRET)["ARN"]
    key = kms.create_key()["KeyMetadata"]
    assert [secret, key["Arn"]] == strays(secret, key["Arn"])

    secrets.delete_secret(SecretId=secret)
    kms.schedule_key_deletion(KeyId=key["KeyId"])

    assert [] == strays(secret, key["Arn"])
