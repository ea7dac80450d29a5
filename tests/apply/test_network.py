"""How tasks reach AWS without leaving the VPC."""

import pytest

from common.pages import listed


@pytest.fixture
def endpoints(applied):
    """VPC endpoints by the last part of their service's name; EC2 lists a deleted one for a while."""
    found = [
        one
        for one in listed(applied.aws("ec2"), "describe_vpc_endpoints", "VpcEndpoints")
        if one["State"] == "available"
    ]
    return {one["ServiceName"].partition("eu-central-1.")[2]: one for one in found}


INTERFACES = {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"}


@pytest.mark.parametrize(
    ("applied", "interfaces"),
    [
        ("service_connect", INTERFACES),
        ("app_mesh", INTERFACES | {"appmesh-envoy-management"}),
        ("none", INTERFACES),
        ("staging", INTERFACES | {"ssmmessages"}),
    ],
    indirect=["applied"],
)
def test_each_service_that_tasks_ask_has_an_endpoint(applied, endpoints, interfaces):
    """S3 and DynamoDB by a gateway, the others by an interface with the service's own DNS name."""
    kinds = {name: (one["VpcEndpointType"], one.get("PrivateDnsEnabled")) for name, one in endpoints.items()}

    assert {"s3": "Gateway", "dynamodb": "Gateway"} == {
        name: kind for name, (kind, _) in kinds.items() if name not in interfaces
    }
    assert dict.fromkeys(interfaces, ("Interface", True)) == {
        name: kinds[name] for name in kinds if name in interfaces
    }


def test_each_private_subnet_reaches_the_gateways(applied, endpoints):
    """A route table that a gateway endpoint does not name would send its traffic over the NAT gateway."""
    tables = listed(applied.aws("ec2"), "describe_route_tables", "RouteTables")
    through_nat = {
        table["RouteTableId"] for table in tables if any("NatGatewayId" in route for route in table["Routes"])
    }

    assert through_nat
    assert [through_nat] * 2 == [set(endpoints[name]["RouteTableIds"]) for name in ("s3", "dynamodb")]


@pytest.mark.parametrize(
    ("applied", "gateways"), [("service_connect", 3), ("staging", 1)], indirect=["applied"]
)
def test_production_has_a_nat_gateway_in_each_zone(applied, gateways):
    """Elsewhere one is enough."""
    found = listed(applied.aws("ec2"), "describe_nat_gateways", "NatGateways")

    assert gateways == len({one["SubnetId"] for one in found if one["State"] == "available"})


def test_flow_logs_are_kept(applied):
    """Of the whole VPC, in a log group that exists."""
    (flow_log,) = listed(applied.aws("ec2"), "describe_flow_logs", "FlowLogs")
    groups = listed(applied.aws("logs"), "describe_log_groups", "logGroups")

    assert "ALL" == flow_log["TrafficType"]
    assert flow_log["LogDestination"].removesuffix(":*") in {
        group["arn"].removesuffix(":*") for group in groups
    }
