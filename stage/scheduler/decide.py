"""Decides the scheduler's next actions for a service."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from stage.scheduler.failures import alarmed, bakes, is_steady, may_start, threshold
from stage.scheduler.health import Health, Judged, Pace, judge
from stage.scheduler.model import (
    ALARM_DETECTED,
    Action,
    Deployment,
    Event,
    ReportRollout,
    RollBack,
    ServiceState,
    StartTasks,
    StopTask,
)

# From this many starts on that led nowhere, ECS says so.
_STARTS_IN_VAIN = 3


@dataclass(frozen=True)
class _Group:
    """Live tasks of the primary deployment, or of all older ones."""

    healthy: Sequence[Judged]
    starting: Sequence[Judged]
    unhealthy: Sequence[Judged]

    @property
    def size(self) -> int:
        return len(self.healthy) + len(self.starting) + len(self.unhealthy)

    @property
    def good(self) -> int:
        """Tasks that are healthy or may become so."""
        return len(self.healthy) + len(self.starting)


def decide(state: ServiceState, now: datetime, pace: Pace) -> list[Action]:
    """Decide what brings a service closer to what it asks for.

    Args:
        state: The service as it is.
        now: Real time, as the control plane stamps it on tasks.
        pace: Real seconds that a number of AWS seconds takes.
    """
    judged = [judge(state, task, now, pace) for task in state.tasks if task.live]
    primary = next((deployment for deployment in state.deployments if deployment.primary), None)
    if state.service.status != "ACTIVE" or primary is None:
        return [StopTask(one.task.task_arn, _scaled(one.task.deployment_id)) for one in judged]
    unhealthy = [Event(one.event) for one in judged if one.health is Health.UNHEALTHY]
    failed = _has_failed(state, primary)
    return [
        *unhealthy,
        *(_fail(state, primary) if failed else []),
        *_reconcile(state, primary, judged, now, pace, failed=failed),
    ]


def _has_failed(state: ServiceState, primary: Deployment) -> bool:
    """Whether circuit breaker or alarm has stopped the primary deployment, now or earlier.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    if primary.rollout_state != "IN_PROGRESS":
        return primary.rollout_state == "FAILED"
    return _has_tripped(state, primary) or alarmed(state, primary)


def _has_tripped(state: ServiceState, primary: Deployment) -> bool:
    tally = state.memory.tally(primary.id)
    return state.service.breaker and tally.failed >= threshold(state.service)


def _fail(state: ServiceState, primary: Deployment) -> list[Action]:
    """Mark a deployment as failed and roll back to the last one that completed, if there is one."""
    actions: list[Action] = []
    service = state.service
    by_alarm = primary.failed_by_alarm
    if primary.rollout_state != "FAILED":
        by_alarm = not _has_tripped(state, primary)
        why = ALARM_DETECTED if by_alarm else "tasks failed to start."
        who = "alarms" if by_alarm else "circuit breaker"
        failed_tasks = state.memory.tally(primary.id).failed
        actions += [
            ReportRollout(primary.id, "FAILED", f"ECS deployment {who}: {why}", failed_tasks),
            Event(f"(service {service.name}) (deployment {primary.id}) deployment failed: {why}"),
        ]
    completed = state.memory.completed
    if (
        (service.alarm_rollback if by_alarm else service.rollback)
        and completed is not None
        and completed.deployment_id not in {primary.id, state.memory.ineligible}
    ):
        actions += [
            Event(f"(service {service.name}) rolling back to (deployment {completed.deployment_id})."),
            RollBack(completed.deployment_id, completed.task_definition),
        ]
    return actions


