"""Network access control lists that let through more than before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.plan_check.change import Change, Values
from ops.plan_check.finding import Finding, Kind
from ops.plan_check.openings import Opening, ports_of, protocol_of
from ops.plan_check.relations import joins_what_stands
from ops.plan_check.values import blocks

_LIST = re.compile(r"aws_(default_)?network_acl")
_RULE = "aws_network_acl_rule"


def lets_through(changes: Sequence[Change]) -> Iterator[Finding]:
    """Entries that newly let something through, and denials that are gone."""
    for change in changes:
        if change.type == "aws_network_acl" and change.deletes:
            yield Finding(
                change.address,
                Kind.NETWORK,
                "The network ACL is deleted: its subnets fall back to one that lets everything through.",
            )
        elif (change.type == _RULE or _LIST.fullmatch(change.type)) and (
            change.compared or change.deletes or joins_what_stands(changes, change)
        ):
            yield from _differences(change)


def _differences(change: Change) -> Iterator[Finding]:
    for one in _beyond(_entries(change, change.after, "allow"), _entries(change, change.before, "allow")):
        sentence = "The network ACL lets through what it did not."
        yield Finding(change.address, Kind.NETWORK, sentence, one.attribute, after=str(one))
    for one in _beyond(_entries(change, change.before, "deny"), _entries(change, change.after, "deny")):
        sentence = "The network ACL no longer refuses what it did."
        yield Finding(change.address, Kind.NETWORK, sentence, one.attribute, before=str(one))


def _beyond(entries: Sequence[Opening], others: Sequence[Opening]) -> list[Opening]:
    """Those that none of the others covers."""
    return [one for one in entries if not any(other.covers(one) for other in others)]


def _entries(change: Change, values: Values, action: str) -> list[Opening]:
    if change.type == _RULE:
        entries = (
            [(values, values.get("rule_action"), not values.get("egress"), "cidr_block")] if values else []
        )
    else:
        entries = [
            (block, block.get("action"), name == "ingress", name)
            for name in ("ingress", "egress")
            for block in blocks(values.get(name))
        ]
    return [
        _entry(values, inward=inward, attribute=attribute)
        for values, given, inward, attribute in entries
        if str(given).lower() == action
    ]


def _entry(values: Mapping[str, Any], *, inward: bool, attribute: str) -> Opening:
    protocol = protocol_of(values.get("protocol"))
    addresses = str(values.get("cidr_block") or values.get("ipv6_cidr_block") or "")
    return Opening(None, inward, protocol, ports_of(values, protocol), addresses, attribute)
