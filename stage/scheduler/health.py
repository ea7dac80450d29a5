"""Whether a task counts as healthy, and why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from stage.scheduler.model import LoadBalancer, ServiceState, Target, Task

# Turns AWS seconds into real ones, as Clock.real_seconds does.
Pace = Callable[[float], float]

# How long a task must have run before it counts, when nothing checks its health
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
_UNCHECKED_SECONDS = 40.0


class Health(Enum):
    """Health of a task, as a deployment's arithmetic counts it."""

    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class Judged:
    """A live task, its health, and for an unhealthy one the words for it.

    Attributes:
        reason: The task's `stoppedReason`, should it be stopped for this.
        event: The service event that AWS would show.
    """

    task: Task
    health: Health
    reason: str = ""
    event: str = ""


def judge(state: ServiceState, task: Task, now: datetime, pace: Pace) -> Judged:
    """Judge a live task by all the health checks that it has.

    Failed checks of either kind are ignored during the health check grace period
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html).
    """
    if task.last_status != "RUNNING" or task.started_at is None:
        return Judged(task, Health.STARTING)
    checks = [_container(state, task)] if task.checks_health else []
    checks += [_target(state, task, load_balancer) for load_balancer in state.service.load_balancers]
    if not checks:
        ripe = now >= task.started_at + timedelta(seconds=pace(_UNCHECKED_SECONDS))
        return Judged(task, Health.HEALTHY if ripe else Health.STARTING)
    failed = [check for check in checks if check.health is Health.UNHEALTHY]
    if failed:
        in_grace = now < task.started_at + timedelta(seconds=state.service.grace_period)
        return Judged(task, Health.STARTING) if in_grace else failed[0]
    all_passed = all(check.health is Health.HEALTHY for check in checks)
    return Judged(task, Health.HEALTHY if all_passed else Health.STARTING)


def _container(state: ServiceState, task: Task) -> Judged:
    match task.health_status:
        case "HEALTHY":
            return Judged(task, Health.HEALTHY)
        case "UNHEALTHY":
            event = f"(service {state.service.name}) (task {task.id}) failed container health checks."
            return Judged(task, Health.UNHEALTHY, "Task failed container health checks", event)
        case _:
            return Judged(task, Health.STARTING)


def _target(state: ServiceState, task: Task, load_balancer: LoadBalancer) -> Judged:
    group, port = load_balancer.target_group_arn, load_balancer.port
    target = state.targets.get((group, task.address, port), Target("unused"))
    match target.state:
        case "healthy":
            return Judged(task, Health.HEALTHY)
        case "unhealthy":
            why = target.description or "Health checks failed"
            event = (
                f"(service {state.service.name}) (task {task.id}) (port {port}) is unhealthy in "
                f"(target-group {group}) due to (reason {why})."
            )
            reason = f"Task failed ELB health checks in (target-group {group})"
            return Judged(task, Health.UNHEALTHY, reason, event)
        case _:
            return Judged(task, Health.STARTING)