def _reconcile(  # noqa: PLR0913 - the facts of one decision, passed on
    state: ServiceState,
    primary: Deployment,
    judged: Sequence[Judged],
    now: datetime,
    pace: Pace,
    *,
    failed: bool,
) -> list[Action]:
    """Start what is missing and stop what is surplus, within the deployment configuration."""
    service, memory = state.service, state.memory
    new = _group([one for one in judged if one.task.deployment_id == primary.id])
    old = _group([one for one in judged if one.task.deployment_id != primary.id])
    # What the old revision must still carry. A lost or unhealthy task of it is replaced by one of the
    # same revision, so that a release that never gets healthy takes no capacity away
    # (https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments).
    keep_old = max(0, service.minimum - len(new.healthy))
    room = max(0, service.maximum - new.size - old.size)
    starts: dict[str, StartTasks] = {}

    completed = memory.completed
    if completed is not None and completed.count and completed.deployment_id != primary.id:
        wanted = min(room, max(0, keep_old - old.good))
        if wanted and may_start(memory.tally(completed.deployment_id), now, pace):
            starts["old"] = StartTasks(completed.deployment_id, completed.task_definition, wanted)
            room -= wanted
    wanted = min(room, max(0, service.desired_count - new.good))
    if wanted and not failed and may_start(memory.tally(primary.id), now, pace):
        starts["new"] = StartTasks(primary.id, primary.task_definition, wanted)
        room -= wanted

    actions: list[Action] = list(starts.values())
    crowding = Counter(one.task.zone for one in judged)
    for name, group, target in (("old", old, keep_old), ("new", new, service.desired_count)):
        stuck = room == 0 and name not in starts and not group.starting and group.good < target
        actions += _surplus(group, target, crowding, primary.id)
        actions += _unhealthy(group, target, memory.proven, stuck=stuck)
    if memory.tally(primary.id).never_ran >= _STARTS_IN_VAIN:
        actions.append(Event(f"(service {service.name}) is unable to consistently start tasks successfully."))
    return actions if failed else actions + _progress(state, primary, judged, now, pace)


def _group(judged: Sequence[Judged]) -> _Group:
    def those(health: Health) -> list[Judged]:
        # Task ids are random, so this order is the "at random" of the documentation, and repeatable.
        return sorted((one for one in judged if one.health is health), key=lambda one: one.task.id)

    return _Group(those(Health.HEALTHY), those(Health.STARTING), those(Health.UNHEALTHY))


def _surplus(group: _Group, target: int, crowding: Counter[str], deployment_id: str) -> list[Action]:
    """Stop what a group has beyond its target, tasks that are still starting first.

    Healthy tasks go from the Availability Zone that has most
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).
    """
    surplus = max(0, group.good - target)
    stopping = list(group.starting[:surplus])
    healthy = list(group.healthy)
    while len(stopping) < surplus:
        one = max(healthy, key=lambda candidate: crowding[candidate.task.zone])
        healthy.remove(one)
        crowding[one.task.zone] -= 1
        stopping.append(one)
    return [StopTask(one.task.task_arn, _scaled(deployment_id)) for one in stopping]


def _unhealthy(group: _Group, target: int, proven: Collection[str], *, stuck: bool) -> list[Action]:
    """Stop unhealthy tasks once healthy ones have taken their places.

    A replacement that never got healthy goes at once. Where the group is stuck because
    `maximumPercent` leaves no room for a replacement, one unhealthy task at a time makes room
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html).
    """
    stopping = [one for one in group.unhealthy if one.task.task_arn not in proven]
    waiting = [one for one in group.unhealthy if one.task.task_arn in proven]
    replaced = max(0, min(len(group.healthy), target) + len(waiting) - target)
    if stuck and not stopping:
        replaced = max(1, replaced)
    return [StopTask(one.task.task_arn, one.reason) for one in [*stopping, *waiting[:replaced]]]


def _scaled(deployment_id: str) -> str:
    """The reason that ECS gives for a stop that is nobody's fault."""
    return f"Scaling activity initiated by (deployment {deployment_id})"


def _progress(
    state: ServiceState, primary: Deployment, judged: Sequence[Judged], now: datetime, pace: Pace
) -> list[Action]:
    """Report a deployment that has completed, or whose count of failed tasks has changed."""
    name, tally = state.service.name, state.memory.tally(primary.id)
    if is_steady(state, judged):
        event = Event(f"(service {name}) has reached a steady state.")
        if primary.rollout_state == "COMPLETED" or bakes(state, primary, now, pace):
            return [event]
        reason = f"ECS deployment {primary.id} completed."
        return [
            ReportRollout(primary.id, "COMPLETED", reason, 0),
            Event(f"(service {name}) (deployment {primary.id}) deployment completed."),
            event,
        ]
    if primary.rollout_state == "IN_PROGRESS" and tally.failed != primary.failed_tasks:
        reason = f"ECS deployment {primary.id} in progress."
        return [ReportRollout(primary.id, "IN_PROGRESS", reason, tally.failed)]
    return []
