"""Services, deployments and tasks as the scheduler reads them from the API."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stage.scheduler.memory import Memory

# Tasks in these states serve or are about to; everything later is on its way down
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html).
_ON_ITS_WAY_UP = frozenset({"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"})


@dataclass(frozen=True)
class LoadBalancer:
    """A target group that a service registers its tasks with, and the port that it uses."""

    target_group_arn: str
    port: int


@dataclass(frozen=True)
class Service:
    """An ECS service.

    Attributes:
        cluster: Name of its cluster.
        status: ACTIVE, or what it is while and after it is deleted.
        grace_period: Real seconds after a task's start during which failed health checks are ignored.
        breaker: Whether the deployment circuit breaker is on.
        rollback: Whether the circuit breaker rolls back.
        launch: What run_task needs to know besides task definition and deployment.
    """

    cluster: str
    name: str
    status: str
    desired_count: int
    grace_period: float = 0.0
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    breaker: bool = False
    rollback: bool = False
    load_balancers: tuple[LoadBalancer, ...] = ()
    launch: Mapping[str, Any] = field(default_factory=dict)

    @property
    def minimum(self) -> int:
        """Healthy tasks below which a deployment must not go, rounded up.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
        """
        return math.ceil(self.desired_count * self.minimum_healthy_percent / 100)

    @property
    def maximum(self) -> int:
        """Running and pending tasks that a deployment must not exceed, rounded down.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
        """
        return self.desired_count * self.maximum_percent // 100


@dataclass(frozen=True)
class Deployment:
    """A service's deployment; the newest is the primary one."""

    id: str
    task_definition: str
    primary: bool
    rollout_state: str
    failed_tasks: int = 0


@dataclass(frozen=True)
class Task:
    """A task of a service.

    Attributes:
        service: Name of the service, empty for a task that belongs to none.
        deployment_id: The deployment that started it.
        checks_health: Its task definition declares a container health check.
        address: Private IPv4 address of its network interface.
        zone: Its Availability Zone, or the subnet where that is unknown.
        started_at: Real time at which it reached RUNNING; None if it never did.
    """

    task_arn: str
    cluster: str
    service: str
    deployment_id: str
    last_status: str
    desired_status: str
    health_status: str = "UNKNOWN"
    checks_health: bool = False
    address: str = ""
    zone: str = ""
    started_at: datetime | None = None
    stop_code: str = ""
    stopped_reason: str = ""

    @property
    def live(self) -> bool:
        """Whether it runs, or will, and is meant to go on."""
        return self.desired_status == "RUNNING" and self.last_status in _ON_ITS_WAY_UP

    @property
    def stopped(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.last_status == "STOPPED"

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.task_arn.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Target:
    """Health of one target in a target group."""

    state: str
    description: str = ""


@dataclass(frozen=True)
class ServiceState:
    """One service with all that a decision about it needs.

    Attributes:
        deployments: The primary one first.
        tasks: All its tasks, those that stopped lately too.
        targets: By target group ARN, address and port.
        memory: What earlier looks at the service leave behind.
    """

    service: Service
    deployments: Sequence[Deployment]
    tasks: Sequence[Task]
    targets: Mapping[tuple[str, str, int], Target]
    memory: Memory = field(default_factory=Memory)
