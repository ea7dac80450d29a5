"""Deployments of ECS services: how the newest one stands, and why one failed."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from common.pages import described_tasks, listed

ENDED = frozenset({"COMPLETED", "FAILED"})
"""Rollout states of a deployment that does nothing more
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html)."""


def rollout_state(service: Mapping[str, Any]) -> str:
    """State of a service's newest deployment: IN_PROGRESS, COMPLETED or FAILED.

    Args:
        service: As ECS describes it.
    """
    primary = next(one for one in service["deployments"] if one["status"] == "PRIMARY")
    return str(primary["rolloutState"])


def tasks_of(ecs: Any, cluster: str, name: str, status: str = "RUNNING") -> list[dict[str, Any]]:
    """Tasks of a service that run, or are to; or those that have stopped within the hour.

    Args:
        ecs: boto3 client.
        cluster: Name of the cluster.
        name: Name of the service.
        status: The status that they are to have, RUNNING or STOPPED.
    """
    asked = {"cluster": cluster, "serviceName": name, "desiredStatus": status}
    return described_tasks(ecs, cluster, listed(ecs, "list_tasks", "taskArns", **asked))


def why(ecs: Any, cluster: str, name: str) -> str:
    """The newest event of a service, and why its last task stopped; sentences that begin with a space."""
    (service,) = ecs.describe_services(cluster=cluster, services=[name])["services"]
    event = "".join(f" {one['message']}" for one in service["events"][:1])
    tasks = tasks_of(ecs, cluster, name, "STOPPED")
    stopped = [task for task in tasks if task.get("stoppedAt") and task.get("stoppedReason")]
    newest = max(stopped, key=itemgetter("stoppedAt"), default=None)
    return event + (f" The last task stopped with: {newest['stoppedReason']}" if newest else "")
