import re

import pytest
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from stage.authorization.calls.world import World
from stage.control_plane.rights.arns import Where
from stage.control_plane.rights.names import arns_of
from tests.unit.stage.control_plane.extensions.gaps.world import REGION
from tests.unit.stage.control_plane.rights.busy import Busy
from tests.unit.stage.control_plane.rights.tagged import ACCOUNT, MAKERS, POLICY, regional

HERE = Where("aws", REGION, ACCOUNT)
KINDS = {}
"""Makers of what an identifier stands for, which give the identifier and the ARN, by the kind."""


def of_kind(*kinds):
    """Mark the maker of some kinds."""

    def mark(maker):
        KINDS.update(dict.fromkeys(kinds, maker))
        return maker

    return mark


def found(kind, identifier):
    """ARNs that are found."""
    return arns_of(kind, identifier, HERE)


def last(arn):
    """What stands behind the last slash."""
    return arn.rpartition("/")[2]


@of_kind("iam:role", "iam:user", "iam:policy", "iam:instance-profile")
def _by_name(aws, kind):
    arn, _ = MAKERS[kind](aws)
    return last(arn), arn


@of_kind("kms:key")
def _alias(aws, kind):
    arn, _ = MAKERS[kind](aws)
    aws("kms").create_alias(AliasName="alias/mail", TargetKeyId=arn)
    return "alias/mail", arn


@of_kind("secretsmanager:Secret")
def _secret(aws, kind):
    arn, _ = MAKERS[kind](aws)
    return "mail/smtp", arn


@of_kind("ecs:task-definition")
def _family(aws, kind):
    MAKERS[kind](aws)
    arn, _ = MAKERS[kind](aws)
    return "api", arn


@of_kind("application-autoscaling:ScalableTarget")
def _scalable_target(aws, kind):
    arn, _ = MAKERS[kind](aws)
    return "ecs/service/main/api/ecs:service:DesiredCount", arn


def associated_address(aws):
    """An address of a network interface, as it is described."""
    address, _ = MAKERS["ec2:elastic-ip"](aws)
    interface, _ = MAKERS["ec2:network-interface"](aws)
    ec2 = aws("ec2")
    ec2.associate_address(AllocationId=last(address), NetworkInterfaceId=last(interface))
    (described,) = ec2.describe_addresses()["Addresses"]
    return described, {"ec2:elastic-ip": address, "ec2:network-interface": interface}


@of_kind("ec2:elastic-ip", "ec2:network-interface")
def _association_of_address(aws, kind):
    described, arns = associated_address(aws)
    return described["AssociationId"], arns[kind]


def associated_table(aws, kind):
    """Id of an association with a route table, with the ARN of the table and that of what it is of."""
    ec2 = aws("ec2")
    table, _ = MAKERS["ec2:route-table"](aws)
    other, _ = MAKERS[kind](aws)
    name = {"ec2:subnet": "SubnetId", "ec2:internet-gateway": "GatewayId"}[kind]
    made = ec2.associate_route_table(RouteTableId=last(table), **{name: last(other)})
    return made["AssociationId"], table, other


@of_kind("ec2:route-table")
def _table(aws, _kind):
    identifier, table, _ = associated_table(aws, "ec2:subnet")
    return identifier, table


@of_kind("ec2:subnet", "ec2:internet-gateway")
def _at_table(aws, kind):
    identifier, _, other = associated_table(aws, kind)
    return identifier, other


@of_kind("ec2:security-group")
def _group(aws, _kind):
    made = aws("ec2").create_security_group(GroupName="tasks", Description="tasks")
    return "tasks", regional("ec2", f"security-group/{made['GroupId']}")


def private_namespace(aws):
    """Id of a namespace of Cloud Map with names in the DNS."""
    vpc, _ = MAKERS["ec2:vpc"](aws)
    cloud_map = aws("servicediscovery")
    made = cloud_map.create_private_dns_namespace(Name="internal", Vpc=last(vpc))["OperationId"]
    return cloud_map.get_operation(OperationId=made)["Operation"]["Targets"]["NAMESPACE"]


@of_kind("route53:hostedzone")
def _zone(aws, _kind):
    namespace = private_namespace(aws)
    (zone,) = aws("route53").list_hosted_zones()["HostedZones"]
    return namespace, f"arn:aws:route53:::hostedzone/{last(zone['Id'])}"


@of_kind("ses:identity", "ses:recipient")
def _domain(aws, _kind):
    arn, _ = MAKERS["ses:identity"](aws)
    return "someone@example.org", arn


def test_every_kind_has_a_maker():
    """Of those that the world's own description lists."""
    listed = World.arns.__doc__.partition("identifiers are:")[2]

    assert set(re.findall(r'"([\w.-]+:[\w-]+)"', listed)) == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_an_identifier_stands_for_an_arn(client, kind):
    """Of what is there."""
    identifier, arn = KINDS[kind](client, kind)

    assert [arn] == found(kind, identifier)


