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
