"""Openings of security groups, in one form for the three ways in which they are declared."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.plan_check.change import Change, Values
from ops.plan_check.values import UNKNOWN, blocks, listed, number

ANY_PORT = (0, 65535)
# More than any service listens on.
_MANY_PORTS = 100

_RULE = re.compile(r"aws_vpc_security_group_(ingress|egress)_rule")
_GROUP = re.compile(r"aws_(default_)?security_group")
# Protocols by number, as some types take them (https://www.iana.org/assignments/protocol-numbers).
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Opening:
    """One peer that may connect, or be connected to.

    Attributes:
        group: Id of the security group; UNKNOWN of one that is new.
        inward: Whether the peer connects; else it is connected to.
        protocol: Such as "tcp"; "-1" for all.
        ports: The first and the last.
        peer: A block of addresses, or the id of another security group or of a prefix list.
        attribute: Where it is declared.
    """

    group: Any
    inward: bool
    protocol: str
    ports: tuple[int, int]
    peer: str
    attribute: str

    @property
    def network(self) -> Network | None:
        """The peer as a block of addresses; None if it is none."""
        try:
            return ipaddress.ip_network(self.peer, strict=False)
        except ValueError:
            return None

    @property
    def to_everyone(self) -> bool:
        """Whether the peer is the internet, or a half of it."""
        network = self.network
        return network is not None and network.prefixlen <= 1

    @property
    def every_protocol(self) -> bool:
        """Whether nothing is left out."""
        return self.protocol == "-1"

    @property
    def is_wide(self) -> bool:
        """Whether it is more ports than any service has."""
        many = self.protocol in ("tcp", "udp") and self.ports[1] - self.ports[0] >= _MANY_PORTS
        return self.every_protocol or many

    def covers(self, other: "Opening") -> bool:
        """Whether whatever goes through the other goes through this one, at the same group."""
        return self.inward == other.inward and self.covers_ports(other) and self.covers_peer(other)

    def covers_peer(self, other: "Opening") -> bool:
        """Whether the other's peer is this one's, or a part of it; everyone is so by IPv4 and by IPv6."""
        if self.to_everyone and other.to_everyone:
            return True
        return self.peer == other.peer or _within(self.network, other.network)

    def covers_ports(self, other: "Opening") -> bool:
        """Whether the other's ports are among these."""
        same = self.every_protocol or self.protocol == other.protocol
        return same and self.ports[0] <= other.ports[0] and other.ports[1] <= self.ports[1]

    def meets_ports(self, other: "Opening") -> bool:
        """Whether both have a port in common."""
        same = self.every_protocol or other.every_protocol or self.protocol == other.protocol
        return same and self.ports[0] <= other.ports[1] and other.ports[0] <= self.ports[1]

    def __str__(self) -> str:
        """The opening in a few words."""
        ports = "every port" if self.ports == ANY_PORT else "port {}-{}".format(*self.ports)
        if self.ports[0] == self.ports[1]:
            ports = f"port {self.ports[0]}"
        protocol = "every protocol" if self.every_protocol else f"{self.protocol} {ports}"
        return f"{protocol} {'from' if self.inward else 'to'} {self.peer}"


def openings(change: Change, values: Values) -> Iterator[Opening]:
    """All that a resource opens, by its values before or after."""
    rule = _RULE.fullmatch(change.type)
    if rule and values:
        yield from _of_rule(
            values, values.get("security_group_id"), inward=rule[1] == "ingress", protocol="ip_protocol"
        )
    elif change.type == "aws_security_group_rule" and values:
        inward = values.get("type") == "ingress"
        yield from _of_rule(values, values.get("security_group_id"), inward=inward, protocol="protocol")
    elif _GROUP.fullmatch(change.type) and values:
        for name in ("ingress", "egress"):
            for index, block in enumerate(blocks(values.get(name))):
                yield from _of_rule(
                    block,
                    values.get("id"),
                    inward=name == "ingress",
                    protocol="protocol",
                    place=f"{name}[{index}].",
                )


def _of_rule(
    values: Mapping[str, Any], group: Any, *, inward: bool, protocol: str, place: str = ""
) -> Iterator[Opening]:
    named = protocol_of(values.get(protocol))
    for attribute in (
        "cidr_ipv4",
        "cidr_ipv6",
        "cidr_blocks",
        "ipv6_cidr_blocks",
        "referenced_security_group_id",
        "source_security_group_id",
        "security_groups",
        "prefix_list_id",
        "prefix_list_ids",
        "self",
    ):
        for peer in listed(values.get(attribute)):
            if peer and peer is not UNKNOWN:
                name = str(group) if peer is True else str(peer)
                yield Opening(
                    group if group is UNKNOWN else str(group),
                    inward,
                    named,
                    ports_of(values, named),
                    name,
                    f"{place}{attribute}",
                )


def protocol_of(value: Any) -> str:
    """A protocol by its name; "-1" for all of them."""
    named = "-1" if value is None else str(value).lower()
    return _PROTOCOLS.get(named, named)


def ports_of(values: Mapping[str, Any], protocol: str) -> tuple[int, int]:
    """The first port and the last of a rule; every port of what has none."""
    first, last = number(values.get("from_port")), number(values.get("to_port"))
    if protocol not in ("tcp", "udp") or first is None or last is None or first < 0:
        return ANY_PORT
    return int(first), int(last)


def _within(network: Network | None, other: Network | None) -> bool:
    if isinstance(network, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return other.subnet_of(network)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return other.subnet_of(network)
    return False
