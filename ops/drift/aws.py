"""Clients of AWS, and the one way in which every source asks them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from common.pages import described_services, described_tasks, listed
from ops.drift.state import State

Aws = Callable[[str], Any]
"""Gives the client of a service by boto3's name of it."""


def chunks(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """Lists of at most so many."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def unless_missing(ask: Callable[..., Any], *codes: str, **request: Any) -> Any:
    """Answer to a call; None if AWS answers with one of these error codes, such as NoSuchEntity.

    Raises:
        ClientError: AWS answers with another one.
    """
    try:
        return ask(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


def services(aws: Aws, state: State) -> list[dict[str, Any]]:
    """Services of the cluster, as ECS describes them."""
    ecs = aws("ecs")
    arns = listed(ecs, "list_services", "serviceArns", cluster=state.cluster)
    return described_services(ecs, state.cluster, arns)


def tasks(aws: Aws, state: State) -> list[dict[str, Any]]:
    """Tasks of the cluster, those among them that have stopped within the last hour."""
    ecs = aws("ecs")
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in listed(ecs, "list_tasks", "taskArns", cluster=state.cluster, desiredStatus=status)
    ]
    return described_tasks(ecs, state.cluster, arns)


def addresses(found: Iterable[dict[str, Any]]) -> set[str]:
    """Private IPv4 addresses of tasks."""
    return {
        detail["value"]
        for task in found
        for attachment in task.get("attachments", [])
        for detail in attachment.get("details", [])
        if detail["name"] == "privateIPv4Address"
    }


def clients(session: Any) -> Aws:
    """Clients of a boto3 session, each made once."""
    return cache(session.client)
