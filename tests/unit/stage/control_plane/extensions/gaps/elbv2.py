"""Gaps of Elastic Load Balancing."""


def _states(aws, **asked):
    elbv2, vpc = aws("elbv2"), aws("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    groups = elbv2.create_target_group(Name="api", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = groups["TargetGroups"][0]["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.20.1.4", "Port": 80}])
    answer = elbv2.describe_target_health(TargetGroupArn=arn, **asked)
    return [one["TargetHealth"]["State"] for one in answer["TargetHealthDescriptions"]]


def initial_target(aws):
    """A target that was just registered is initial."""
    return ["initial"] == _states(aws)


def unused_target(aws):
    """A target that was never registered is unused."""
    return ["unused"] == _states(aws, Targets=[{"Id": "10.20.9.9", "Port": 80}])


def listener_without_tls(aws):
    """A listener that becomes plain HTTP has no certificate any more."""
    elbv2, ec2 = aws("elbv2"), aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"eu-central-1{zone}")
        for number, zone in enumerate("ab")
    ]
    balancer = elbv2.create_load_balancer(Name="api", Subnets=[one["Subnet"]["SubnetId"] for one in subnets])
    certificate = aws("acm").request_certificate(DomainName="notifications.example")["CertificateArn"]
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[action],
    )["Listeners"][0]["ListenerArn"]
    elbv2.modify_listener(ListenerArn=listener, Protocol="HTTP", Port=80, DefaultActions=[action])
    (told,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
    return ("HTTP", []) == (told["Protocol"], told.get("Certificates", []))
