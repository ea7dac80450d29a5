from ipaddress import ip_network
from itertools import combinations

import pytest

from tests.plan.module_view import output_of, references, resources_of

NETWORK = "module.network"
TASKS = ("module.notification_api.aws_ecs_service.this", "module.email_sender.aws_ecs_service.this")
TWO = {"eu-central-1a", "eu-central-1b"}
# VPCs of each size by what their addresses begin with.
SIZES = {
    16: "module.network_edge.",
    23: "module.network_small.",
    **{
        size: f'module.network_partitions_edge["{partition}"].'
        for size, partition in enumerate(
            ("aws-us-gov", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e"), start=17
        )
    },
}
THREE = {"us-gov-west-1a", "us-gov-west-1b", "us-gov-west-1c"}
ZONES = [("network", TWO), ("network_edge", THREE)]


def _keys(plan, module, resource):
    """Zones that a resource exists for."""
    kind, name = resource.split(".")
    found = resources_of(plan, module, kind)
    return {key.removeprefix(f'{name}["').removesuffix('"]') for key in found if key.startswith(f"{name}[")}


def test_tasks_run_in_private_subnets(staging):
    """Both services' tasks are placed where the internet has no route to."""
    for service in TASKS:
        sources = staging.sources(service, "network_configuration", "subnets")
        assert {"module.network.aws_subnet.private"} == sources


def test_tasks_have_no_public_address(service):
    """A task cannot be reached around the load balancer."""
    assert service.network["assign_public_ip"] is False


def test_a_public_and_a_private_subnet_in_each_zone(standalone):
    """The loss of a zone leaves the others complete; every subnet's range follows from its number."""
    subnets = resources_of(standalone, "network", "aws_subnet")
    assert {
        'public["eu-central-1a"]': ("eu-central-1a", "10.20.0.0/24"),
        'public["eu-central-1b"]': ("eu-central-1b", "10.20.1.0/24"),
        'private["eu-central-1a"]': ("eu-central-1a", "10.20.16.0/20"),
        'private["eu-central-1b"]': ("eu-central-1b", "10.20.32.0/20"),
    } == {key: (one["availability_zone"], one["cidr_block"]) for key, one in subnets.items()}


def test_a_third_zone_leaves_the_others_where_they_are(standalone):
    """Subnets are numbered in the order in which the zones are named."""
    subnets = resources_of(standalone, "network_edge", "aws_subnet")
    assert {
        'public["us-gov-west-1c"]': "172.16.0.0/24",
        'public["us-gov-west-1a"]': "172.16.1.0/24",
        'public["us-gov-west-1b"]': "172.16.2.0/24",
        'private["us-gov-west-1c"]': "172.16.16.0/20",
        'private["us-gov-west-1a"]': "172.16.32.0/20",
        'private["us-gov-west-1b"]': "172.16.48.0/20",
    } == {key: one["cidr_block"] for key, one in subnets.items()}


def test_subnets_lie_in_the_vpc_and_apart(standalone):
    """No address belongs to two subnets."""
    subnets = resources_of(standalone, "network_edge", "aws_subnet").values()
    networks = [ip_network(subnet["cidr_block"]) for subnet in subnets]
    assert [True] * 6 == [network.subnet_of(ip_network("172.16.0.0/16")) for network in networks]
    assert [] == [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])]


def test_private_subnets_have_room_for_a_deployment(staging):
    """Twice the most tasks fit into one zone."""
    subnets = resources_of(staging, "network", "aws_subnet").items()
    blocks = [one["cidr_block"] for key, one in subnets if key.startswith("private[")]
    smallest = min(ip_network(block).num_addresses for block in blocks)
    most = sum(staging.service(name).target["max_capacity"] for name in ("notification-api", "email-sender"))
    assert smallest >= 10 * 2 * most


@pytest.mark.parametrize(("module", "zones"), ZONES)
def test_no_subnet_hands_out_public_addresses(standalone, module, zones):
    """What is started there by mistake stays unreachable."""
    subnets = resources_of(standalone, module, "aws_subnet").values()
    assert [subnet["map_public_ip_on_launch"] for subnet in subnets] == [False] * 2 * len(zones)


