from ipaddress import ip_network
from itertools import combinations

TASKS = ("module.notification_api.aws_ecs_service.this", "module.email_sender.aws_ecs_service.this")


def test_tasks_run_in_private_subnets(staging):
    """Both services' tasks are placed where the internet has no route to."""
    for service in TASKS:
        sources = staging.sources(service, "network_configuration", "subnets")
        assert sources == {"module.network.aws_subnet.private"}


def test_tasks_have_no_public_address(service):
    """A task cannot be reached around the load balancer."""
    assert service.network["assign_public_ip"] is False


def test_a_public_and_a_private_subnet_in_each_zone(staging):
    """The loss of a zone leaves the other complete."""
    zones = sorted(subnet["availability_zone"] for subnet in staging.all("aws_subnet").values())
    assert zones == ["eu-central-1a", "eu-central-1a", "eu-central-1b", "eu-central-1b"]


def test_subnets_lie_in_the_vpc_and_apart(production):
    """No address belongs to two subnets, with three zones too."""
    networks = [ip_network(subnet["cidr_block"]) for subnet in production.all("aws_subnet").values()]
    assert all(network.subnet_of(ip_network("10.20.0.0/16")) for network in networks)
    assert not [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])]


def test_private_subnets_have_room_for_a_deployment(staging):
    """Twice the most tasks fit into one zone."""
    blocks = [one["cidr_block"] for key, one in staging.all("aws_subnet").items() if ".private[" in key]
    smallest = min(ip_network(block).num_addresses for block in blocks)
    most = sum(staging.service(name).target["max_capacity"] for name in ("notification-api", "email-sender"))
    assert smallest >= 10 * 2 * most


def test_no_subnet_hands_out_public_addresses(staging):
    """What is started there by mistake stays unreachable."""
    assert {subnet["map_public_ip_on_launch"] for subnet in staging.all("aws_subnet").values()} == {False}


def test_names_resolve_inside_the_vpc(staging):
    """Cloud Map's private DNS needs both switches."""
    vpc = staging.one("aws_vpc")
    assert (vpc["enable_dns_support"], vpc["enable_dns_hostnames"]) == (True, True)


def test_private_subnets_leave_through_nat(staging):
    """Each private route table has one default route, to a NAT gateway."""
    nat = "module.network.aws_route.nat"
    assert len([key for key in staging.all("aws_route") if key.startswith(nat)]) == 2
    assert staging.sources(nat, "nat_gateway_id") == {"module.network.aws_nat_gateway.this"}
    assert staging.sources(nat, "route_table_id") == {"module.network.aws_route_table.private"}


def test_public_subnets_leave_through_the_internet_gateway(staging):
    """Load balancer and NAT gateway reach the internet."""
    route = "module.network.aws_route.internet"
    assert staging.sources(route, "gateway_id") == {"module.network.aws_internet_gateway.this"}
    assert staging.sources(route, "route_table_id") == {"module.network.aws_route_table.public"}


def test_each_subnet_uses_the_route_table_of_its_kind(staging):
    """No private subnet is routed as a public one."""
    for kind in ("public", "private"):
        association = f"module.network.aws_route_table_association.{kind}"
        assert staging.sources(association, "subnet_id") == {f"module.network.aws_subnet.{kind}"}
        assert staging.sources(association, "route_table_id") == {f"module.network.aws_route_table.{kind}"}


def test_nat_gateways_stand_in_public_subnets(staging):
    """A NAT gateway in a private subnet would route to itself."""
    gateway = "module.network.aws_nat_gateway.this"
    assert "module.network.aws_subnet.public" in staging.sources(gateway, "subnet_id")


def test_one_nat_gateway_or_one_a_zone(staging, production):
    """Staging saves, production survives the loss of a zone."""
    assert len(staging.all("aws_nat_gateway")) == 1
    assert len(production.all("aws_nat_gateway")) == 3
