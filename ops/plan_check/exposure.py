"""Settings by which something is reached from outside that was not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import changed, turned_off, turned_on
from ops.plan_check.finding import Finding, Kind, shown
from ops.plan_check.relations import joins_what_stands
from ops.plan_check.values import UNKNOWN, blocks, listed

_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block", "cidr_block", "ipv6_cidr_block")
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read", "website")
_ALL_USERS = re.compile(r".*/global/(AllUsers|AuthenticatedUsers)")


def _adds_everywhere(before: Any, after: Any) -> bool:
    return any(block in listed(after) and block not in listed(before) for block in _EVERYWHERE)


def _adds(before: Any, after: Any) -> bool:
    return before is not UNKNOWN and bool(set(map(str, listed(after))) - set(map(str, listed(before))))


_TABLE = (
    Watched(
        r"(.+\.)?(assign_public_ip|associate_public_ip_address|map_public_ip_on_launch|auto_assign_public_ips"
        r"|assign_ipv6_address_on_creation)",
        turned_on,
        "What runs there gets an address of its own on the internet.",
    ),
    Watched(
        r"(.+\.)?(publicly_accessible|is_publicly_accessible|endpoint_public_access|public_connectivity)",
        turned_on,
        "It can be reached from the internet.",
    ),
    Watched(
        r"(.+\.)?public_access_cidrs|(.+\.)?allowed_cidr_blocks|insight_ip_filter",
        _adds_everywhere,
        "It can be reached from everywhere.",
    ),
    Watched(
        r"internal",
        lambda before, after: before is True and after is False,
        "The load balancer faces the internet, where it was reached from inside the VPC alone.",
        types=r"aws_(a?lb|elb)",
    ),
    Watched(
        r"block_public_acls|block_public_policy|ignore_public_acls|restrict_public_buckets",
        turned_off,
        "The bucket can be opened to the public.",
    ),
    Watched(
        r"(.+\.)?acl",
        lambda before, after: after in _PUBLIC_ACLS and changed(before, after),
        "The public can read it, or write it.",
        types=r"aws_s3_.+",
    ),
    Watched(r"shared_accounts", _adds, "A snapshot is shared with further accounts, or with everybody."),
    Watched(
        r"gateway_id",
        lambda before, after: str(after).startswith("igw-") and changed(before, after),
        "Subnets that had no direct way to the internet get one.",
        types=r"aws_route",
    ),
    Watched(
        r"entry\..*cidr",
        lambda before, after: not before and bool(after),
        "Every security group that names the prefix list is opened to further addresses.",
        types="aws_ec2_managed_prefix_list",
    ),
)

exposed = watch(Kind.NETWORK, _TABLE)
"""Rule: settings by which something is reached from outside."""


def created_public(change: Change) -> Iterator[Finding]:
    """New resources that are open to the public, as no part of a service has to be."""
    if not (change.creates or change.compared):
        return
    if change.creates and change.type.startswith("aws_s3_") and change.after.get("acl") in _PUBLIC_ACLS:
        yield Finding(
            change.address,
            Kind.NETWORK,
            "The public can read it, or write it.",
            "acl",
            after=shown(change.after["acl"]),
        )
    if change.creates and change.after.get("publicly_accessible") is True:
        yield Finding(
            change.address,
            Kind.NETWORK,
            "It can be reached from the internet.",
            "publicly_accessible",
            after=shown(True),
        )
    for grant in _public_grants(change.after):
        if grant not in list(_public_grants(change.before)):
            yield Finding(
                change.address,
                Kind.NETWORK,
                "The public can read it, or write it.",
                "grant",
                after=shown(grant),
            )
    if (
        change.creates
        and change.after.get("authorization_type") == "NONE"
        and change.type == "aws_lambda_function_url"
    ):
        yield Finding(
            change.address,
            Kind.NETWORK,
            "Everyone can call the function, without saying who they are.",
            "authorization_type",
            after=shown("NONE"),
        )


def routed_outside(changes: Sequence[Change]) -> Iterator[Finding]:
    """New routes by which subnets that stand get a direct way to the internet."""
    for change in changes:
        if change.type == "aws_route" and joins_what_stands(changes, change):
            new = [change.after]
        elif change.type.endswith("_route_table") and change.compared:
            stood = blocks(change.before.get("route"))
            new = [route for route in blocks(change.after.get("route")) if route not in stood]
        else:
            continue
        for route in new:
            everywhere = _EVERYWHERE.intersection(str(route.get(name)) for name in _DESTINATIONS)
            # An internet gateway that is new has no id yet.
            gateway = route.get("gateway_id")
            if everywhere and (gateway is UNKNOWN or str(gateway).startswith("igw-")):
                yield Finding(
                    change.address,
                    Kind.NETWORK,
                    "Subnets that stand get a direct way to the internet.",
                    "gateway_id",
                    after=shown(gateway),
                )


def _public_grants(values: Mapping[str, Any]) -> Iterator[str]:
    """Rights that access control lists give to everybody."""
    for policy in [values, *blocks(values.get("access_control_policy"))]:
        for grant in blocks(policy.get("grant")):
            for grantee in blocks(grant.get("grantee")) or [grant]:
                uri = str(grantee.get("uri") or "")
                if _ALL_USERS.fullmatch(uri):
                    yield f"{grant.get('permission') or grant.get('permissions')} to {uri.rpartition('/')[2]}"