def test_names_resolve_inside_the_vpc(standalone):
    """Cloud Map's private DNS and the endpoints' need both switches."""
    vpc = resources_of(standalone, "network", "aws_vpc")["this"]
    assert "10.20.0.0/16" == vpc["cidr_block"]
    assert (True, True) == (vpc["enable_dns_support"], vpc["enable_dns_hostnames"])
    assert {"enable_dns_support", "enable_dns_hostnames"} <= set(
        standalone.written(f"{NETWORK}.aws_vpc.this")
    )


@pytest.mark.parametrize("part", ["aws_internet_gateway.this", "aws_subnet.public", "aws_subnet.private"])
def test_every_part_is_in_the_vpc(standalone, part):
    """There is one VPC, and nothing beside it."""
    assert standalone.sources(f"{NETWORK}.{part}", "vpc_id") == {f"{NETWORK}.aws_vpc.this"}


@pytest.mark.parametrize("table", ["public", "private"])
def test_route_tables_are_in_the_vpc(standalone, table):
    """A route table serves subnets of its own VPC."""
    assert standalone.sources(f"{NETWORK}.aws_route_table.{table}", "vpc_id") == {f"{NETWORK}.aws_vpc.this"}


@pytest.mark.parametrize("size", range(16, 24))
def test_subnets_have_room_in_a_vpc_of_any_size(standalone, size):
    """Three zones' subnets lie in the VPC side by side, and a load balancer's are no smaller than a /27."""
    subnets = {
        address: ip_network(one["cidr_block"])
        for address, one in standalone.all("aws_subnet").items()
        if address.startswith(SIZES[size])
    }
    vpc = next(
        ip_network(one["cidr_block"])
        for address, one in standalone.all("aws_vpc").items()
        if address.startswith(SIZES[size])
    )
    assert (vpc.prefixlen, len(subnets)) == (size, 6)
    assert all(one.subnet_of(vpc) for one in subnets.values())
    assert not [pair for pair in combinations(subnets.values(), 2) if pair[0].overlaps(pair[1])]
    assert {True} == {one.prefixlen <= 27 for one in subnets.values()}


@pytest.mark.parametrize(("module", "zones"), ZONES)
def test_each_zone_has_a_way_out_of_its_own(standalone, module, zones):
    """Each private subnet has a route table, a default route and the tie between them."""
    for resource in ("aws_route_table.private", "aws_route.nat", "aws_route_table_association.private"):
        assert _keys(standalone, module, resource) == zones
    routes = resources_of(standalone, module, "aws_route")
    assert {"0.0.0.0/0"} == {one["destination_cidr_block"] for one in routes.values()}
    assert len(routes) == len(zones) + 1


def test_private_subnets_leave_through_their_zones_nat_gateway(standalone):
    """The route of a zone's table leads to the gateway that its zone uses."""
    nat = standalone.written(f"{NETWORK}.aws_route.nat")
    assert ["aws_nat_gateway.this", "local.nat_zone", "each.key"] == references(nat["nat_gateway_id"])
    assert standalone.sources(f"{NETWORK}.aws_route.nat", "nat_gateway_id") == {
        f"{NETWORK}.aws_nat_gateway.this"
    }
    assert standalone.sources(f"{NETWORK}.aws_route.nat", "route_table_id") == {
        f"{NETWORK}.aws_route_table.private"
    }


@pytest.mark.parametrize(("module", "gateways"), [("network", {"eu-central-1a"}), ("network_edge", THREE)])
def test_one_nat_gateway_or_one_a_zone(standalone, module, gateways):
    """One for all stands in the first zone; one a zone survives the loss of a zone."""
    assert _keys(standalone, module, "aws_nat_gateway.this") == gateways
    assert _keys(standalone, module, "aws_eip.nat") == gateways
    assert {"vpc"} == {one["domain"] for one in resources_of(standalone, module, "aws_eip").values()}


def test_staging_saves_and_production_survives(staging, production):
    """Staging has one NAT gateway, production one in each of its three zones."""
    assert (1, 3) == (len(staging.all("aws_nat_gateway")), len(production.all("aws_nat_gateway")))


