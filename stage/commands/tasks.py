"""Services and tasks by the names that a person types."""

from typing import Any

from common.pages import described_tasks, listed
from stage.commands.running import Running
from stage.errors import StageError
from stage.overview import described

_SHORT = 8


def short(task_id: str) -> str:
    """As much of a task's id as tells it from others at a glance."""
    return task_id[:_SHORT]


def require_service(stage: Running, name: str) -> dict[str, Any]:
    """A service as ECS describes it.

    Raises:
        StageError: There is none of that name; the message has those that there are.
    """
    services = {service["serviceName"]: service for service in described(stage.aws, stage.cluster)}
    if name not in services:
        raise StageError(f"there is no service {name!r}: there is {', '.join(services) or 'none'}")
    return services[name]


def require_task(stage: Running, prefix: str) -> dict[str, Any]:
    """The one running task whose id begins so; a whole ARN will do as well.

    Raises:
        StageError: None does, or several do; the message has those that may be meant.
    """
    ecs, cluster = stage.aws.ecs, stage.cluster
    arns = listed(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")
    running = [task for task in described_tasks(ecs, cluster, arns) if task["lastStatus"] == "RUNNING"]
    wanted = prefix.rpartition("/")[2]
    found = [task for task in running if wanted and task_id(task).startswith(wanted)]
    if len(found) == 1:
        return found[0]
    meant = ", ".join(sorted(f"{short(task_id(task))} ({service_of(task)})" for task in found or running))
    if found:
        raise StageError(f"{len(found)} running tasks begin with {prefix!r}: {meant}; give more of the id")
    raise StageError(f"no running task begins with {prefix!r}: there is {meant or 'none'}")


def task_id(task: dict[str, Any]) -> str:
    """The last part of a task's ARN."""
    return str(task["taskArn"]).rpartition("/")[2]


def service_of(task: dict[str, Any]) -> str:
    """Name of the service that a task belongs to; its group if it belongs to none."""
    return str(task.get("group", "")).removeprefix("service:")


def address_of(task: dict[str, Any]) -> str:
    """Private IPv4 address of a task's network interface; empty if it has none."""
    for attachment in task.get("attachments", []):
        for detail in attachment["details"]:
            if detail["name"] == "privateIPv4Address":
                return str(detail["value"])
    return ""
