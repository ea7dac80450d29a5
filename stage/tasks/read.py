"""Reads a task, its service and its task definition, and what is launched from these and its image."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Any

from stage.errors import StageError
from stage.images.dockerfile import Image
from stage.tasks.model import DescribedTask, HealthCheck, LaunchSpec, LogDestination

_CPU_UNITS_PER_VCPU = 1024
_DEFAULT_STOP_TIMEOUT_SECONDS = 30
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
_DEFAULT_INTERVAL_SECONDS = 30
_DEFAULT_TIMEOUT_SECONDS = 5
_DEFAULT_RETRIES = 3


def read_task(ecs: Any, cluster: str, task_arn: str) -> DescribedTask:
    """Read a task that is to be launched.

    Raises:
        StageError: ECS has forgotten it.
    """
    described = ecs.describe_tasks(cluster=cluster, tasks=[task_arn])["tasks"]
    if not described:
        raise StageError("ECS does not know the task any more")
    task = described[0]
    kind, _, name = str(task.get("group", "")).partition(":")
    return DescribedTask(
        name if kind == "service" else "",
        task["taskDefinitionArn"],
        task.get("overrides") or {},
        _eni_address(task),
        str(task.get("availabilityZone", "")),
    )


def read_service(ecs: Any, cluster: str, name: str) -> Mapping[str, Any]:
    """A service as DescribeServices returns it; empty if it is gone, or for a task without one."""
    if not name:
        return {}
    services: list[Mapping[str, Any]] = ecs.describe_services(cluster=cluster, services=[name])["services"]
    return services[0] if services else {}


def read_definition(ecs: Any, task_definition: str) -> Mapping[str, Any]:
    """A task definition as DescribeTaskDefinition returns it."""
    definition: Mapping[str, Any] = ecs.describe_task_definition(taskDefinition=task_definition)[
        "taskDefinition"
    ]
    return definition


def launch_spec(
    definition: Mapping[str, Any],
    task_id: str,
    pull: Callable[[str], Image],
    overrides: Mapping[str, Any],
) -> LaunchSpec:
    """Read a task definition as DescribeTaskDefinition returns it, and what RunTask was told beside it.

    A task's override wins over its task definition, and that over the image
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html).

    Args:
        definition: The task definition.
        task_id: The task's.
        pull: Finds an image by its name.
        overrides: What RunTask was told.

    Raises:
        StageError: It needs something that this stage does not run, or its image is not found.
    """
    container = _overridden(_only_container(definition), overrides)
    image = pull(container["image"])
    # An entry point in the task definition also replaces the image's CMD, as `docker run` does.
    entry_point = tuple(container.get("entryPoint") or image.entry_point)
    default = () if container.get("entryPoint") else image.command
    command = (*entry_point, *(container.get("command") or default))
    if not command:
        raise StageError(
            f"CannotStartContainerError: {container['image']} has neither ENTRYPOINT nor CMD: give it one"
        )
    check = container.get("healthCheck")
    ports = [int(one["containerPort"]) for one in container.get("portMappings", [])]
    return LaunchSpec(
        task_id=task_id,
        container=container["name"],
        family=definition["family"],
        command=command,
        environment={
            **image.environment,
            **{one["name"]: one["value"] for one in container.get("environment", [])},
        },
        secrets={one["name"]: one["valueFrom"] for one in container.get("secrets", [])},
        task_role=role_arn("taskRoleArn", definition, overrides),
        vcpus=_vcpus({**definition, **({"cpu": overrides["cpu"]} if overrides.get("cpu") else {})}),
        memory_mib=int(container.get("memory") or definition.get("memory") or 0),
        stop_timeout=float(container.get("stopTimeout") or _DEFAULT_STOP_TIMEOUT_SECONDS),
        port=ports[0] if ports else None,
        health_check=health_check(check) if check and check.get("command") else None,
        log=_log(container, task_id),
        packages=image.packages,
    )


def role_arn(name: str, definition: Mapping[str, Any], overrides: Mapping[str, Any]) -> str:
    """ARN of a task's role, empty for none; a task definition may have its short name alone.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html

    Args:
        name: `taskRoleArn` or `executionRoleArn`.
        definition: The task definition.
        overrides: What RunTask was told.
    """
    role = str(overrides.get(name) or definition.get(name) or "")
    if not role or role.startswith("arn:"):
        return role
    account = definition["taskDefinitionArn"].split(":")[4]
    return f"arn:aws:iam::{account}:role/{role.lstrip('/')}"


def on_loopback(overrides: Mapping[str, Any], loopback_of: Callable[[str], str]) -> Mapping[str, Any]:
    """Overrides in which an address of the VPC is the loopback address that stands for it here.

    So a task reaches another one whose address it is told as it starts.
    """
    containers = [
        {**one, "environment": [_local(variable, loopback_of) for variable in one.get("environment", [])]}
        for one in overrides.get("containerOverrides") or []
    ]
    return {**overrides, "containerOverrides": containers}


def _local(variable: Mapping[str, str], loopback_of: Callable[[str], str]) -> Mapping[str, str]:
    try:
        address = IPv4Address(variable["value"])
    except ValueError:
        return variable
    if not address.is_private or address.is_loopback:
        return variable
    return {**variable, "value": loopback_of(variable["value"])}


def health_check(definition: Mapping[str, Any]) -> HealthCheck:
    """Read a container definition's `healthCheck`.

    Raises:
        StageError: The command starts with neither CMD nor CMD-SHELL.
    """
    match definition["command"]:
        case ["CMD-SHELL", str(line)]:
            command: tuple[str, ...] = ("/bin/sh", "-c", line)
        case ["CMD", str(executable), *arguments]:
            command = (executable, *arguments)
        case other:
            raise StageError(f'healthCheck command {other} must start with "CMD" or "CMD-SHELL"')
    return HealthCheck(
        command,
        float(definition.get("interval") or _DEFAULT_INTERVAL_SECONDS),
        float(definition.get("timeout") or _DEFAULT_TIMEOUT_SECONDS),
        int(definition.get("retries") or _DEFAULT_RETRIES),
        float(definition.get("startPeriod") or 0),
    )


def _eni_address(task: Mapping[str, Any]) -> str:
    details = (one for attachment in task.get("attachments", []) for one in attachment.get("details", []))
    return next((str(one["value"]) for one in details if one["name"] == "privateIPv4Address"), "")


def _only_container(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    containers: list[Mapping[str, Any]] = definition["containerDefinitions"]
    if len(containers) != 1:
        names = ", ".join(str(one["name"]) for one in containers)
        raise StageError(
            f"CannotStartContainerError: task definition {definition['family']} has {len(containers)} "
            f"containers ({names}); the stage runs tasks of exactly one"
        )
    return containers[0]


def _overridden(container: Mapping[str, Any], overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """A container definition with the command and the variables that a task was started with."""
    for one in overrides.get("containerOverrides") or []:
        if one["name"] == container["name"]:
            variables = {each["name"]: each for each in container.get("environment", [])}
            variables |= {each["name"]: each for each in one.get("environment", [])}
            command = one.get("command") or container.get("command")
            return {**container, "environment": list(variables.values()), "command": command}
    return container


def _vcpus(definition: Mapping[str, Any]) -> float:
    cpu = str(definition.get("cpu", ""))
    if not cpu.isdecimal():
        raise StageError(
            f"CannotStartContainerError: task definition {definition['family']} has cpu {cpu!r}: Fargate "
            "needs CPU units for the whole task, such as 256"
        )
    return int(cpu) / _CPU_UNITS_PER_VCPU


def _log(container: Mapping[str, Any], task_id: str) -> LogDestination | None:
    """Log group and stream of the awslogs driver: stream prefix/container/task.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    """
    configuration = container.get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration.get("options", {})
    try:
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task_id}"
        return LogDestination(options["awslogs-group"], stream)
    except KeyError as missing:
        raise StageError(
            f"ResourceInitializationError: failed to validate logger args: container {container['name']} "
            f"needs the log option {missing}"
        ) from None
