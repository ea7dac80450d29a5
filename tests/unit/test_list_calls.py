"""No list of AWS's is taken for whole after its first page."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

ROOT = Path(__file__).resolve().parents[2]
# Tests of one part look at the few things that they made themselves.
ROOMS = (
    "common",
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
    ("stage/overview.py", "describe_scaling_activities"): "shows the newest few, which are on the first page",
    ("stage/target_tracking/read.py", "get_metric_data"): "one metric's last minutes; a page has 100,800",
    ("verify/read_aws.py", "describe_target_groups"): "asks for one by its ARN",
    ("ops/bake/requests.py", "describe_target_groups"): "asks for two by their ARNs",
    ("ops/release/baking.py", "get_metric_data"): "asks for the newest datapoint, which comes first",
    ("ops/release/preflight.py", "describe_alarms"): "asks for a handful by their names",
    ("ops/release/preflight.py", "describe_images"): "asks for one by its tag",
    ("tests/plan/test_published_on_stage.py", "get_metric_data"): "one metric's two minutes",
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
    "common/pages.py": "the one place that takes them apart",
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
    return _single_pages(_calls(source))


def _single_pages(calls: Iterable[ast.Call]) -> list[str]:
    return [call.func.attr for call in calls if call.func.attr in paged() and not _by_hand(call)]


def _by_hand(call: ast.Call) -> bool:
    """Whether the call goes from page to page itself."""
    return any(word.arg in _TOKENS for word in call.keywords)


def unbounded(source: str) -> list[str]:
    """Descriptions of as many names as there happen to be."""
    return _unbounded(_calls(source))


def _unbounded(calls: Iterable[ast.Call]) -> list[str]:
    return [
        call.func.attr
        for call in calls
        for word in call.keywords
        if word.arg in _AT_MOST.get(call.func.attr, ()) and not isinstance(word.value, ast.List)
    ]


def _modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@cache
def _found() -> tuple[set[tuple[str, str]], set[str]]:
    """First pages and unbounded descriptions in all modules, each of which is read once."""
    first_pages, descriptions = set(), set()
    for path in _modules():
        name, calls = str(path.relative_to(ROOT)), list(_calls(path.read_text()))
        first_pages |= {(name, method) for method in _single_pages(calls)}
        descriptions |= {name for _ in _unbounded(calls)}
    return first_pages, descriptions


def test_every_list_is_read_to_its_end():
    """120 running tasks were once seen as 100, which is a page."""
    assert set(JUSTIFIED) == _found()[0]


def test_nobody_has_more_described_at_once_than_aws_takes():
    """10 services and 100 tasks: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html."""
    assert set(_CHUNKED) == _found()[1]


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
