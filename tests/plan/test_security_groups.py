import pytest

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"
LOAD_BALANCER = "module.load_balancer.aws_security_group.this"
API = "module.notification_api.aws_security_group.this"
SENDER = "module.email_sender.aws_security_group.this"
FULL = "module.service_full"
PLAIN = "module.service_plain"
RULES = {
    f"{EGRESS}.callers",
    f"{EGRESS}.endpoints",
    f"{EGRESS}.internet",
    f"{EGRESS}.load_balancer",
    f"{EGRESS}.prefix_lists",
    f"{INGRESS}.callers",
    f"{INGRESS}.endpoints",
    f"{INGRESS}.load_balancer",
}


def _groups(plan, address, argument):
    found = plan.sources(address, argument)
    return {source for source in found if ".aws_security_group." in source}


def _ports(rule):
    return (rule["ip_protocol"], rule["from_port"], rule["to_port"])


def _ways(plan, kind, module):
    """Ports and the other end of every rule of a module, by the rule's name."""
    ends = ("referenced_security_group_id", "prefix_list_id", "cidr_ipv4", "security_group_id")
    return {
        address.removeprefix(f"{module}.{kind}."): (
            *_ports(rule),
            *[rule[end] for end in ends if rule.get(end)],
        )
        for address, rule in plan.all(kind, module).items()
    }


def test_every_way_in(standalone):
    """Callers reach the service's port, and its tasks reach the interface endpoints."""
    assert {
        'callers["first"]': ("tcp", 8081, 8081, "sg-first"),
        'callers["second"]': ("tcp", 8081, 8081, "sg-second"),
        "endpoints[0]": ("tcp", 443, 443, "sg-endpoints"),
    } == _ways(standalone, INGRESS, FULL)


def test_every_way_out(standalone):
    """Endpoints by reference, the given ports of anybody, and callers their way in."""
    assert {
        'callers["first"]': ("tcp", 8081, 8081, "sg-first"),
        'callers["second"]': ("tcp", 8081, 8081, "sg-second"),
        "endpoints[0]": ("tcp", 443, 443, "sg-endpoints"),
        'internet["443"]': ("tcp", 443, 443, "0.0.0.0/0"),
        'internet["587"]': ("tcp", 587, 587, "0.0.0.0/0"),
        "prefix_lists[0]": ("tcp", 443, 443, "pl-s3"),
        "prefix_lists[1]": ("tcp", 443, 443, "pl-dynamodb"),
    } == _ways(standalone, EGRESS, FULL)


def test_a_service_behind_a_load_balancer_needs_no_internet(standalone):
    """The load balancer reaches its port; it reaches AWS's services by endpoint and nobody else."""
    assert {
        "endpoints[0]": ("tcp", 443, 443, "sg-endpoints"),
        "load_balancer[0]": ("tcp", 8080, 8080, "sg-load-balancer"),
    } == _ways(standalone, INGRESS, PLAIN)
    assert {
        "endpoints[0]": ("tcp", 443, 443, "sg-endpoints"),
        "load_balancer[0]": ("tcp", 8080, 8080, "sg-load-balancer"),
        "prefix_lists[0]": ("tcp", 443, 443, "pl-s3"),
        "prefix_lists[1]": ("tcp", 443, 443, "pl-dynamodb"),
    } == _ways(standalone, EGRESS, PLAIN)


def test_without_interface_endpoints_aws_is_behind_the_nat_gateway(standalone):
    """Port 443 of anybody takes the place of the endpoints' group, and of nothing else."""
    assert {} == _ways(standalone, INGRESS, "module.service_gateway")
    assert {
        'internet["443"]': ("tcp", 443, 443, "0.0.0.0/0"),
        'internet["587"]': ("tcp", 587, 587, "0.0.0.0/0"),
        "prefix_lists[0]": ("tcp", 443, 443, "pl-s3"),
        "prefix_lists[1]": ("tcp", 443, 443, "pl-dynamodb"),
    } == _ways(standalone, EGRESS, "module.service_gateway")


def test_every_way_has_a_name(standalone):
    """The console shows from where and to where."""
    rules = {
        **standalone.all(INGRESS, FULL),
        **standalone.all(EGRESS, FULL),
        **standalone.all(INGRESS, PLAIN),
    }
    assert {
        "first to standalone-full",
        "interface endpoints from standalone-full",
        "interface endpoints from standalone-plain",
        "second to standalone-full",
        "standalone-full from first",
        "standalone-full from second",
        "standalone-full to a gateway endpoint",
        "standalone-full to interface endpoints",
        "standalone-full to the internet",
        "standalone-plain from the load balancer",
    } == {rule["tags"]["Name"] for rule in rules.values()}


@pytest.mark.parametrize(
    ("rule", "own_end"),
    [
        (f"{FULL}.{INGRESS}.callers", "security_group_id"),
        (f"{FULL}.{EGRESS}.callers", "referenced_security_group_id"),
        (f"{FULL}.{INGRESS}.endpoints", "referenced_security_group_id"),
        (f"{FULL}.{EGRESS}.endpoints", "security_group_id"),
        (f"{FULL}.{EGRESS}.internet", "security_group_id"),
        (f"{FULL}.{EGRESS}.prefix_lists", "security_group_id"),
        (f"{PLAIN}.{INGRESS}.load_balancer", "security_group_id"),
        (f"{PLAIN}.{EGRESS}.load_balancer", "referenced_security_group_id"),
    ],
)
def test_the_tasks_group_is_at_one_end_of_each_way(standalone, rule, own_end):
    """The other end is what is named, never the whole network."""
    module = rule.split(f".{INGRESS}.")[0].split(f".{EGRESS}.")[0]
    assert _groups(standalone, rule, own_end) == {f"{module}.aws_security_group.this"}


