"""Direction in which a plan moves what the system costs while nobody uses it.

It says more or less, and no amount: prices differ by region, and change. A replacement costs as before.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops.plan_check.change import Change, Values
from ops.plan_check.finding import shown
from ops.plan_check.values import Difference, listed, number

# Types that cost money by the hour or the month, used or not, and the word for one of them.
_STANDING = (
    ("aws_nat_gateway", "NAT gateway"),
    ("aws_eip", "public IPv4 address"),
    (r"aws_(a?lb|elb)", "load balancer"),
    ("aws_vpc_endpoint", "interface endpoint"),
    ("aws_kms_key", "KMS key"),
    ("aws_secretsmanager_secret", "secret"),
    (r"aws_cloudwatch_(metric|composite)_alarm", "alarm"),
    ("aws_cloudwatch_dashboard", "dashboard"),
    (r"aws_(route53_zone|service_discovery_(private|public)_dns_namespace)", "hosted zone"),
    ("aws_ecs_service", "ECS service with its tasks"),
    (r"aws_(db|rds_cluster|docdb_cluster|neptune_cluster)_instance", "database instance"),
    (r"aws_(elasticache_(cluster|replication_group)|memorydb_cluster)", "cache"),
    (r"aws_(opensearch_domain|msk_cluster|mq_broker|redshift_cluster|kinesis_stream)", "cluster by the hour"),
    (r"aws_(instance|ebs_volume|eks_cluster|eks_node_group)", "machine or volume"),
    (r"aws_(ec2_transit_gateway_vpc_attachment|vpn_connection|globalaccelerator_accelerator)", "connection"),
    (
        r"aws_(wafv2_web_acl|acmpca_certificate_authority|route53_health_check|synthetics_canary)",
        "watch or guard",
    ),
)

# Settings of which more costs more: types, attribute, and what is paid for.
_SETTINGS = (
    ("aws_appautoscaling_target", "min_capacity", "Fargate capacity"),
    ("aws_appautoscaling_scheduled_action", r"scalable_target_action\.min_capacity", "Fargate capacity"),
    ("aws_ecs_service", "desired_count", "Fargate capacity"),
    ("aws_ecs_task_definition", "cpu|memory", "Fargate capacity"),
    ("aws_cloudwatch_log_group", "retention_in_days", "storage of logs"),
    ("aws_ecs_cluster", r"setting\.containerInsights\.value", "metrics of Container Insights"),
    ("aws_dynamodb_table", r"(read|write)_capacity", "provisioned capacity"),
    ("aws_dynamodb_table", r"point_in_time_recovery\.enabled", "backups"),
    ("aws_vpc_endpoint", "subnet_ids", "interface endpoint"),
    (r"aws_(db_instance|rds_cluster)", "allocated_storage|multi_az|backup_retention_period", "database"),
    (
        r"aws_(autoscaling_group|eks_node_group)",
        r"(.+\.)?(desired_capacity|desired_size|min_size)",
        "machines",
    ),
)
_INSIGHTS = {"disabled": 0.0, "enabled": 1.0, "enhanced": 2.0}
_FOR_EVER = float("inf")


@dataclass(frozen=True)
class _Setting:
    """A setting that moves what something costs."""

    noun: str
    address: str
    attribute: str
    values: str


@dataclass(frozen=True)
class Costs:
    """Sentences about what costs more, and about what costs less."""

    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it: "Costs more: 1 NAT gateway. Costs less: 2 alarms."."""
        parts = [("more", self.more), ("less", self.less)]
        told = " ".join(f"Costs {direction}: {'; '.join(lines)}." for direction, lines in parts if lines)
        return told or "Nothing that costs money while nobody uses it becomes more or less."


def directed(changes: Sequence[Change]) -> Costs:
    """Costs that rise and costs that fall with a plan."""
    come, go = Counter[str](), Counter[str]()
    up: list[_Setting] = []
    down: list[_Setting] = []
    for change in changes:
        noun = _standing(change, change.before if change.deletes else change.after)
        if noun and change.creates:
            come[noun] += 1
        elif noun and change.deletes:
            go[noun] += 1
        for is_more, setting in _settings(change):
            (up if is_more else down).append(setting)
    return Costs((*_counted(come), *_together(up)), (*_counted(go), *_together(down)))


def _standing(change: Change, values: Values) -> str:
    """The word for what costs money by being there; empty if it does not."""
    if change.type == "aws_vpc_endpoint" and values.get("vpc_endpoint_type") != "Interface":
        return ""
    return next((noun for types, noun in _STANDING if re.fullmatch(types, change.type)), "")


def _settings(change: Change) -> Iterator[tuple[bool, _Setting]]:
    """Each setting that costs more than before, or less."""
    if not change.compared:
        return
    for difference in change.differences:
        for types, attribute, noun in _SETTINGS:
            if re.fullmatch(types, change.type) and re.fullmatch(attribute, difference.pattern):
                before, after = (_amount(difference, one) for one in (difference.before, difference.after))
                if before is not None and after is not None and before != after:
                    values = f"{shown(difference.before)} → {shown(difference.after)}"
                    yield after > before, _Setting(noun, change.address, difference.attribute, values)


def _together(settings: Sequence[_Setting]) -> Iterator[str]:
    """A line for each thing that is paid for, however many settings move it."""
    for noun in dict.fromkeys(one.noun for one in settings):
        alike = [one for one in settings if one.noun == noun]
        first = alike[0]
        if len(alike) == 1:
            yield f"{noun} ({first.attribute} {first.values} at {first.address})"
        else:
            attributes = ", ".join(dict.fromkeys(one.attribute for one in alike))
            places = len({one.address for one in alike})
            yield f"{noun} ({attributes} at {places} {'address' if places == 1 else 'addresses'})"


def _amount(difference: Difference, value: object) -> float | None:
    """A setting as a number of which more costs more; None where it is not known."""
    if isinstance(value, list):
        return float(len(listed(value)))
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and value in _INSIGHTS:
        return _INSIGHTS[value]
    amount = number(value)
    return _FOR_EVER if amount == 0 and difference.pattern == "retention_in_days" else amount


def _counted(nouns: Counter[str]) -> list[str]:
    return [f"{count} {noun if count == 1 else _plural(noun)}" for noun, count in nouns.items()]


def _plural(noun: str) -> str:
    head, with_, rest = noun.partition(" with ")
    head = f"{head}es" if head.endswith("ss") else f"{head}s"
    return f"{head}{with_}{rest}"
