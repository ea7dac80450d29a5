import pytest
from botocore.exceptions import ClientError

from stage.control_plane.reports import TargetHealth

ONE, TWO = ("10.20.1.4", 8080), ("10.20.2.4", 8080)
DRAINING = TargetHealth("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")


@pytest.fixture
def elbv2(client):
    """ELBv2 with one target group."""
    return client("elbv2")


@pytest.fixture
def group(elbv2, client):
    """A target group with two registered targets."""
    vpc = client("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    arn = elbv2.create_target_group(
        Name="api", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/healthz"
    )["TargetGroups"][0]["TargetGroupArn"]
    register(elbv2, arn, ONE, TWO)
    return arn


def register(elbv2, group, *targets):
    """Register targets."""
    elbv2.register_targets(
        TargetGroupArn=group, Targets=[{"Id": address, "Port": port} for address, port in targets]
    )


def deregister(elbv2, group, target):
    """Deregister a target."""
    elbv2.deregister_targets(TargetGroupArn=group, Targets=[{"Id": target[0], "Port": target[1]}])


def health(elbv2, group, **asked):
    """Describe the health of targets, by target."""
    answer = elbv2.describe_target_health(TargetGroupArn=group, **asked)
    return {
        (one["Target"]["Id"], one["Target"]["Port"]): one["TargetHealth"]
        for one in answer["TargetHealthDescriptions"]
    }


def test_a_registered_target_that_nobody_reported_is_initial(elbv2, group):
    """No target is healthy before it was checked."""
    assert {ONE: "initial", TWO: "initial"} == states(elbv2, group)


def test_a_target_is_as_it_was_reported(elbv2, group, reporter):
    """State, reason and description come back word by word."""
    timeout = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")

    reporter.target_health(group, {ONE: TargetHealth("healthy"), TWO: timeout})

    assert {
        ONE: {"State": "healthy"},
        TWO: {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"},
    } == health(elbv2, group)


def test_a_report_replaces_the_one_before(elbv2, group, reporter):
    """A target that the newest report leaves out is initial again."""
    reporter.target_health(group, {ONE: TargetHealth("healthy"), TWO: TargetHealth("healthy")})

    reporter.target_health(group, {TWO: TargetHealth("healthy")})

    assert {ONE: "initial", TWO: "healthy"} == states(elbv2, group)


def test_a_deregistered_target_is_listed_while_it_drains(elbv2, group, reporter):
    """It stays as long as it is reported as draining, and no longer."""
    reporter.target_health(group, {ONE: TargetHealth("healthy"), TWO: DRAINING})
    deregister(elbv2, group, TWO)

    assert {ONE: "healthy", TWO: "draining"} == states(elbv2, group)

    reporter.target_health(group, {ONE: TargetHealth("healthy"), TWO: TargetHealth("healthy")})
    assert {ONE: "healthy"} == states(elbv2, group)


def test_an_unregistered_target_that_is_asked_for_is_unused(elbv2, group):
    """DescribeTargetHealth answers for exactly the targets it was asked about."""
    asked = [{"Id": "10.20.9.9", "Port": 8080}]

    assert {("10.20.9.9", 8080): "unused"} == states(elbv2, group, Targets=asked)


def test_health_of_an_unknown_group_is_refused(elbv2, group, reporter):
    """Both the question and the report name AWS's error."""
    elbv2.delete_target_group(TargetGroupArn=group)

    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        reporter.target_health(group, {})
    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        elbv2.describe_target_health(TargetGroupArn=group)


def states(elbv2, group, **asked):
    """Describe the state of targets, by target."""
    return {target: one["State"] for target, one in health(elbv2, group, **asked).items()}
