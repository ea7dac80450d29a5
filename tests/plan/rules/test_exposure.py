"""Nothing can be reached from outside but the load balancer."""

EVERYBODY = {"0.0.0.0/0", "::/0"}
LOAD_BALANCER = "module.load_balancer."
DEFAULT_GROUP = "module.network.aws_default_security_group.closed"
BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def _ranges(rule):
    return {rule[name] for name in ("cidr_ipv4", "cidr_ipv6") if rule.get(name)}


def test_only_the_load_balancer_lets_address_ranges_in(cell):
    """Everything else is reached by reference to a security group."""
    rules = cell.all("aws_vpc_security_group_ingress_rule")
    ranged = {address for address, rule in rules.items() if _ranges(rule)}
    assert rules
    assert set() == {address for address in ranged if not address.startswith(LOAD_BALANCER)}


def test_nobody_is_let_in_who_was_not_named(cell):
    """An address range is one of the variable's, and the variable names none by itself."""
    rules = cell.all("aws_vpc_security_group_ingress_rule").values()
    let_in = {one for rule in rules for one in _ranges(rule)}
    assert let_in == set(cell.variables["allowed_cidr_blocks"])
    assert not let_in & EVERYBODY


def test_only_tasks_reach_out_to_address_ranges(cell):
    """The Email Sender alone, with its canary, sends mail; all leave where AWS has no endpoints in the VPC.

    The load goes to the load balancer's public addresses.
    """
    rules = cell.all("aws_vpc_security_group_egress_rule")
    ranged = {address.split(".")[1] for address, rule in rules.items() if _ranges(rule)}
    endpoints = cell.all("aws_vpc_endpoint").values()
    inside = any(one["vpc_endpoint_type"] == "Interface" for one in endpoints)
    services = {"notification_api", "email_sender"}
    load = set() if cell.variables["load_generator"] is None else {"load_generator[0]"}
    assert ({"email_sender"} if inside else services) | load == ranged


def test_tasks_have_no_public_address(cell):
    """Tasks lie in private subnets."""
    services = cell.all("aws_ecs_service")
    assert services
    for address, service in services.items():
        assert service["network_configuration"][0]["assign_public_ip"] is False, address
        private = {"module.network.aws_subnet.private"}
        assert cell.sources(address, "network_configuration", "subnets") == private


def test_subnets_give_no_public_addresses(cell):
    """Not even to what is started in a public subnet."""
    subnets = cell.all("aws_subnet")
    assert subnets
    assert set() == {address for address, subnet in subnets.items() if subnet["map_public_ip_on_launch"]}


def test_one_load_balancer_faces_the_internet(cell):
    """There is one door."""
    assert [False] == [one["internal"] for one in cell.all("aws_lb").values()]


def test_no_bucket_is_public(cell):
    """Each bucket refuses every kind of public access."""
    blocked = {
        source: [block[name] for name in BLOCKS]
        for address, block in cell.all("aws_s3_bucket_public_access_block").items()
        for source in cell.sources(address, "bucket")
    }
    assert blocked
    assert blocked == dict.fromkeys(cell.all("aws_s3_bucket"), [True] * 4)


def test_the_default_security_group_is_closed(cell):
    """What names no group of its own reaches nothing."""
    assert [DEFAULT_GROUP] == list(cell.all("aws_default_security_group"))
    assert {"vpc_id", "tags"} == cell.written(DEFAULT_GROUP).keys()


def test_security_groups_have_no_rules_of_their_own(cell):
    """Each rule is a resource, so that a plan shows it by name."""
    groups = cell.all("aws_security_group")
    assert groups
    inline = {address for address, group in groups.items() if group.get("ingress") or group.get("egress")}
    assert set() == inline
    assert {} == cell.all("aws_security_group_rule")


def test_a_rule_opens_one_port(cell):
    """No range of ports, no protocol that means all."""
    kinds = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
    rules = {address: rule for kind in kinds for address, rule in cell.all(kind).items()}
    assert rules
    wide = {
        address
        for address, rule in rules.items()
        if rule["from_port"] != rule["to_port"] or rule["ip_protocol"] != "tcp"
    }
    assert set() == wide


def test_production_speaks_https_alone(cell):
    """Plain HTTP is redirected; only a development or staging system may say otherwise."""
    listeners = cell.all("aws_lb_listener").values()
    plain = [one for one in listeners if one["protocol"] == "HTTP"]
    redirects = [one for one in plain if one["default_action"][0]["type"] == "redirect"]
    assert 1 == len(plain)
    assert len(redirects) == (1 if cell.variables["listener_mode"] == "https" else 0)
    assert cell.variables["listener_mode"] == "https" or cell.variables["environment"] != "production"
