"""The whole system in partitions other than AWS's commercial one."""

import json
import re

import pytest

from tests.plan.offline import STAGING

# Service principals end alike in every partition, but for those that name a region
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
PRINCIPALS = {
    "cloudwatch.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "ses.amazonaws.com",
    "sns.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
PARTITIONS = {
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "eusc-de-east-1": ("aws-eusc", "amazonaws.eu"),
}


@pytest.fixture(params=PARTITIONS)
def region(request):
    """A region of each."""
    return request.param


@pytest.fixture
def planned(offline, region):
    """Everything that is planned there, as one text."""
    zones = [f"{region}a", f"{region}b"]
    plan = offline.plan(f"partition-{region}", STAGING, aws_region=region, availability_zones=zones)
    return json.dumps(plan["planned_values"])


def test_every_arn_is_of_the_partition(planned, region):
    """No policy, alarm or variable points into another partition."""
    assert set(re.findall(r"\barn:([a-z-]+):", planned)) == {PARTITIONS[region][0]}


def test_every_host_is_of_the_partition(planned, region):
    """Images, keys and logs are with the partition's own services."""
    suffix = PARTITIONS[region][1]
    hosts = set(re.findall(r"[a-z0-9.-]+\.amazonaws\.(?:com\.cn|com|eu)\b", planned))
    assert PRINCIPALS == {host for host in hosts if not host.endswith(f".{suffix}")}
    assert {
        f"123456789012.dkr.ecr.{region}.{suffix}",
        f"logs.{region}.{suffix}",
        f"dynamodb.{region}.{suffix}",
    } <= hosts
