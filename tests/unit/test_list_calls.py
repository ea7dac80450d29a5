"""No list of AWS's is taken for whole after its first page."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

ROOT = Path(__file__).resolve().parents[2]
# Tests of one part look at the few things that they made themselves.
ROOMS = (
    "ops",
    "services",
    "stage",
    "tests/apply",
    "tests/bench",
    "tests/integration",
    "tests/load",
    "verify",
    "tests/plan",
)
SERVICES = (
    *("appmesh", "application-autoscaling", "budgets", "ce", "cloudformation", "cloudtrail", "cloudwatch"),
    *("dynamodb", "ec2", "ecr", "ecs", "elbv2", "events", "iam", "kms", "logs", "resourcegroupstaggingapi"),
    *("route53", "s3", "secretsmanager", "servicediscovery", "sesv2", "sns", "sqs", "ssm", "wafv2", "acm"),
)

# A file, the call, and why one page is enough there.
JUSTIFIED = {
    ("stage/console.py", "describe_scaling_activities"): "shows the newest few, which are on the first page",
    ("stage/target_tracking/read.py", "get_metric_data"): "one metric's last minutes; a page has 100,800",
    (
        "stage/control_plane/extensions/cloudwatch/metric_data.py",
        "get_metric_data",
    ): "the emulator's own store, which has no pages",
    (
        "stage/control_plane/extensions/ecs/service_operations.py",
        "list_services",
    ): "the emulator's own store, which has no pages",
}
_TOKENS = {"NextToken", "nextToken", "ExclusiveStartKey", "Marker"}
# How many names a description takes: with more AWS refuses the call.
_AT_MOST = {"describe_services": {"services"}, "describe_tasks": {"tasks"}}
_CHUNKED = {
    "stage/control_plane/pages.py": "the one place that takes them apart",
    "ops/redeploy.py": "runs without the rest of the repository, and takes them apart itself",
}


@cache
def paged() -> frozenset[str]:
    """Methods of boto3's clients whose answers come in pages, by botocore's own data."""
    loader = botocore.session.get_session().get_component("data_loader")
    names = set()
    for service in SERVICES:
        try:
            names |= loader.load_service_model(service, "paginators-1")["pagination"].keys()
        except UnknownServiceError:
            raise AssertionError(f"botocore knows no {service}") from None
    return frozenset(map(xform_name, names))


def _calls(source: str) -> Iterator[ast.Call]:
    return (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


def single_pages(source: str) -> list[str]:
    """Methods that a module calls for their first page alone."""
    return [call.func.attr for call in _calls(source) if call.func.attr in paged() and not _by_hand(call)]


def _by_hand(call: ast.Call) -> bool:
    """Whether the call goes from page to page itself."""
    return any(word.arg in _TOKENS for word in call.keywords)


def unbounded(source: str) -> list[str]:
    """Descriptions of as many names as there happen to be."""
    return [
        call.func.attr
        for call in _calls(source)
        for word in call.keywords
        if word.arg in _AT_MOST.get(call.func.attr, ()) and not isinstance(word.value, ast.List)
    ]


def _modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def test_every_list_is_read_to_its_end():
    """120 running tasks were once seen as 100, which is a page."""
    found = {
        (str(path.relative_to(ROOT)), name) for path in _modules() for name in single_pages(path.read_text())
    }
    assert set(JUSTIFIED) == found


def test_nobody_has_more_described_at_once_than_aws_takes():
    """10 services and 100 tasks: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html."""
    found = {str(path.relative_to(ROOT)) for path in _modules() if unbounded(path.read_text())}
    assert set(_CHUNKED) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('ecs.list_tasks(cluster="c")["taskArns"]', ["list_tasks"]),
        ("table.scan(TableName=name)", ["scan"]),
        ('cloudwatch.describe_alarms(AlarmNames=["a"])', ["describe_alarms"]),
        ('listed(ecs, "list_tasks", "taskArns")', []),
        ('ecs.get_paginator("list_tasks").paginate(cluster="c")', []),
        ("ecs.list_tasks(nextToken=token)", []),
        ('ecs.describe_services(services=["a"])', []),
        ("elbv2.describe_target_health(TargetGroupArn=arn)", []),
    ],
)
def test_a_first_page_is_recognized(source, found):
    """By botocore's data, and not by how a name begins."""
    assert found == single_pages(source)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("ecs.describe_tasks(tasks=arns)", ["describe_tasks"]),
        ("ecs.describe_tasks(tasks=[arn])", []),
        ("ecs.describe_services(cluster=c, services=names)", ["describe_services"]),
        ("described_services(ecs, cluster, names)", []),
    ],
)
def test_a_description_of_too_much_is_recognized(source, found):
    """A list that is written out has as many names as one can see."""
    assert found == unbounded(source)
