"""Data of the scheduler: services as they are read, what is remembered of them, what is decided."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
        breaker_threshold: `COUNT`, `BOUNDED_PERCENT` or `UNBOUNDED_PERCENT`, and how many or how much.
        reset_on_healthy: Whether a task that is found healthy sets the count of failed tasks back to none.
        rollback: Whether the circuit breaker rolls back.
        alarms: Names of the alarms that make a deployment fail.
        alarm_rollback: Whether such an alarm rolls back.
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
    breaker_threshold: tuple[str, int] = ("BOUNDED_PERCENT", 50)
    reset_on_healthy: bool = True
    rollback: bool = False
    alarms: tuple[str, ...] = ()
    alarm_rollback: bool = False
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
    """A service's deployment; the newest is the primary one.

    Attributes:
        failed_by_alarm: It is FAILED since an alarm went off, and not since tasks failed to start.
    """

    id: str
    task_definition: str
    primary: bool
    rollout_state: str
    failed_tasks: int = 0
    failed_by_alarm: bool = False


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
class Tally:
    """Failed tasks of one deployment since a task of it was last found healthy.

    Attributes:
        failed: Tasks that failed, one after the other.
        never_ran: Those of them, one after the other, that did not even reach RUNNING.
        counted: ARNs of stopped tasks that were looked at.
        last_failure: Real time at which the last failure was noticed.
    """

    failed: int = 0
    never_ran: int = 0
    counted: frozenset[str] = frozenset()
    last_failure: datetime | None = None


@dataclass(frozen=True)
class Completed:
    """The last deployment that completed, and the tasks that it had when last seen as the primary."""

    deployment_id: str
    task_definition: str
    count: int


@dataclass(frozen=True)
class Memory:
    """Facts about one service that are kept from pass to pass.

    Attributes:
        proven: ARNs of tasks that were healthy once.
        tallies: Failures by deployment id.
        completed: Where a rollback would go, and what lost tasks of the old revision are replaced by.
        ineligible: Id of the deployment that a rollback in progress goes to: it is no target for
            another one until a deployment has completed.
        watched: Whether a deployment in progress is watched by alarms, by its id: not if one of them was in
            ALARM when the deployment began.
        steady_since: Real time at which a deployment in progress was found to have all its tasks and no
            others, by its id.
    """

    proven: frozenset[str] = frozenset()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    completed: Completed | None = None
    ineligible: str = ""
    watched: Mapping[str, bool] = field(default_factory=dict)
    steady_since: Mapping[str, datetime] = field(default_factory=dict)

    def tally(self, deployment_id: str) -> Tally:
        """Failures of a deployment so far."""
        return self.tallies.get(deployment_id, Tally())


@dataclass(frozen=True)
class ServiceState:
    """One service with all that a decision about it needs.

    Attributes:
        deployments: The primary one first.
        tasks: All its tasks, those that stopped lately too.
        targets: By target group ARN, address and port.
        memory: What earlier looks at the service leave behind.
        in_alarm: Those of its alarms that are in ALARM, while it is being deployed.
        bake_seconds: AWS seconds for which they are watched once a deployment is steady.
    """

    service: Service
    deployments: Sequence[Deployment]
    tasks: Sequence[Task]
    targets: Mapping[tuple[str, str, int], Target]
    memory: Memory = field(default_factory=Memory)
    in_alarm: frozenset[str] = frozenset()
    bake_seconds: float = 0.0

    @property
    def deploying(self) -> bool:
        """Whether its primary deployment is in progress."""
        return any(one.primary and one.rollout_state == "IN_PROGRESS" for one in self.deployments)


@dataclass(frozen=True)
class Snapshot:
    """Services, deployments and tasks at one moment.

    Attributes:
        services: Those that exist, and those that are gone but still have tasks.
        tasks: All tasks, also such as belong to no service.
    """

    services: Sequence[ServiceState]
    tasks: Sequence[Task]


@dataclass(frozen=True)
class StartTasks:
    """Start tasks of a deployment."""

    deployment_id: str
    task_definition: str
    count: int


@dataclass(frozen=True)
class StopTask:
    """Stop a task, giving ECS's own reason."""

    task_arn: str
    reason: str


# How a deployment's state is explained that an alarm has ended.
ALARM_DETECTED = "alarm detected."


@dataclass(frozen=True)
class ReportRollout:
    """Say how far a deployment is."""

    deployment_id: str
    state: str
    reason: str
    failed_tasks: int


@dataclass(frozen=True)
class RollBack:
    """Deploy an earlier task definition because the primary deployment failed."""

    to_deployment_id: str
    task_definition: str


@dataclass(frozen=True)
class Event:
    """Say something in the service's events; decided again in every pass while it holds, told once.

    ECS leaves out duplicates in the same way
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html).
    """

    message: str


Action = StartTasks | StopTask | ReportRollout | RollBack | Event
