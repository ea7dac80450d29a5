"""Rules of security groups, of which Terraform sees its own alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws, chunks
from ops.drift.finding import NONE, Finding, compared, text
from ops.drift.state import Declared, State

_GROUPS = ("aws_security_group", "aws_default_security_group")
_RULES = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
_MAX_FILTER_VALUES = 200


def security_groups(aws: Aws, state: State) -> Iterator[Finding]:
    """Rules that were added, changed or taken away."""
    groups = {group["id"]: group for group in state.of(*_GROUPS)}
    declared = {rule["security_group_rule_id"] or rule["id"]: rule for rule in state.of(*_RULES)}
    found = {rule["SecurityGroupRuleId"]: rule for rule in _rules(aws("ec2"), list(groups))}
    for name, rule in sorted(found.items()):
        known = declared.get(name)
        if known is None:
            way = "egress" if rule["IsEgress"] else "ingress"
            yield Finding(groups[rule["GroupId"]].address, f"{way}[{name}]", NONE, _told(rule))
        else:
            yield from compared(known.address, _fields(known, rule))
    for name, known in declared.items():
        if name not in found:
            yield Finding(known.address, "resource", text(dict(_wanted(known))), NONE)


def _rules(ec2: Any, groups: list[str]) -> Iterator[Mapping[str, Any]]:
    for some in chunks(groups, _MAX_FILTER_VALUES):
        yield from listed(
            ec2,
            "describe_security_group_rules",
            "SecurityGroupRules",
            Filters=[{"Name": "group-id", "Values": some}],
        )


def _fields(declared: Declared, rule: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    actual = _actual(rule)
    fields = {name: (value, actual[name]) for name, value in _wanted(declared)}
    if declared["ip_protocol"] == "-1":
        del fields["from_port"], fields["to_port"]
    return fields


def _wanted(rule: Declared) -> Iterator[tuple[str, Any]]:
    names = ("ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id")
    yield from ((name, rule[name]) for name in names)
    # The provider writes a group of another account as "account/group".
    yield "referenced_security_group_id", (rule["referenced_security_group_id"] or "").rpartition("/")[2]


def _actual(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ip_protocol": rule["IpProtocol"],
        "from_port": rule.get("FromPort"),
        "to_port": rule.get("ToPort"),
        "cidr_ipv4": rule.get("CidrIpv4"),
        "cidr_ipv6": rule.get("CidrIpv6"),
        "prefix_list_id": rule.get("PrefixListId"),
        "referenced_security_group_id": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
    }


def _told(rule: Mapping[str, Any]) -> str:
    return text({name: value for name, value in _actual(rule).items() if value is not None})