def test_each_zone_uses_its_own_nat_gateway_or_the_first_zones(offline):
    """What a plan leaves unknown until the gateways exist is read where it is written."""
    text = offline.source("modules/network/nat-gateways.tf")
    assert "var.nat_gateway_per_zone ? zone : var.availability_zones[0]" in text
    assert "aws_nat_gateway.this[local.nat_zone[each.key]].id" in offline.source(
        "modules/network/private-subnets.tf"
    )


def test_nat_gateways_stand_in_public_subnets(standalone):
    """A NAT gateway in a private subnet would route to itself; each has the address of its zone."""
    gateway = f"{NETWORK}.aws_nat_gateway.this"
    assert ["aws_subnet.public", "each.key"] == references(standalone.written(gateway)["subnet_id"])
    assert standalone.sources(gateway, "allocation_id") == {f"{NETWORK}.aws_eip.nat"}
    assert ["aws_internet_gateway.this"] == standalone.depends_on(gateway)


def test_public_subnets_leave_through_the_internet_gateway(standalone):
    """Load balancer and NAT gateway reach the internet."""
    route = f"{NETWORK}.aws_route.internet"
    assert standalone.sources(route, "gateway_id") == {f"{NETWORK}.aws_internet_gateway.this"}
    assert standalone.sources(route, "route_table_id") == {f"{NETWORK}.aws_route_table.public"}


@pytest.mark.parametrize("kind", ["public", "private"])
def test_each_subnet_uses_the_route_table_of_its_kind(standalone, kind):
    """No private subnet is routed as a public one, and none is left to the VPC's main table."""
    association = f"{NETWORK}.aws_route_table_association.{kind}"
    assert standalone.sources(association, "subnet_id") == {f"{NETWORK}.aws_subnet.{kind}"}
    assert standalone.sources(association, "route_table_id") == {f"{NETWORK}.aws_route_table.{kind}"}
    assert THREE == _keys(standalone, "network_edge", f"aws_route_table_association.{kind}")


def test_each_private_subnet_uses_its_own_route_table(standalone):
    """The table of another zone would lead through another zone's gateway."""
    table = standalone.written(f"{NETWORK}.aws_route_table_association.private")["route_table_id"]
    assert ["aws_route_table.private", "each.key"] == references(table)


def test_the_default_security_group_belongs_to_the_vpc(standalone):
    """What is closed is this VPC's own default group, not another's."""
    group = standalone.written(f"{NETWORK}.aws_default_security_group.closed")
    assert {"vpc_id", "tags"} == set(group)
    assert ["aws_vpc.this.id"] == references(group["vpc_id"])


@pytest.mark.parametrize(
    ("output", "value", "awaited"),
    [
        ("vpc_id", ["aws_vpc.this.id"], []),
        (
            "public_subnet_ids",
            ["var.availability_zones", "aws_subnet.public"],
            ["aws_route.internet", "aws_route_table_association.public"],
        ),
        (
            "private_subnet_ids",
            ["var.availability_zones", "aws_subnet.private"],
            [
                "aws_route.nat",
                "aws_route_table_association.private",
                "aws_vpc_endpoint.gateway",
                "aws_vpc_endpoint.interface",
            ],
        ),
        ("endpoint_security_group_id", ["aws_security_group.endpoints"], []),
        ("private_endpoints", ["var.private_endpoints"], []),
        ("prefix_list_ids", ["local.gateway_endpoints", "aws_vpc_endpoint.gateway"], []),
    ],
)
def test_what_is_handed_out_is_ready(standalone, output, value, awaited):
    """Who gets a subnet gets it with its ways out, so that a first task can pull its image."""
    written = output_of(standalone, "network", output)
    assert references(written["expression"]) == value
    assert sorted(written.get("depends_on", [])) == awaited


def test_parts_are_called_after_the_system(standalone):
    """Two environments in one account can be told apart in the console."""
    kinds = ("aws_vpc", "aws_subnet", "aws_route_table", "aws_eip", "aws_nat_gateway", "aws_internet_gateway")
    names = {
        one["tags"]["Name"] for kind in kinds for one in resources_of(standalone, "network", kind).values()
    }
    assert {
        "mail",
        "mail-eu-central-1a",
        "mail-nat-eu-central-1a",
        "mail-private-eu-central-1a",
        "mail-private-eu-central-1b",
        "mail-public",
        "mail-public-eu-central-1a",
        "mail-public-eu-central-1b",
    } == names
