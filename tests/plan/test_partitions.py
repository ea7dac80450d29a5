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
# What is named by its ARN or its domain, as a team there would name it.
NAMED = {
    "cn-north-1": {
        "permissions_boundary_arn": "arn:aws-cn:iam::123456789012:policy/notifications",
        "mesh_certificate_authority_arn": (
            "arn:aws-cn:acm-pca:cn-north-1:123456789012:certificate-authority/0a1b2c3d"
        ),
        "listener_mode": "https",
        "domain_name": "notifications.example.com.cn",
        "certificate_arn": "arn:aws-cn:acm:cn-north-1:123456789012:certificate/0a1b2c3d",
    },
    "eusc-de-east-1": {
        "permissions_boundary_arn": "arn:aws-eusc:iam::123456789012:policy/notifications",
    },
}


@pytest.fixture(params=PARTITIONS)
def region(request):
    """A region of each."""
    return request.param


@pytest.fixture
def planned(offline, region):
    """Everything that is planned there, as one text; values of another partition's would be refused."""
    there = {"aws_region": region, "availability_zones": [f"{region}a", f"{region}b"], **NAMED[region]}
    return json.dumps(offline.plan(f"partition-{region}", STAGING, **there)["planned_values"])


def test_every_arn_is_of_the_partition(planned, region):
    """No policy, alarm or variable points into another partition."""
    assert set(re.findall(r"\barn:([a-z-]+):", planned)) == {PARTITIONS[region][0]}


def test_every_host_is_of_the_partition(planned, region):
    """Images, keys and logs are with the partition's own services."""
    suffix = PARTITIONS[region][1]
    hosts = set(re.findall(r"[a-z0-9.-]+\.amazonaws\.(?:com\.cn|com|eu)\b", planned))
    encrypts = {"ecs.amazonaws.com"} if "mesh_certificate_authority_arn" in NAMED[region] else set()
    assert PRINCIPALS | encrypts == {host for host in hosts if not host.endswith(f".{suffix}")}
    assert {
        f"123456789012.dkr.ecr.{region}.{suffix}",
        f"logs.{region}.{suffix}",
        f"dynamodb.{region}.{suffix}",
    } <= hosts
