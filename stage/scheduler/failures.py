"""Counts failed tasks, and what follows from the count."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from stage.scheduler.health import Health, Judged, Pace
from stage.scheduler.model import Completed, Deployment, Memory, Service, ServiceState, Tally, Task

_MIN_THRESHOLD = 3
_MAX_THRESHOLD = 200
# The documentation gives only the longest wait. The first is about what Fargate takes to place a task,
# so that a task which crashes on arrival is not started more often here than there.
_FIRST_WAIT_SECONDS = 30.0
_MAX_WAIT_SECONDS = 27 * 60.0
# How the scheduler words the stop of an unhealthy task; other stops by request are no failures.
_FAILED_HEALTH_CHECK = "Task failed"


def threshold(service: Service) -> int:
    """Failed tasks at which the deployment circuit breaker trips.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html
    """
    kind, value = service.breaker_threshold
    if kind == "COUNT":
        return value
    share = math.ceil(service.desired_count * value / 100)
    if kind == "UNBOUNDED_PERCENT":
        return max(share, 1)
    return min(_MAX_THRESHOLD, max(_MIN_THRESHOLD, share))


def is_steady(state: ServiceState, judged: Sequence[Judged]) -> bool:
    """Whether the primary deployment has all its tasks, all of them healthy, and no older one has any."""
    primary = next((one.id for one in state.deployments if one.primary), None)
    left = [task for task in state.tasks if not task.stopped and task.deployment_id != primary]
    new = [one for one in judged if one.task.deployment_id == primary]
    healthy = [one for one in new if one.health is Health.HEALTHY]
    return not left and len(healthy) == len(new) == state.service.desired_count


def bakes(state: ServiceState, deployment: Deployment, now: datetime, pace: Pace) -> bool:
    """Whether a steady deployment is still watched by alarms before it counts as completed.

    ECS computes this bake time of the alarms: the longest evaluation of one of them
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html,
    https://github.com/aws/copilot-cli/pull/4294).
    """
    if not state.memory.watched.get(deployment.id, False):
        return False
    since = state.memory.steady_since.get(deployment.id, now)
    return now < since + timedelta(seconds=pace(state.bake_seconds))


def may_start(tally: Tally, now: datetime, pace: Pace) -> bool:
    """Whether another task of a deployment may be started now.

    Starts of tasks that never reach RUNNING are spaced more and more
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html).
    """
    if not tally.failed or tally.last_failure is None:
        return True
    wait = min(_FIRST_WAIT_SECONDS * 2 ** min(max(tally.never_ran, 1) - 1, 10), _MAX_WAIT_SECONDS)
    return now >= tally.last_failure + timedelta(seconds=pace(wait))


def remember(state: ServiceState, judged: Sequence[Judged], now: datetime) -> Memory:
    """Update the memory of a service after a look at it.

    A task that is found healthy for the first time sets its deployment's failures back to none, unless the
    circuit breaker is told otherwise
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html).
    """
    memory = state.memory
    known = {task.task_arn for task in state.tasks}
    healthy = {one.task.task_arn for one in judged if one.health is Health.HEALTHY}
    by_deployment: dict[str, list[Task]] = {deployment.id: [] for deployment in state.deployments}
    for task in state.tasks:
        by_deployment.setdefault(task.deployment_id, []).append(task)
    completed, ineligible = _completed(state)
    return Memory(
        proven=(memory.proven | healthy) & known,
        tallies={
            deployment_id: _count(state, memory.tally(deployment_id), tasks, healthy, now)
            for deployment_id, tasks in by_deployment.items()
        },
        completed=completed,
        ineligible=ineligible,
        watched=_watched(state),
        steady_since=_steady_since(state, judged, now),
    )


def alarmed(state: ServiceState, deployment: Deployment) -> bool:
    """Whether one of the service's alarms makes a deployment fail.

    Where an alarm is in ALARM as a deployment begins, alarms have no say in that deployment, which may be
    meant to mend what set the alarm off
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html).
    """
    return bool(state.in_alarm) and state.memory.watched.get(deployment.id, False)


def _watched(state: ServiceState) -> dict[str, bool]:
    known = state.memory.watched
    return {
        deployment.id: known.get(deployment.id, not state.in_alarm)
        for deployment in state.deployments
        if deployment.primary and deployment.rollout_state == "IN_PROGRESS"
    }


def _steady_since(state: ServiceState, judged: Sequence[Judged], now: datetime) -> dict[str, datetime]:
    known = state.memory.steady_since
    return {
        deployment.id: known.get(deployment.id, now)
        for deployment in state.deployments
        if deployment.primary
        and deployment.rollout_state == "IN_PROGRESS"
        and (deployment.id in known or is_steady(state, judged))
    }


def _count(
    state: ServiceState, tally: Tally, tasks: Sequence[Task], healthy: Collection[str], now: datetime
) -> Tally:
    memory = state.memory
    stopped = [task for task in tasks if task.stopped]
    fresh = [task for task in stopped if task.task_arn not in tally.counted]
    failed = [task for task in fresh if _is_failure(task, memory)]
    tally = replace(tally, counted=frozenset(task.task_arn for task in stopped))
    if failed:
        never_ran = tally.never_ran + len(failed) if all(t.started_at is None for t in failed) else 0
        tally = replace(tally, failed=tally.failed + len(failed), never_ran=never_ran, last_failure=now)
    if state.service.reset_on_healthy and any(
        task.task_arn in healthy and task.task_arn not in memory.proven for task in tasks
    ):
        tally = replace(tally, failed=0, never_ran=0)
    return tally


def _is_failure(task: Task, memory: Memory) -> bool:
    """Whether a stopped task failed, rather than being stopped or lost after it had worked."""
    if task.stopped_reason.startswith(_FAILED_HEALTH_CHECK):
        return True
    asked_to_stop = task.stop_code in {"ServiceSchedulerInitiated", "UserInitiated"}
    return not asked_to_stop and task.task_arn not in memory.proven


def _completed(state: ServiceState) -> tuple[Completed | None, str]:
    memory, primary = state.memory, next(iter(state.deployments), None)
    if primary is not None and primary.rollout_state == "COMPLETED":
        return Completed(primary.id, primary.task_definition, state.service.desired_count), ""
    if memory.completed is not None:
        return memory.completed, memory.ineligible
    older = next((d for d in state.deployments if not d.primary and d.rollout_state == "COMPLETED"), None)
    if older is None:
        return None, memory.ineligible
    count = sum(task.live for task in state.tasks if task.deployment_id == older.id)
    return Completed(older.id, older.task_definition, count), memory.ineligible