@pytest.mark.parametrize("kind", KINDS)
def test_another_identifier_stands_for_nothing(client, kind):
    """As does one of another place."""
    identifier, _ = KINDS[kind](client, kind)

    assert [] == found(kind, f"other-{identifier}.net")
    assert [] == arns_of(kind, identifier, HERE._replace(account="999999999999"))


@pytest.mark.parametrize("kind", [*KINDS, "sqs:queue"])
def test_of_nothing_nothing_is_found(client, kind):
    """Nor of a kind that is no one's."""
    assert [] == found(kind, "name")


def test_a_policy_is_found_by_its_name_without_a_path_too(client):
    """As most have none."""
    made = client("iam").create_policy(PolicyName="send", PolicyDocument=POLICY)

    assert [made["Policy"]["Arn"]] == found("iam:policy", "send")


def test_a_policy_of_aws_is_not_found_by_its_name(client):
    """A name alone tells one of the account's own."""
    MAKERS["iam:policy"](client)
    policies = iam_backends[ACCOUNT]["aws"].managed_policies
    policies["arn:aws:iam::aws:policy/job-function/Billing"] = policies.popitem()

    assert [] == found("iam:policy", "Billing")


def test_a_task_definition_is_found_by_its_revision(client):
    """Also by one that is not the newest; by none that is missing."""
    arn, _ = MAKERS["ecs:task-definition"](client)
    MAKERS["ecs:task-definition"](client)

    assert [arn] == found("ecs:task-definition", "api:1")
    assert [] == found("ecs:task-definition", "api:3") == found("ecs:task-definition", "api:latest")


def test_a_family_is_its_newest_active_revision(client):
    """Not one that was deregistered, nor one with fewer digits."""
    arns = [MAKERS["ecs:task-definition"](client)[0] for _ in range(11)]
    client("ecs").deregister_task_definition(taskDefinition=arns[10])

    assert [arns[9]] == found("ecs:task-definition", "api")


@pytest.mark.parametrize("kind", ["ec2:elastic-ip", "ec2:network-interface"])
def test_an_address_is_found_by_itself(client, kind):
    """As well as by its association."""
    described, arns = associated_address(client)

    assert [arns[kind]] == found(kind, described["PublicIp"])


def test_an_address_that_nobody_has_is_of_no_interface(client):
    """It is there all the same."""
    address, _ = MAKERS["ec2:elastic-ip"](client)
    public = client("ec2").describe_addresses()["Addresses"][0]["PublicIp"]

    assert ([address], []) == (found("ec2:elastic-ip", public), found("ec2:network-interface", public))


def test_what_a_table_is_associated_with_is_of_one_type(client):
    """A subnet is no internet gateway."""
    identifier, _, _ = associated_table(client, "ec2:subnet")

    assert [] == found("ec2:internet-gateway", identifier)


def test_a_main_table_is_associated_with_nothing(client):
    """But has an association."""
    MAKERS["ec2:vpc"](client)
    (main, *_) = (
        (one["RouteTableAssociationId"], table["RouteTableId"])
        for table in client("ec2").describe_route_tables()["RouteTables"]
        for one in table["Associations"]
        if one["Main"]
    )
    identifier, table = main

    assert [regional("ec2", f"route-table/{table}")] == found("ec2:route-table", identifier)
    assert [] == found("ec2:subnet", identifier)


def test_a_group_of_another_vpc_has_no_name(client):
    """A name tells a group in the default VPC alone."""
    MAKERS["ec2:security-group"](client)

    assert [] == found("ec2:security-group", "tasks")


def test_without_a_default_vpc_no_group_has_a_name(client):
    """Whichever other VPC there is."""
    ec2 = client("ec2")
    MAKERS["ec2:security-group"](client)
    (default,) = (vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"])
    within = [{"Name": "vpc-id", "Values": [default]}]
    for subnet in ec2.describe_subnets(Filters=within)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=default)

    assert [] == found("ec2:security-group", "tasks")


def test_a_namespace_without_dns_has_no_zone(client):
    """Such as one of ECS Service Connect."""
    arn, _ = MAKERS["servicediscovery:namespace"](client)

    assert [] == found("route53:hostedzone", last(arn))


def test_an_address_that_is_verified_is_its_own_identity(client):
    """Rather than its domain."""
    MAKERS["ses:identity"](client)
    client("sesv2").create_email_identity(EmailIdentity="someone@example.org")

    assert [regional("ses", "identity/someone@example.org")] == found("ses:identity", "someone@example.org")


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        ("iam:role", lambda: iam_backends[ACCOUNT]["aws"].roles),
        ("kms:key", lambda: kms_backends[ACCOUNT][REGION].keys),
        ("ec2:route-table", lambda: ec2_backends[ACCOUNT][REGION].route_tables),
        ("ec2:security-group", lambda: ec2_backends[ACCOUNT][REGION].vpcs),
    ],
)
def test_others_may_be_made_meanwhile(client, kind, others):
    """Other threads answer other calls."""
    among = others()
    among["busy"] = Busy(among)

    assert [] == found(kind, "lost")
    among.clear()
