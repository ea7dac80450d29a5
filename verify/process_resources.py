"""Memory, descriptors and connections of tasks' processes, as the kernel counts them."""

import os
import time
from collections.abc import Iterable, Sequence

import psutil

from verify.process_clocks import TaskProcess
from verify.record import Resources


def read_resources(tasks: Iterable[TaskProcess]) -> Sequence[Resources]:
    """Memory, files and connections of each task, all processes of its session together, without ended ones.

    Memory is the proportional set size: what several processes share counts once, in shares
    (https://docs.kernel.org/filesystems/proc.html, `smaps_rollup`).
    """
    wanted = {task.pid: task for task in tasks}
    held: dict[int, list[tuple[int, int, int]]] = {}
    for process in psutil.process_iter():
        try:
            leader = os.getsid(process.pid)
            if leader in wanted:
                held.setdefault(leader, []).append(_of(process))
        except (psutil.Error, ProcessLookupError):
            continue
    at = time.time()
    return [
        Resources(
            at,
            wanted[pid].service,
            wanted[pid].task_arn,
            *(sum(column) for column in zip(*some, strict=True)),
        )
        for pid, some in held.items()
    ]


def _of(process: psutil.Process) -> tuple[int, int, int]:
    return process.memory_full_info().pss, process.num_fds(), len(process.net_connections("tcp"))