def test_the_tasks_group_is_in_the_given_network(standalone):
    """Under the name that the service has in the account."""
    group = standalone.one("aws_security_group", name="standalone-full")
    assert ("vpc-1", {"Name": "standalone-full"}) == (group["vpc_id"], group["tags"])


def test_tasks_are_in_their_services_group_alone(standalone):
    """No service shares a group with anything."""
    service = f"{FULL}.aws_ecs_service.this"
    groups = standalone.sources(service, "network_configuration", "security_groups")
    assert groups == {f"{FULL}.aws_security_group.this"}


def test_tasks_start_with_their_ways_open(standalone):
    """A service is created after its rules, so that its first tasks can pull and answer."""
    waits_for = set(standalone.depends_on(f"{FULL}.aws_ecs_service.this"))
    assert RULES == {rule for rule in waits_for if "security_group" in rule}


def test_rules_are_resources_of_their_own(standalone):
    """A group carries no inline rules, which would fight with the others."""
    assert {"ingress", "egress"}.isdisjoint(standalone.written(f"{FULL}.aws_security_group.this"))


def test_whoever_is_named_reaches_only_the_load_balancer(edges):
    """The only rules that name addresses let HTTP and HTTPS into the load balancer."""
    open_rules = _open(edges)
    assert {"module.load_balancer"} == {address.split(f".{INGRESS}.")[0] for address in open_rules}
    assert {("tcp", 80, 80), ("tcp", 443, 443)} == {_ports(rule) for rule in open_rules.values()}
    assert {"203.0.113.0/24", "198.51.100.0/24"} == {rule["cidr_ipv4"] for rule in open_rules.values()}


def test_nobody_reaches_a_system_that_names_nobody(staging):
    """Keys travel unencrypted there, so that it is open to nobody of itself."""
    assert {} == _open(staging)


def _open(plan):
    return {address: rule for address, rule in plan.all(INGRESS).items() if rule["cidr_ipv4"]}


def test_the_load_balancer_reaches_only_the_api(staging):
    """Its one way out is the API's port, by reference."""
    rule = f"module.notification_api.{EGRESS}.load_balancer"
    assert {LOAD_BALANCER} == _groups(staging, rule, "security_group_id")
    assert {API} == _groups(staging, rule, "referenced_security_group_id")
    assert ("tcp", 8080, 8080) == _ports(staging.all(EGRESS)[f"{rule}[0]"])


def test_only_the_api_reaches_the_email_sender(staging):
    """It takes its work from the queue, and answers how a notification fared."""
    rules = _ways(staging, INGRESS, "module.email_sender")
    assert {'callers["notification-api"]'} == rules.keys() - {"endpoints[0]"}
    rule = f"module.email_sender.{INGRESS}.callers"
    assert {SENDER} == _groups(staging, rule, "security_group_id")
    assert API in _groups(staging, rule, "referenced_security_group_id")


def test_the_internet_is_for_mail_alone(staging):
    """The Email Sender reaches SES; the API reaches nobody outside the VPC."""
    ways = {address: _ports(rule) for address, rule in staging.all(EGRESS).items() if rule["cidr_ipv4"]}
    assert ways == {f'module.email_sender.{EGRESS}.internet["443"]': ("tcp", 443, 443)}


def test_smtp_opens_the_mail_servers_port_instead(smtp):
    """Only the Email Sender reaches it."""
    ways = {address: _ports(rule) for address, rule in smtp.all(EGRESS).items() if rule["cidr_ipv4"]}
    assert ways == {f'module.email_sender.{EGRESS}.internet["2525"]': ("tcp", 2525, 2525)}


def test_without_interface_endpoints_both_services_reach_https(cells):
    """Port 443 is opened to both, and to the mail server as before; nothing else comes with it."""
    gateway, all_endpoints = cells("gateway"), cells("smtp")
    ways = {address: _ports(rule) for address, rule in gateway.all(EGRESS).items() if rule["cidr_ipv4"]}
    assert ways == {
        f'module.email_sender.{EGRESS}.internet["443"]': ("tcp", 443, 443),
        f'module.email_sender.{EGRESS}.internet["2525"]': ("tcp", 2525, 2525),
        f'module.notification_api.{EGRESS}.internet["443"]': ("tcp", 443, 443),
    }
    assert set(gateway.all(INGRESS)) == {
        address for address in all_endpoints.all(INGRESS) if not address.endswith(".endpoints[0]")
    }


@pytest.mark.parametrize("kind", ["ingress", "egress"])
def test_the_default_group_is_closed(staging, kind):
    """Who forgets to name a group reaches nothing and is reached by nothing."""
    address = "module.network.aws_default_security_group.closed"
    assert address in staging.all("aws_default_security_group")
    assert kind not in staging.written(address)


def test_production_names_its_callers(production):
    """HTTPS and the redirect are open to the given ranges alone."""
    open_to = {(rule["from_port"], rule["cidr_ipv4"]) for rule in production.all(INGRESS).values()}
    expected = {(port, block) for port in (80, 443) for block in ("203.0.113.0/24", "198.51.100.0/24")}
    assert {way for way in open_to if way[1]} == expected
