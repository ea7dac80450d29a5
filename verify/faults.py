"""Faults: takes tasks of a service away."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from verify import read_aws
from verify.errors import LoadError
from verify.target import Target
from verify.timeline import Fault
from verify.waiting import reached

Kind = Literal["ecs.stop_task", "SIGKILL"]
STOP: Kind = "ecs.stop_task"
KILL: Kind = "SIGKILL"


def kinds(target: Target) -> tuple[Kind, ...]:
    """The faults that can be done to this target; on AWS nobody can reach a task's process."""
    return (STOP,) if target.kill_task is None else (KILL, STOP)


def lose_task(target: Target, kind: Kind, service: str, budget_seconds: float) -> Fault:
    """Take one of a service's tasks away and wait until the service is whole without it.

    Raises:
        LoadError: The service runs no task that could be lost.
    """
    before = set(read_aws.running_tasks(target, service))
    if not before:
        raise LoadError(f"{service} runs no task: look at its events with ecs.describe_services")
    victim = min(before)
    began_at = time.time()
    _taker(target, kind)(victim)
    fault = Fault(kind, service, victim, began_at, done_at=time.time())

    def whole_again() -> bool:
        now = set(read_aws.running_tasks(target, service))
        return (
            bool(now - before) and read_aws.has_stopped(target, victim) and read_aws.is_whole(target, service)
        )

    if not reached(whole_again, budget_seconds):
        return fault
    replacements = tuple(sorted(set(read_aws.running_tasks(target, service)) - before))
    return replace(fault, replaced_at=time.time(), replacements=replacements)


def _taker(target: Target, kind: Kind) -> Callable[[str], object]:
    if kind == KILL and target.kill_task is not None:
        return target.kill_task
    return lambda task: target.ecs.stop_task(
        cluster=target.cluster, task=task, reason="Load test: a lost task"
    )
