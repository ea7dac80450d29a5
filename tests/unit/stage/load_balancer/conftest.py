"""A declared load balancer in moto."""

import boto3
import pytest

from tests.unit.stage.emulated import emulated_aws

PORT = 8080


class Declared:
    """What Terraform would have declared."""

    def __init__(self, ec2, elbv2):
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")
            for n, zone in enumerate("ab", 1)
        ]
        self.elbv2 = elbv2
        self._vpc = vpc
        self._subnets = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        self.balancer_arn = None

    def balancer(self, name="notifications", **options):
        """A load balancer; returns its ARN."""
        created = self.elbv2.create_load_balancer(Name=name, Subnets=self._subnets, **options)
        self.balancer_arn = created["LoadBalancers"][0]["LoadBalancerArn"]
        return self.balancer_arn

    def group(self, name="api", **options):
        """A target group; returns its ARN."""
        defaults = {
            "Protocol": "HTTP",
            "Port": PORT,
            "VpcId": self._vpc,
            "TargetType": "ip",
            "HealthCheckPath": "/healthz",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
        }
        created = self.elbv2.create_target_group(Name=name, **(defaults | options))
        return created["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, *actions, port=80, **options):
        """A listener with these default actions; returns its ARN."""
        options = {"Protocol": "HTTP", **options}
        created = self.elbv2.create_listener(
            LoadBalancerArn=self.balancer_arn, Port=port, DefaultActions=list(actions), **options
        )
        return created["Listeners"][0]["ListenerArn"]

    def service(self, **group_options):
        """A load balancer whose listener forwards everything to one target group."""
        group = self.group(**group_options)
        self.balancer()
        self.listener({"Type": "forward", "TargetGroupArn": group})
        return group

    def register(self, group, *addresses):
        """Register targets by ENI address."""
        self.elbv2.register_targets(TargetGroupArn=group, Targets=_targets(addresses))

    def deregister(self, group, *addresses):
        """Deregister targets by ENI address."""
        self.elbv2.deregister_targets(TargetGroupArn=group, Targets=_targets(addresses))


def _targets(addresses):
    return [{"Id": ip, "Port": PORT} for ip in addresses]


@pytest.fixture(scope="session")
def clients():
    """Made once: that takes longer than most tests."""
    session = boto3.Session("test", "test", region_name="eu-west-1")
    return [session.client(name) for name in ("ec2", "elbv2")]


@pytest.fixture
def declared(clients):
    """An empty account."""
    with emulated_aws():
        yield Declared(*clients)
