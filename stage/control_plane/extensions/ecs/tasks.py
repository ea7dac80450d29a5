"""The life of a task, as far as the control plane sees it."""

from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.moto_api._internal import mock_random

from stage.control_plane.extensions.ecs.interfaces import attach_interface, release_interface
from stage.control_plane.extensions.ecs.state import EcsState, Task, now

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
_ON_ITS_WAY_DOWN = ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
# How the ECS service scheduler words its reasons
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html).
_SCHEDULER_REASONS = ("Scaling activity initiated by", "Task failed")


def create(backend: Any, state: EcsState, request: dict[str, Any]) -> Task:
    """A new task from a RunTask request, PROVISIONING.

    Raises:
        InvalidParameterException: It is not meant for Fargate, has no network configuration or overrides a
            container that its task definition does not have.
    """
    cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
    definition = backend.describe_task_definition(request["taskDefinition"])
    launch = _fargate_launch(request)
    network = request.get("networkConfiguration")
    if not network:
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    overrides = request.get("overrides") or {}
    _require_containers(definition, overrides)
    partition_and_region = cluster.arn.split(":cluster/", 1)[0]
    arn = f"{partition_and_region}:task/{cluster.name}/{str(mock_random.uuid4()).replace('-', '')}"
    task: Task = {
        "taskArn": arn,
        "clusterArn": cluster.arn,
        "taskDefinitionArn": definition.arn,
        "group": request.get("group") or f"family:{definition.family}",
        "startedBy": request.get("startedBy"),
        "lastStatus": "PROVISIONING",
        "desiredStatus": "RUNNING",
        "healthStatus": "UNKNOWN",
        "connectivity": "CONNECTED",
        "cpu": definition.cpu,
        "memory": definition.memory,
        "overrides": overrides,
        "tags": request.get("tags") or [],
        "enableExecuteCommand": bool(request.get("enableExecuteCommand")),
        "createdAt": now(),
        "version": 1,
        "attachments": [],
        **launch,
    }
    attach_interface(backend, state, task, network)
    task["containers"] = [_container(task, container) for container in definition.container_definitions]
    state.tasks[arn] = task
    return task


def _require_containers(definition: Any, overrides: dict[str, Any]) -> None:
    names = {container["name"] for container in definition.container_definitions}
    for override in overrides.get("containerOverrides") or []:
        name = override.get("name")
        if name not in names:
            raise InvalidParameterException(
                f"Override for container named {name} is not a container in the TaskDefinition."
            )


def find(state: EcsState, cluster_arn: str, name: str) -> Task | None:
    """A cluster's task by ARN or id."""
    task_id = name.rsplit("/", 1)[-1]
    for arn, task in state.tasks.items():
        if arn.rsplit("/", 1)[-1] == task_id and task["clusterArn"] == cluster_arn:
            return task
    return None


def ask_to_stop(task: Task, reason: str) -> None:
    """Mean a task to stop; the first reason given is the one that is kept."""
    if task["desiredStatus"] == "STOPPED":
        return
    task["desiredStatus"] = "STOPPED"
    task["stoppedReason"] = reason
    by_scheduler = reason.startswith(_SCHEDULER_REASONS)
    task["stopCode"] = "ServiceSchedulerInitiated" if by_scheduler else "UserInitiated"
    task["version"] += 1


def take_back(task: Task) -> None:
    """Mean a task to stop because Fargate Spot needs its capacity.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
    """
    task["desiredStatus"] = "STOPPED"
    task["stopCode"] = "SpotInterruption"
    task["stoppedReason"] = "Your Spot Task was interrupted."
    task["version"] += 1


def change_state(backend: Any, state: EcsState, task: Task, change: dict[str, Any]) -> None:
    """Take over what SubmitTaskStateChange tells of a task and its containers."""
    status = change["status"]
    task["lastStatus"] = status
    task["version"] += 1
    _stamp(task, status)
    if status in _ON_ITS_WAY_DOWN:
        task["desiredStatus"] = "STOPPED"
    for container in task["containers"]:
        if status in {"RUNNING", "STOPPED"}:
            container["lastStatus"] = status
    for told in change.get("containers") or []:
        _change_container(task, told)
    if status == "STOPPED":
        _explain_stop(task, change.get("reason"))
        release_interface(backend, task)
        state.forget_oldest_stopped(task["taskArn"])


def _stamp(task: Task, status: str) -> None:
    if status == "RUNNING":
        task.setdefault("startedAt", now())
    elif status in {"DEACTIVATING", "STOPPING"}:
        task.setdefault("stoppingAt", now())
    elif status == "STOPPED":
        task["stoppedAt"] = now()
        task.setdefault("stoppingAt", task["stoppedAt"])
        task.setdefault("executionStoppedAt", task["stoppedAt"])


def _change_container(task: Task, told: dict[str, Any]) -> None:
    for container in task["containers"]:
        if container["name"] == told.get("containerName"):
            container["lastStatus"] = told.get("status") or container["lastStatus"]
            for key in ("exitCode", "reason"):
                if told.get(key) is not None:
                    container[key] = told[key]


def _explain_stop(task: Task, reason: str | None) -> None:
    """Say why a task that nobody asked to stop has stopped."""
    if "stopCode" in task:
        return
    if "startedAt" in task:
        task["stopCode"] = "EssentialContainerExited"
        task["stoppedReason"] = reason or "Essential container in task exited"
    else:
        task["stopCode"] = "TaskFailedToStart"
        task["stoppedReason"] = reason or "Task failed to start"


def _fargate_launch(request: dict[str, Any]) -> dict[str, Any]:
    strategy = request.get("capacityProviderStrategy") or []
    provider = strategy[0]["capacityProvider"] if strategy else None
    if request.get("launchType") != "FARGATE" and provider not in {"FARGATE", "FARGATE_SPOT"}:
        raise InvalidParameterException("The stage runs Fargate tasks only.")
    return {
        "launchType": "FARGATE",
        "capacityProviderName": provider,
        "platformVersion": request.get("platformVersion") or "1.4.0",
        "platformFamily": "Linux",
    }


def _container(task: Task, definition: dict[str, Any]) -> dict[str, Any]:
    attachment = task["attachments"][0]
    address = next(
        detail["value"] for detail in attachment["details"] if detail["name"] == "privateIPv4Address"
    )
    partition_and_region, task_path = task["taskArn"].split(":task/", 1)
    return {
        "containerArn": f"{partition_and_region}:container/{task_path}/{mock_random.uuid4()}",
        "taskArn": task["taskArn"],
        "name": definition["name"],
        "image": definition["image"],
        "lastStatus": "PENDING",
        "healthStatus": "UNKNOWN",
        "networkInterfaces": [{"attachmentId": attachment["id"], "privateIpv4Address": address}],
        "cpu": str(definition.get("cpu") or 0),
    }
