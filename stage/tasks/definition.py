"""Launch specification of a task, from its task definition and its image's Dockerfile."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage.errors import StageError
from stage.tasks.dockerfile import read_image
from stage.tasks.health import HealthCheck
from stage.tasks.logs import LogDestination

_CPU_UNITS_PER_VCPU = 1024
_DEFAULT_STOP_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class LaunchSpec:
    """Launch specification of a task: all that does not depend on where it runs.

    Attributes:
        container: Name of its one container.
        family: Family of its task definition.
        command: Entry point and command.
        environment: From the image and the task definition; no secrets.
        secrets: `valueFrom` by name of the environment variable.
        vcpus: vCPUs reserved for the task.
        stop_timeout: Real seconds between SIGTERM and SIGKILL.
        port: The first container port, None when it has none.
        health_check: The container's health check, None when it declares none.
        log: Where its output goes, None when it does not use awslogs.
    """

    container: str
    family: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    vcpus: float
    stop_timeout: float
    port: int | None
    health_check: HealthCheck | None
    log: LogDestination | None


def launch_spec(definition: Mapping[str, Any], task_id: str, services_root: Path) -> LaunchSpec:
    """Read a task definition as DescribeTaskDefinition returns it.

    Raises:
        StageError: It needs something that this stage does not run, or its image is not found.
    """
    container = _only_container(definition)
    image = read_image(container["image"], services_root)
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
        container=container["name"],
        family=definition["family"],
        command=command,
        environment={
            **image.environment,
            **{one["name"]: one["value"] for one in container.get("environment", [])},
        },
        secrets={one["name"]: one["valueFrom"] for one in container.get("secrets", [])},
        vcpus=_vcpus(definition),
        stop_timeout=float(container.get("stopTimeout") or _DEFAULT_STOP_TIMEOUT_SECONDS),
        port=ports[0] if ports else None,
        health_check=HealthCheck.of(check) if check and check.get("command") else None,
        log=_log(container, task_id),
    )


def _only_container(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    containers: list[Mapping[str, Any]] = definition["containerDefinitions"]
    if len(containers) != 1:
        names = ", ".join(str(one["name"]) for one in containers)
        raise StageError(
            f"CannotStartContainerError: task definition {definition['family']} has {len(containers)} "
            f"containers ({names}); the stage runs tasks of exactly one"
        )
    return containers[0]


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
