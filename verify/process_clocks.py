"""CPU clocks of tasks' processes, read from the kernel: an account of CPU that the stage has no part in."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from verify.record import ProcessCpu

# The kernel names the CPU clock of any process by its inverted id and this type (clock_getcpuclockid(3)).
_CPUCLOCK_SCHED = 2


class TaskProcess(Protocol):
    """First process of a task, which leads a session of its own."""

    @property
    def task_arn(self) -> str:
        """ARN of the task."""

    @property
    def service(self) -> str:
        """Name of its service; empty for a task without one."""

    @property
    def pid(self) -> int:
        """Process id."""

    @property
    def limited(self) -> bool:
        """Whether its CPU quota applies yet."""


def read_clocks(tasks: Iterable[TaskProcess], allowed: Mapping[str, float]) -> Sequence[ProcessCpu]:
    """CPU seconds of each task whose quota applies; one that is starting or has ended is left out.

    Args:
        tasks: Tasks that run on this machine.
        allowed: CPU seconds a real second that a task of each service is allowed.
    """
    sessions = _sessions()
    found = []
    for task in tasks:
        if not task.limited or task.service not in allowed:
            continue
        at = time.time()
        clocks = [clock for pid in sessions.get(task.pid, ()) if (clock := _clock(pid)) is not None]
        if clocks:
            spread = time.time() - at
            used = sum(clocks)
            found.append(ProcessCpu(at, task.service, task.task_arn, used, allowed[task.service], spread))
    return found


def _sessions() -> Mapping[int, Sequence[int]]:
    """Ids of all processes by the session that they belong to."""
    sessions: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):  # noqa: PTH208 - a Path for each process costs more than asking for it
        if entry.isdigit():
            try:
                sessions[os.getsid(int(entry))].append(int(entry))
            except ProcessLookupError:
                continue
    return sessions


def _clock(pid: int) -> float | None:
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError:
        return None
