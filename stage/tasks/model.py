"""Data of the agent: tasks as ECS describes them, what is launched, what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol


class ObservedTask(Protocol):
    """A task that ECS describes, as far as the agent reads it."""

    @property
    def task_arn(self) -> str:
        """ARN of the task."""

    @property
    def last_status(self) -> str:
        """State that was reported last, such as PROVISIONING."""

    @property
    def desired_status(self) -> str:
        """RUNNING or STOPPED."""


@dataclass(frozen=True)
class DescribedTask:
    """A task as it is launched.

    Attributes:
        service: Name of its service; empty for a task without one.
        task_definition: ARN of its task definition.
        overrides: What RunTask was told to do otherwise than the task definition says.
        address: Private IPv4 address of its network interface; empty if it has none.
        availability_zone: Where it runs; empty if not known.
    """

    service: str
    task_definition: str
    overrides: Mapping[str, Any]
    address: str
    availability_zone: str


@dataclass(frozen=True)
class Location:
    """Address and names that a task is registered under.

    Attributes:
        task_id: Last part of the task's ARN; the Cloud Map instance id.
        address: Private IPv4 address of its network interface.
        cluster: Name of its cluster.
        family: Family of its task definition.
        availability_zone: Where it runs, empty if not known.
    """

    task_id: str
    address: str
    cluster: str
    family: str
    availability_zone: str


class HealthStatus(StrEnum):
    """Health status of a container or task, in DescribeTasks' words."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True)
class HealthCheck:
    """A container definition's `healthCheck`.

    Attributes:
        command: What is run in the task's environment; exit code 0 means success.
        interval: AWS seconds between two checks.
        timeout: Real seconds that one may take.
        retries: Failures in a row that make the container unhealthy.
        start_period: Real seconds after the start in which failures do not count.
    """

    command: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float


@dataclass(frozen=True)
class LogDestination:
    """A log stream.

    Attributes:
        group: Name of the log group.
        stream: Name of the log stream.
    """

    group: str
    stream: str


@dataclass(frozen=True)
class LaunchSpec:
    """Launch specification of a task: all that does not depend on where it runs.

    Attributes:
        task_id: Last part of the task's ARN.
        container: Name of its one container.
        family: Family of its task definition.
        command: Entry point and command.
        environment: From the image and the task definition; no secrets.
        secrets: `valueFrom` by name of the environment variable.
        task_role: ARN of the role that its processes act in; empty for none.
        vcpus: vCPUs reserved for the task.
        memory_mib: MiB that its container may use: its own hard limit, else the task's memory.
        stop_timeout: Real seconds between SIGTERM and SIGKILL.
        port: The first container port, None when it has none.
        health_check: The container's health check, None when it declares none.
        log: Where its output goes, None when it does not use awslogs.
        packages: Folder that has its image's packages.
    """

    task_id: str
    container: str
    family: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    task_role: str
    vcpus: float
    memory_mib: int
    stop_timeout: float
    port: int | None
    health_check: HealthCheck | None
    log: LogDestination | None
    packages: Path


@dataclass(frozen=True)
class RunningTask:
    """A task whose process is alive.

    Attributes:
        task_arn: ARN of the task.
        cluster: Name of its cluster.
        service: Name of its service; empty for a task without one.
        pid: Its process.
        vcpus: vCPUs reserved for it.
        address: The loopback address that stands for its network interface.
        limited: Whether its CPU quota applies yet. Before, while it starts, it may use more than it has
            reserved.
    """

    task_arn: str
    cluster: str
    service: str
    pid: int
    vcpus: float
    address: str
    limited: bool


@dataclass(frozen=True)
class Launch:
    """Take a task on.

    Attributes:
        to_stop: ECS has changed its mind: no process is started, and the task is reported as stopped.
    """

    to_stop: bool


@dataclass(frozen=True)
class Stop:
    """Stop a task in order."""


@dataclass(frozen=True)
class LeaveAlone:
    """Do nothing: it is not for this agent, or all is done."""


Action = Launch | Stop | LeaveAlone
