import json

import pytest
from moto.core.base_backend import BackendDict
from moto.ecs.models import ecs_backends

from stage.authorization.calls.authorize import asked
from stage.authorization.calls.call import Call
from stage.authorization.calls.world import World
from stage.control_plane.rights import names, tags
from stage.control_plane.rights.world import MotoWorld
from tests.unit.stage.control_plane.extensions.gaps.world import REGION
from tests.unit.stage.control_plane.rights.tagged import ACCOUNT, MAKERS, TAGS, regional

WORLD: World = MotoWorld(ACCOUNT, REGION)
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def test_it_is_a_world_to_authorize_calls_in(client):
    """A message to a queue has the queue's tags, and takes its key."""
    key, _ = MAKERS["kms:key"](client)
    url = client("sqs").create_queue(QueueName="mail", tags=TAGS, Attributes={"KmsMasterKeyId": key})[
        "QueueUrl"
    ]
    call = Call("sqs", "SendMessage", {"QueueUrl": url}, REGION, ACCOUNT)

    found = {one.action: one for one in asked(call, WORLD)}

    assert {"sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"} == found.keys()
    assert "staging" == found["sqs:SendMessage"].context["aws:ResourceTag/Environment"]
    assert key == found["kms:Decrypt"].resource


def test_a_key_has_its_aliases(client):
    """All of them."""
    arn, _ = MAKERS["kms:key"](client)
    for alias in ("alias/mail", "alias/ledger"):
        client("kms").create_alias(AliasName=alias, TargetKeyId=arn)

    assert {"kms:ResourceAliases": ["alias/mail", "alias/ledger"]} == WORLD.keys(arn)


def test_a_key_without_an_alias_has_no_keys(client):
    """A condition on them has nothing to look at."""
    arn, _ = MAKERS["kms:key"](client)

    assert {} == WORLD.keys(arn)


def test_a_role_has_its_boundary(client):
    """Until it is taken away."""
    iam = client("iam")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY)["Role"][
        "Arn"
    ]
    before = WORLD.keys(arn)

    iam.delete_role_permissions_boundary(RoleName="r")

    assert ({"iam:PermissionsBoundary": BOUNDARY}, {}) == (before, WORLD.keys(arn))


def test_a_role_under_another_path_has_no_boundary(client):
    """It is another role."""
    client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY)

    assert {} == WORLD.keys(f"arn:aws:iam::{ACCOUNT}:role/system/r")


@pytest.mark.parametrize(
    "arn", ["*", "", "arn:aws:sqs", regional("sqs", "lost"), regional("kms", "key/lost")]
)
def test_nothing_is_known_of_what_is_not_there(client, arn):
    """Nor of what is no ARN; and none of it is an error."""
    MAKERS["kms:key"](client)

    assert ({}, {}, (), "") == (
        WORLD.tags(arn),
        WORLD.keys(arn),
        tuple(WORLD.passed_roles(arn)),
        WORLD.encryption_key(arn),
    )


def test_the_roles_of_a_task_definition_are_found(client):
    """Those that it names."""
    roles = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("task", "execution")]
    container = {"name": "api", "image": "api", "memory": 1}
    arns = [
        client("ecs").register_task_definition(family="api", containerDefinitions=[container], **named)[
            "taskDefinition"
        ]["taskDefinitionArn"]
        for named in (
            {"taskRoleArn": roles[0], "executionRoleArn": roles[1]},
            {"executionRoleArn": roles[1]},
            {},
        )
    ]

    assert [roles, roles[1:], []] == [WORLD.passed_roles(arn) for arn in arns]
    assert [] == WORLD.passed_roles(f"{arns[0]}0")


def test_a_bucket_has_an_owner(client):
    """As long as it is there."""
    s3 = client("s3")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
    before = WORLD.owner("state")

    s3.delete_bucket(Bucket="state")

    assert (ACCOUNT, "") == (before, WORLD.owner("state"))


def test_looking_makes_nothing(client):
    """The process that has SQS to itself gets no other service by being asked."""
    before = set(map(id, BackendDict._instances))  # noqa: SLF001 - moto has no other

    for kind in names._KINDS:  # noqa: SLF001 - all there are
        assert [] == WORLD.arns(kind, "name")
    for service in tags._PLACES:  # noqa: SLF001 - all there are
        arn = regional(service, "kind/name")
        assert ({}, {}, "") == (WORLD.tags(arn), WORLD.keys(arn), WORLD.encryption_key(arn))
    assert [] == list(WORLD.passed_roles(regional("ecs", "task-definition/api:1")))

    assert before == set(map(id, BackendDict._instances))  # noqa: SLF001 - moto has no other
    assert ACCOUNT not in ecs_backends
