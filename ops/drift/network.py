"""Routes, and parts of the VPC that no state owns."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws
from ops.drift.finding import NONE, PRESENT, Finding, text
from ops.drift.state import State

# Operation, its answer's member, a part's id, the filter by VPC.
_PARTS = (
    ("describe_security_groups", "SecurityGroups", "GroupId", "vpc-id"),
    ("describe_subnets", "Subnets", "SubnetId", "vpc-id"),
    ("describe_route_tables", "RouteTables", "RouteTableId", "vpc-id"),
    ("describe_network_acls", "NetworkAcls", "NetworkAclId", "vpc-id"),
    ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "vpc-id"),
    ("describe_nat_gateways", "NatGateways", "NatGatewayId", "vpc-id"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId", "attachment.vpc-id"),
)
_GONE = frozenset({"deleting", "deleted", "failed"})
# Of what joins the VPC to another network: it does so no more, or never did.
_APART = _GONE | {"failing", "rejected", "rejecting", "expired", "detached", "detaching"}
# The default ACL's own entries, of which those for IPv6 come one later
# (https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html).
_OPEN_ENTRY = 100
_FIRST_OWN_ENTRY = 32767
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_WAYS = (
    *("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"),
    *("InstanceId", "EgressOnlyInternetGatewayId"),
)


def network(aws: Aws, state: State) -> Iterator[Finding]:
    """Parts that were added to the VPC by hand."""
    ec2 = aws("ec2")
    for vpc in state.of("aws_vpc"):
        for operation, key, name, condition in _PARTS:
            filters = [{"Name": condition, "Values": [vpc["id"]]}]
            for one in listed(ec2, operation, key, Filters=filters):
                if one.get("State") not in _GONE and not state.owns(one[name]):
                    yield Finding(one[name], "resource", NONE, f"{PRESENT} in {vpc.address}")
        filters = [{"Name": "vpc-id", "Values": [vpc["id"]]}]
        for reservation in listed(ec2, "describe_instances", "Reservations", Filters=filters):
            for instance in reservation["Instances"]:
                if instance["State"]["Name"] not in {"terminated", "shutting-down"}:
                    yield Finding(instance["InstanceId"], "resource", NONE, f"{PRESENT} in {vpc.address}")


def neighbours(aws: Aws, state: State) -> Iterator[Finding]:
    """Other networks that the VPC was joined to, be it that nobody has accepted yet."""
    ec2 = aws("ec2")
    peerings = listed(ec2, "describe_vpc_peering_connections", "VpcPeeringConnections")
    for vpc in state.of("aws_vpc"):
        joined = [
            (one["VpcPeeringConnectionId"], one["Status"]["Code"])
            for one in peerings
            if vpc["id"] in (one["RequesterVpcInfo"]["VpcId"], one["AccepterVpcInfo"]["VpcId"])
        ]
        joined += [
            (one["TransitGatewayAttachmentId"], one["State"])
            for one in listed(
                ec2,
                "describe_transit_gateway_vpc_attachments",
                "TransitGatewayVpcAttachments",
                Filters=[{"Name": "vpc-id", "Values": [vpc["id"]]}],
            )
        ]
        # A VPC has one VPN gateway at most, and EC2 tells them without pages.
        filters = [{"Name": "attachment.vpc-id", "Values": [vpc["id"]]}]
        joined += [
            (gateway["VpnGatewayId"], attachment["State"])
            for gateway in ec2.describe_vpn_gateways(Filters=filters)["VpnGateways"]
            for attachment in gateway["VpcAttachments"]
        ]
        for identity, status in joined:
            if status not in _APART and not state.owns(identity):
                yield Finding(identity, "resource", NONE, f"{status}, with {vpc.address}")


def access_lists(aws: Aws, state: State) -> Iterator[Finding]:
    """Entries of the VPC's default ACL, which nobody declares: AWS's own let everything through."""
    for vpc in state.of("aws_vpc"):
        default = [vpc["default_network_acl_id"]]
        for one in listed(aws("ec2"), "describe_network_acls", "NetworkAcls", NetworkAclIds=default):
            for entry in one["Entries"]:
                number, opens = entry["RuleNumber"], entry["RuleAction"] == "allow"
                if number < _FIRST_OWN_ENTRY and not (number in {_OPEN_ENTRY, _OPEN_ENTRY + 1} and opens):
                    way = "egress" if entry["Egress"] else "ingress"
                    shown = f"{entry['RuleAction']} {entry.get('CidrBlock') or entry.get('Ipv6CidrBlock')}"
                    yield Finding(vpc.address, f"default_network_acl.{way}[{number}]", NONE, shown)
            for egress in (False, True):
                if _OPEN_ENTRY not in {e["RuleNumber"] for e in one["Entries"] if e["Egress"] is egress}:
                    way = "egress" if egress else "ingress"
                    yield Finding(vpc.address, f"default_network_acl.{way}[{_OPEN_ENTRY}]", PRESENT, NONE)


def routes(aws: Aws, state: State) -> Iterator[Finding]:
    """Routes that were added, changed or taken away; those to the VPC and to its endpoints are AWS's own."""
    tables = {table["id"]: table for table in state.of("aws_route_table")}
    # The main table, which nobody declares, leads nowhere.
    tables |= {vpc["default_route_table_id"]: vpc for vpc in state.of("aws_vpc")}
    if not tables:
        return
    filters = [{"Name": "route-table-id", "Values": sorted(tables)}]
    declared = {(one["route_table_id"], _declared_destination(one)): one for one in state.of("aws_route")}
    for table in listed(aws("ec2"), "describe_route_tables", "RouteTables", Filters=filters):
        identity = table["RouteTableId"]
        for route in table["Routes"]:
            destination, way = _first(route, _DESTINATIONS), _first(route, _WAYS)
            if way == "local" or way.startswith("vpce-"):
                continue
            known = declared.pop((identity, destination), None)
            if known is None:
                yield Finding(tables[identity].address, f"route[{destination}]", NONE, way)
                continue
            wanted = known["nat_gateway_id"] or known["gateway_id"]
            if wanted != way:
                attribute = "nat_gateway_id" if known["nat_gateway_id"] else "gateway_id"
                yield Finding(known.address, attribute, text(wanted), text(way))
    for (identity, _), known in declared.items():
        if identity in tables:
            yield Finding(known.address, "resource", PRESENT, NONE)


def _declared_destination(route: Any) -> str:
    names = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")
    return next((route[name] for name in names if route[name]), "")


def _first(route: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((route[name] for name in names if route.get(name)), "")
