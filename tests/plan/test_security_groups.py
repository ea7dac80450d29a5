import pytest

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"
LOAD_BALANCER = "module.load_balancer.aws_security_group.this"
API = "module.notification_api.aws_security_group.this"
SENDER = "module.email_sender.aws_security_group.this"
API_RULE = "module.notification_api.{}.load_balancer"


def _groups(staging, address, argument):
    found = staging.sources(address, argument)
    return {source for source in found if ".aws_security_group." in source}


def _ports(rule):
    return (rule["ip_protocol"], rule["from_port"], rule["to_port"])


def test_the_world_reaches_only_the_load_balancer(staging):
    """The only rule that names addresses lets HTTP into the load balancer."""
    rules = staging.all(INGRESS)
    open_rules = {address: rule for address, rule in rules.items() if rule["cidr_ipv4"]}
    assert set(open_rules) == {f'module.load_balancer.{INGRESS}.callers["80 0.0.0.0/0"]'}
    assert {_ports(rule) for rule in open_rules.values()} == {("tcp", 80, 80)}


def test_tasks_accept_the_load_balancer_by_reference(staging):
    """The API's port is open to the load balancer's group and to nothing else."""
    rule = API_RULE.format(INGRESS)
    assert _groups(staging, rule, "security_group_id") == {API}
    assert _groups(staging, rule, "referenced_security_group_id") == {LOAD_BALANCER}
    assert _ports(staging.all(INGRESS)[f"{rule}[0]"]) == ("tcp", 8080, 8080)


def test_the_load_balancer_reaches_only_the_api(staging):
    """Its one way out is the API's port, by reference."""
    rule = API_RULE.format(EGRESS)
    assert _groups(staging, rule, "security_group_id") == {LOAD_BALANCER}
    assert _groups(staging, rule, "referenced_security_group_id") == {API}
    assert _ports(staging.all(EGRESS)[f"{rule}[0]"]) == ("tcp", 8080, 8080)


def test_nothing_reaches_the_email_sender(staging):
    """It takes its work from the queue."""
    assert len(staging.all(INGRESS)) == 2
    assert not [address for address in staging.all(INGRESS) if address.startswith("module.email_sender")]


def test_every_way_out(staging):
    """Tasks reach HTTPS, and the load balancer its targets."""
    ways = {address: _ports(rule) for address, rule in staging.all(EGRESS).items()}
    assert ways == {
        f'module.notification_api.{EGRESS}.out["443"]': ("tcp", 443, 443),
        f'module.email_sender.{EGRESS}.out["443"]': ("tcp", 443, 443),
        f"module.notification_api.{EGRESS}.load_balancer[0]": ("tcp", 8080, 8080),
    }


def test_ways_out_belong_to_the_tasks_own_group(staging):
    """Each service opens its own ports."""
    for module, group in (("notification_api", API), ("email_sender", SENDER)):
        assert _groups(staging, f"module.{module}.{EGRESS}.out", "security_group_id") == {group}


def test_smtp_opens_the_mail_servers_port(smtp):
    """Only the Email Sender reaches it."""
    ports = {address: rule["from_port"] for address, rule in smtp.all(EGRESS).items() if "2525" in address}
    assert ports == {f'module.email_sender.{EGRESS}.out["2525"]': 2525}


def test_tasks_are_in_their_services_group(staging):
    """Neither service shares a group with anything."""
    for module, group in (("notification_api", API), ("email_sender", SENDER)):
        service = f"module.{module}.aws_ecs_service.this"
        assert staging.sources(service, "network_configuration", "security_groups") == {group}
    assert staging.sources("module.load_balancer.aws_lb.this", "security_groups") == {LOAD_BALANCER}


def test_tasks_start_with_their_ways_open(staging):
    """A service is created after its rules, so that its first tasks can pull and answer."""
    rules = {f"{EGRESS}.out", f"{EGRESS}.load_balancer", f"{INGRESS}.load_balancer"}
    for module in ("notification_api", "email_sender"):
        assert rules <= set(staging.depends_on(f"module.{module}.aws_ecs_service.this"))


@pytest.mark.parametrize("kind", ["ingress", "egress"])
def test_the_default_group_is_closed(staging, kind):
    """Who forgets to name a group reaches nothing and is reached by nothing."""
    address = "module.network.aws_default_security_group.closed"
    assert address in staging.all("aws_default_security_group")
    assert kind not in staging.written(address)


def test_rules_are_resources_of_their_own(staging):
    """No group carries inline rules, which would fight with the others."""
    for group in (LOAD_BALANCER, API, SENDER):
        assert {"ingress", "egress"}.isdisjoint(staging.written(group))


def test_production_names_its_callers(production):
    """HTTPS and the redirect are open to the given ranges alone."""
    open_to = {(rule["from_port"], rule["cidr_ipv4"]) for rule in production.all(INGRESS).values()}
    expected = {(port, block) for port in (80, 443) for block in ("203.0.113.0/24", "198.51.100.0/24")}
    assert {way for way in open_to if way[1]} == expected
