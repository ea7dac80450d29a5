"""Types and attributes, whatever resource has them: also those that this system does not have."""

import pytest

from ops.plan_check.change import Change
from ops.plan_check.rules import find
from tests.unit.ops.plan_check.planned import HERE, load, put

ATTRIBUTES = load(HERE / "attributes.yaml")
TYPES = [
    pytest.param(kind, name, word, how == "replaced", id=name)
    for kind, ways in load(HERE / "types.yaml").items()
    for how, types in ways.items()
    for name, word in types.items()
]

HARMLESS = [
    "aws_cloudwatch_dashboard",
    "aws_ecs_task_definition",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_security_group",
    "aws_vpc_security_group_ingress_rule",
    "aws_kms_alias",
    "aws_ecr_lifecycle_policy",
    "aws_launch_template",
    "aws_api_gateway_deployment",
    "random_password",
    "terraform_data",
    "null_resource",
    "time_sleep",
]


def of(resource_type, actions, before=None, after=None):
    """What is found in one change."""
    return find([Change("a.b", resource_type, actions, before or {}, after or {})])


@pytest.mark.parametrize(
    ("kind", "name", "attribute", "before", "after", "both"),
    [pytest.param(*row[:5], "both" in row[5:], id=f"{row[1]}.{row[2]}") for row in ATTRIBUTES],
)
def test_an_attribute_that_gets_worse_is_found(kind, name, attribute, before, after, both):
    """And when it gets better, nothing; but where nobody can say what is better, either way."""
    worse, better = {}, {}
    put(better, attribute.split("."), before)
    put(worse, attribute.split("."), after)

    assert [kind] == [str(one.kind) for one in of(name, ("update",), better, worse)]
    assert ([kind] if both else []) == [str(one.kind) for one in of(name, ("update",), worse, better)]


@pytest.mark.parametrize(("kind", "name", "word", "replaced"), TYPES)
def test_a_type_that_is_missed_is_found(kind, name, word, replaced):
    """Deleted, it is told what that means; new, it is no danger."""
    (gone,) = of(name, ("delete",))

    assert kind == str(gone.kind)
    assert word in gone.sentence
    for order in (("delete", "create"), ("create", "delete")):
        assert ([kind] if replaced else []) == [str(one.kind) for one in of(name, order)]
    assert [] == of(name, ("create",))


@pytest.mark.parametrize("name", HARMLESS)
@pytest.mark.parametrize("actions", [("create",), ("delete",), ("delete", "create"), ("forget",)])
def test_a_type_that_nobody_misses_is_not_found(name, actions):
    """It holds nothing, serves nobody, watches nothing."""
    assert [] == of(name, actions)


@pytest.mark.parametrize(
    "name",
    [
        "aws_iam_access_key",
        "aws_iam_group_membership",
        "aws_iam_policy_attachment",
        "aws_iam_user_group_membership",
        "aws_iam_user_login_profile",
        "aws_kms_grant",
        "aws_ram_principal_association",
        "aws_ssoadmin_account_assignment",
    ],
)
def test_access_that_somebody_gets_is_found(name):
    """By a resource that is new; that it goes is nobody's danger."""
    assert ["identity"] == [str(one.kind) for one in of(name, ("create",))]
    assert [] == of(name, ("delete",))


POLICY = (
    '{"Statement": {"Effect": "%s", "Principal": {"AWS": "123456789012"}, "Action": "a:b", "Resource": "*"}}'
)

PARTS = [
    ("aws_s3_bucket_policy", "bucket", "aws_s3_bucket", "bucket"),
    ("aws_sqs_queue_policy", "queue_url", "aws_sqs_queue", "id"),
    ("aws_sns_topic_policy", "arn", "aws_sns_topic", "arn"),
    ("aws_secretsmanager_secret_policy", "secret_arn", "aws_secretsmanager_secret", "arn"),
    ("aws_kms_key_policy", "key_id", "aws_kms_key", "key_id"),
    ("aws_ecr_repository_policy", "repository", "aws_ecr_repository", "name"),
    ("aws_dynamodb_resource_policy", "resource_arn", "aws_dynamodb_table", "arn"),
    ("aws_iam_role_policy", "role", "aws_iam_role", "name"),
    ("aws_iam_user_policy", "user", "aws_iam_user", "name"),
    ("aws_iam_group_policy", "group", "aws_iam_group", "name"),
]


