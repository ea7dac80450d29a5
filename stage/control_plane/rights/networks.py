"""Parts of EC2's networks: whether they are there, and what their associations are of."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_DELETED = ("deleted", "delete-complete")


def is_there(ec2: Any, kind: str, identifier: str) -> bool:
    """Whether there is a part of a network; of a kind that is not listed here, there is.

    Args:
        ec2: Backend.
        kind: By the names of ARNs, such as "security-group".
        identifier: Its id.
    """
    among = _AMONG.get(kind)
    return among is None or among(ec2, identifier)


def addresses(ec2: Any, identifier: str) -> Iterator[Any]:
    """Elastic addresses by the id of an association, or by the public address."""
    for one in list(ec2.addresses):
        if identifier in {one.association_id, one.public_ip}:
            yield one


def association(ec2: Any, identifier: str) -> tuple[str, str]:
    """Ids of a route table and of what it is associated with, by the association's id.

    The second is "" of a VPC's main table; both are if there is no such association.
    """
    for table in list(ec2.route_tables.values()):
        if identifier == table.main_association_id:
            return table.id, ""
        found = table._associations.get(identifier)  # noqa: SLF001 - moto has no other
        if found:
            return table.id, found
    return "", ""


def groups_of_default_vpc(ec2: Any, name: str) -> Iterator[Any]:
    """Security groups by a name, which tells one in the default VPC alone.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """
    vpc = next((one.id for one in list(ec2.vpcs.values()) if one.is_default), None)
    for one in list(ec2.groups.get(vpc, {}).values()):
        if one.name == name:
            yield one


def _within(parts: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any, str], bool]:
    """Looks for what is kept for a while after it was deleted, with that state."""

    def among(ec2: Any, identifier: str) -> bool:
        found = parts(ec2).get(identifier)
        return found is not None and found.state not in _DELETED

    return among


def _has_rule(ec2: Any, identifier: str) -> bool:
    return any(
        rule.id == identifier
        for of_vpc in list(ec2.groups.values())
        for group in list(of_vpc.values())
        for rule in [*group.ingress_rules, *group.egress_rules]
    )


_AMONG: Mapping[str, Callable[[Any, str], bool]] = {
    "elastic-ip": lambda ec2, of: any(one.allocation_id == of for one in list(ec2.addresses)),
    "internet-gateway": lambda ec2, of: of in ec2.internet_gateways,
    "natgateway": _within(lambda ec2: ec2.nat_gateways),
    "network-interface": lambda ec2, of: of in ec2.enis,
    "prefix-list": _within(lambda ec2: ec2.managed_prefix_lists),
    "route-table": lambda ec2, of: of in ec2.route_tables,
    "security-group": lambda ec2, of: any(of in groups for groups in list(ec2.groups.values())),
    "security-group-rule": _has_rule,
    "subnet": lambda ec2, of: any(of in zone for zone in list(ec2.subnets.values())),
    "vpc": lambda ec2, of: of in ec2.vpcs,
    "vpc-endpoint": _within(lambda ec2: ec2.vpc_end_points),
    "vpc-flow-log": lambda ec2, of: of in ec2.flow_logs,
}
