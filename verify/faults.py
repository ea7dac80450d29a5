"""Faults: takes tasks of services away, several at once where wanted."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from verify import read_aws
from verify.errors import LoadError
from verify.record import Fault, FaultKind
from verify.target import Target
from verify.waiting import reached

STOP: FaultKind = "ecs.stop_task"
KILL: FaultKind = "SIGKILL"
HANG: FaultKind = "SIGSTOP"
MEMORY: FaultKind = "out of memory"
SPOT: FaultKind = "Spot interruption"

Wanted = Sequence[tuple[FaultKind, str]]
"""Kind of fault and name of the service that loses a task by it."""


def kinds(target: Target, *wanted: FaultKind) -> tuple[FaultKind, ...]:
    """Those of the wanted faults that can be done here; on AWS nobody can reach a task's process."""
    ways = {
        KILL: target.kill_task,
        HANG: target.signal_task,
        MEMORY: target.exhaust_memory,
        SPOT: target.take_back,
    }
    return tuple(kind for kind in wanted if kind == STOP or ways[kind] is not None)


def lose_tasks(
    target: Target, wanted: Wanted, budget_seconds: float, *, hold_seconds: float = 0.0
) -> tuple[Fault, ...]:
    """Take a task away for each that is wanted, all at once, and wait until their services are whole.

    The oldest go: they have their share of the load.

    Args:
        target: The system under test.
        wanted: No service may be named more often than it runs tasks.
        budget_seconds: Real seconds within which each service must be whole again.
        hold_seconds: Real seconds for which a task that is killed stands still before, where that can be
            done: requests gather at it, and are in flight when it dies.

    Raises:
        LoadError: A service runs fewer tasks than it is to lose.
    """
    if not wanted:
        return ()
    before = {service: read_aws.running_tasks(target, service) for _, service in wanted}
    for service, count in Counter(service for _, service in wanted).items():
        if len(before[service]) < count:
            raise LoadError(
                f"{service} runs {len(before[service])} of the {count} tasks that it is to lose: look at its"
                " events with ecs.describe_services"
            )
    victims = {service: iter(tasks) for service, tasks in before.items()}
    with ThreadPoolExecutor(len(wanted), thread_name_prefix="fault") as threads:
        faults = [
            threads.submit(
                _lose,
                target,
                Fault(kind, service, next(victims[service]), 0.0, 0.0),
                frozenset(before[service]),
                budget_seconds,
                hold_seconds,
            )
            for kind, service in wanted
        ]
    return tuple(fault.result() for fault in faults)


def hold_seconds(rate: float, tasks: int, requests: int) -> float:
    """Real seconds in which so many requests come to each task, at this rate of all together.

    A load balancer gives tasks their turn, so each of them gets its share of any stretch of requests.
    """
    return requests * tasks / rate


def _lose(target: Target, fault: Fault, before: frozenset[str], budget_seconds: float, hold: float) -> Fault:
    began_at = time.time()
    _taker(target, fault.kind, hold)(fault.task_arn)
    if fault.kind == MEMORY:
        # It takes a while to fill; what it has in hand is lost only when it is killed for it.
        reached(lambda: read_aws.has_stopped(target, fault.task_arn), budget_seconds)
    fault = replace(fault, began_at=began_at, done_at=time.time())
    service = fault.service

    def whole_again() -> bool:
        now = set(read_aws.running_tasks(target, service))
        return (
            bool(now - before)
            and read_aws.has_stopped(target, fault.task_arn)
            and read_aws.is_whole(target, service)
        )

    if not reached(whole_again, budget_seconds):
        return fault
    replacements = tuple(sorted(set(read_aws.running_tasks(target, service)) - before))
    return replace(fault, replaced_at=time.time(), replacements=replacements)


def _taker(target: Target, kind: FaultKind, hold: float) -> Callable[[str], object]:
    """Function that takes a task away in this way.

    Raises:
        LoadError: Nobody can do that to this target.
    """
    signal_task = target.signal_task
    ways: dict[FaultKind, Callable[[str], object] | None] = {
        STOP: lambda task: target.ecs.stop_task(
            cluster=target.cluster, task=task, reason="Load test: a lost task"
        ),
        KILL: target.kill_task and _held(target, target.kill_task, hold),
        HANG: signal_task and (lambda task: signal_task(task, signal.SIGSTOP)),
        MEMORY: target.exhaust_memory,
        SPOT: target.take_back,
    }
    way = ways[kind]
    if way is None:
        raise LoadError(f"{kind} cannot be done to {target.name}: ask for what `kinds` returns")
    return way


def _held(target: Target, kill: Callable[[str], None], hold: float) -> Callable[[str], None]:
    """Kill a task that has stood still for a moment, so that requests are in flight at it."""
    stand_still = target.signal_task
    if stand_still is None or hold <= 0:
        return kill

    def kill_when_held(task: str) -> None:
        stand_still(task, signal.SIGSTOP)
        # Nothing is waited for: this is how long requests are to gather.
        time.sleep(hold)
        kill(task)

    return kill_when_held
