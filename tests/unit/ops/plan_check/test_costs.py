import pytest

from ops.plan_check.change import Change
from ops.plan_check.costs import Costs, directed
from tests.unit.ops.plan_check.planned import RESOURCES, changes

ADDRESS = {name: resource["address"] for name, resource in RESOURCES.items()}


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("aws_nat_gateway", "1 NAT gateway"),
        ("aws_eip", "1 public IPv4 address"),
        ("aws_lb", "1 load balancer"),
        ("aws_kms_key", "1 KMS key"),
        ("aws_secretsmanager_secret", "1 secret"),
        ("aws_cloudwatch_metric_alarm", "1 alarm"),
        ("aws_cloudwatch_composite_alarm", "1 alarm"),
        ("aws_cloudwatch_dashboard", "1 dashboard"),
        ("aws_service_discovery_private_dns_namespace", "1 hosted zone"),
        ("aws_ecs_service", "1 ECS service with its tasks"),
        ("aws_db_instance", "1 database instance"),
        ("aws_elasticache_replication_group", "1 cache"),
        ("aws_opensearch_domain", "1 cluster by the hour"),
        ("aws_instance", "1 machine or volume"),
        ("aws_vpn_connection", "1 connection"),
        ("aws_wafv2_web_acl", "1 watch or guard"),
    ],
)
def test_what_costs_money_by_being_there(name, noun):
    """More of it costs more, less of it less, and a replacement what it cost before."""

    def costs(*actions):
        return directed([Change("a.b", name, actions)])

    assert Costs(more=(noun,)) == costs("create")
    assert Costs(less=(noun,)) == costs("delete")
    assert Costs() == costs("delete", "create")
    assert Costs() == costs("forget")


@pytest.mark.parametrize("of", ["queue", "table", "role", "task", "group", "subnet", "parameter"])
def test_what_is_paid_by_use_is_not_told(of):
    """Nobody knows how much it will be."""
    assert Costs() == directed(changes({"of": of, "action": "create"}))


def test_a_gateway_endpoint_is_free():
    """S3 and DynamoDB are reached by routes; the other services by an address in each subnet."""
    gateway = {"of": "endpoint", "action": "create", "becomes": {"vpc_endpoint_type": "Gateway"}}

    assert Costs() == directed(changes(gateway))
    assert ("1 interface endpoint",) == directed(changes({"of": "endpoint", "action": "create"})).more
    assert ("1 interface endpoint",) == directed(changes({"of": "endpoint", "action": "delete"})).less


@pytest.mark.parametrize(
    ("of", "attribute", "small", "large", "noun"),
    [
        ("scaling", "min_capacity", 2, 4, "Fargate capacity"),
        ("service", "desired_count", 2, 4, "Fargate capacity"),
        ("task", "cpu", "256", "512", "Fargate capacity"),
        ("log_group", "retention_in_days", 30, 365, "storage of logs"),
        ("log_group", "retention_in_days", 365, 0, "storage of logs"),
        ("database", "multi_az", False, True, "database"),
        ("database", "allocated_storage", 20, 50, "database"),
        ("table", "read_capacity", 5, 10, "provisioned capacity"),
        ("endpoint", "subnet_ids", ["a"], ["a", "b"], "interface endpoint"),
    ],
)
def test_a_setting_of_which_more_costs_more(of, attribute, small, large, noun):
    """By the side to which it goes."""
    up, down = (
        directed(changes({"of": of, "was": {attribute: before}, "becomes": {attribute: after}}))
        for before, after in ((small, large), (large, small))
    )

    assert (1, 0) == (len(up.more), len(up.less))
    assert (0, 1) == (len(down.more), len(down.less))
    assert up.more[0].startswith(f"{noun} ({attribute} ")
    assert up.more[0].endswith(f" at {ADDRESS[of]})")


@pytest.mark.parametrize(
    ("of", "path", "small", "large", "noun"),
    [
        ("cluster", "setting.0.value", "disabled", "enabled", "metrics of Container Insights"),
        ("cluster", "setting.0.value", "enabled", "enhanced", "metrics of Container Insights"),
        ("table", "point_in_time_recovery.0.enabled", False, True, "backups"),
        ("schedule", "scalable_target_action.0.min_capacity", "2", "6", "Fargate capacity"),
    ],
)
def test_a_setting_in_a_block_counts_as_well(of, path, small, large, noun):
    """By the side to which it goes."""
    (told,) = directed(changes({"of": of, "was": {path: small}, "becomes": {path: large}})).more

    assert told.startswith(noun)


def test_machines_are_paid_for_as_many_as_there_are_at_the_least():
    """Whoever raises the minimum pays more."""
    change = Change("a.b", "aws_autoscaling_group", ("update",), {"min_size": 1}, {"min_size": 3})

    assert ("machines (min_size 1 → 3 at a.b)",) == directed([change]).more


def test_a_maximum_is_not_paid_for():
    """Before the load grows nothing of it runs."""
    assert Costs() == directed(changes({"of": "scaling", "becomes": {"max_capacity": 50}}))


def test_what_many_settings_move_is_told_once():
    """A larger task has more of both."""
    costs = directed(
        changes({"of": "task", "action": "replace", "becomes": {"cpu": "4096", "memory": "8192"}})
    )

    assert ("Fargate capacity (cpu, memory at 1 address)",) == costs.more


def test_costs_are_a_sentence():
    """With one direction, both or none."""
    assert "Costs more: 2 NAT gateways." == Costs(more=("2 NAT gateways",)).sentence
    assert "Costs more: a. Costs less: b; c." == Costs(("a",), ("b", "c")).sentence
    assert Costs().sentence.startswith("Nothing that costs money")


def test_many_are_counted_in_the_plural():
    """Whatever the word ends with."""
    given = [
        {"of": of, "action": "create", "address": f"a{n}"} for of in ("address", "service") for n in (1, 2)
    ]

    assert ("2 public IPv4 addresses", "2 ECS services with its tasks") == directed(changes(*given)).more