@pytest.mark.parametrize(("name", "link", "whole", "key"), PARTS)
def test_a_policy_comes_and_goes_with_what_it_is_for(name, link, whole, key):
    """By itself it gives somebody more, or takes a denial away."""
    allowing, denying = ({link: "x", "policy": POLICY % effect} for effect in ("Allow", "Deny"))
    new = Change("a.policy", name, ("create",), after=allowing)
    gone = Change("a.policy", name, ("delete",), before=denying)

    assert ["a.policy"] == [one.address for one in find([new])]
    assert [] == find([new, Change("a.whole", whole, ("create",), after={key: "x"})])
    assert ["a.policy"] == [one.address for one in find([gone])]
    assert "a.policy" not in {
        one.address for one in find([gone, Change("a.whole", whole, ("delete",), before={key: "x"})])
    }


@pytest.mark.parametrize(
    ("name", "link", "whole", "key"),
    [
        ("aws_s3_bucket_versioning", "bucket", "aws_s3_bucket", "bucket"),
        ("aws_secretsmanager_secret_version", "secret_id", "aws_secretsmanager_secret", "id"),
        ("aws_secretsmanager_secret_rotation", "secret_id", "aws_secretsmanager_secret", "id"),
        ("aws_flow_log", "vpc_id", "aws_vpc", "id"),
        ("aws_route_table_association", "route_table_id", "aws_route_table", "id"),
        ("aws_route_table_association", "subnet_id", "aws_subnet", "id"),
        ("aws_cloudwatch_log_metric_filter", "log_group_name", "aws_cloudwatch_log_group", "name"),
        (
            "aws_sesv2_configuration_set_event_destination",
            "configuration_set_name",
            "aws_sesv2_configuration_set",
            "configuration_set_name",
        ),
        ("aws_appautoscaling_policy", "resource_id", "aws_appautoscaling_target", "resource_id"),
    ],
)
def test_a_part_goes_with_its_whole(name, link, whole, key):
    """Only the whole is told, and only of its own parts."""
    part = Change("a.part", name, ("delete",), before={link: "x"})

    for value, told in (("x", {"a.whole"}), ("y", {"a.whole", "a.part"})):
        found = find([part, Change("a.whole", whole, ("delete",), before={key: value})])
        assert told == {one.address for one in found}


def test_a_rule_of_a_new_network_acl_lets_nobody_in_who_was_not():
    """What it is for is new as well."""
    rule = {"network_acl_id": "acl-1", "rule_action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "-1"}
    new = Change("a.rule", "aws_network_acl_rule", ("create",), after=rule)

    assert ["a.rule"] == [one.address for one in find([new])]
    assert [] == find([new, Change("a.acl", "aws_network_acl", ("create",), after={"id": "acl-1"})])


def test_a_denial_of_a_network_acl_that_is_deleted_is_missed():
    """What it refused gets through."""
    rule = {"network_acl_id": "acl-1", "rule_action": "deny", "cidr_block": "192.0.2.0/24", "protocol": "-1"}

    assert ["network"] == [str(one.kind) for one in of("aws_network_acl_rule", ("delete",), rule)]
    assert [] == of("aws_network_acl_rule", ("delete",), rule | {"rule_action": "allow"})


def test_a_network_acl_that_is_deleted_is_missed():
    """Its subnets get the VPC's, which lets everything through."""
    assert ["network"] == [str(one.kind) for one in of("aws_network_acl", ("delete",))]


def test_a_route_of_a_new_table_opens_nothing():
    """No subnet had it."""
    route = {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}
    new = Change("a.route", "aws_route", ("create",), after=route)

    assert ["a.route"] == [one.address for one in find([new])]
    assert [] == find([new, Change("a.table", "aws_route_table", ("create",), after={"id": "rtb-1"})])
