"""Lists of AWS in full, over all pages, and descriptions, so many at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
SERVICES_A_CALL = 10
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
TASKS_A_CALL = 100


def listed(client: Any, operation: str, key: str, **request: Any) -> list[Any]:
    """All items of a list or describe call, page by page.

    Args:
        client: boto3's.
        operation: Name of its method, e.g. "list_tasks".
        key: Member of the answer that holds the items, e.g. "taskArns".
        request: What each call is asked with.
    """
    pages = client.get_paginator(operation).paginate(**request)
    return [item for page in pages for item in page.get(key, [])]


def described_services(ecs: Any, cluster: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Services by their names or ARNs, as ECS describes them."""
    return [
        service
        for some in _chunks(names, SERVICES_A_CALL)
        for service in ecs.describe_services(cluster=cluster, services=some)["services"]
    ]


def described_tasks(ecs: Any, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
    """Tasks by their ARNs, as ECS describes them; it forgets a stopped one after an hour."""
    return [
        task
        for some in _chunks(arns, TASKS_A_CALL)
        for task in ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"]
    ]


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
