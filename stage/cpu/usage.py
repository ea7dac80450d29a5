"""CPU time of processes, read from their own CPU clocks."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stage.cpu.processes import family_of, start_ticks

# The kernel names the CPU clock of any process by its inverted id and this type
# (clock_getcpuclockid(3)). It counts nanoseconds; /proc and psutil count ticks of 10 ms, which is
# 4 % of what a quarter of a core does in a second.
_CPUCLOCK_SCHED = 2
_SECONDS_PER_TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_clock_seconds(pid: int) -> float:
    """CPU seconds that a process's threads have used since it started.

    Raises:
        ProcessLookupError: There is no such process.
    """
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError as error:
        raise ProcessLookupError(f"no process {pid}") from error


def process_cpu_seconds(pid: int) -> float:
    """CPU seconds that a process and its live descendants have used since they started.

    Raises:
        ProcessLookupError: There is no such process.
    """
    return sum(_clocks(pid, family_of(pid)).values())


class CpuMeter:
    """CPU seconds that a process and its descendants use from one reading to the next.

    A descendant that ends takes along what it used since the last reading; one that starts counts
    from its start.

    Args:
        pid: The process.
        family: Finds a process's descendants.
        since_start: Begin with the process's start rather than now.

    Raises:
        ProcessLookupError: There is no such process.
    """

    def __init__(
        self,
        pid: int,
        family: Callable[[int], Iterable[int]] = family_of,
        *,
        since_start: bool = False,
    ) -> None:
        self.pid = pid
        self._family = family
        self._clocks = {} if since_start else _clocks(pid, family(pid))

    def spent(self) -> float:
        """CPU seconds used since the last call or, the first time, since this meter's beginning.

        Raises:
            ProcessLookupError: The process has ended.
        """
        before, self._clocks = self._clocks, _clocks(self.pid, self._family(self.pid))
        return sum(max(clock - before.get(pid, 0.0), 0.0) for pid, clock in self._clocks.items())


@dataclass(frozen=True)
class CpuUse:
    """CPU seconds that a task used, and those that it had reserved for the same time.

    Attributes:
        used: CPU seconds.
        reserved: CPU seconds that it had reserved in the same time.
    """

    used: float
    reserved: float


class Utilisation:
    """CPU used by a task in percent of what it reserved, as `CPUUtilization` of ECS states it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html

    Args:
        pid: The task's process.
        cores: What the task has reserved, in cores of this machine.
        since_start: Begin with the process's start rather than now.

    Raises:
        ProcessLookupError: There is no such process.
    """

    def __init__(self, pid: int, cores: float, *, since_start: bool = False) -> None:
        self._cores = cores
        self._read_at = time.monotonic() - (_age_seconds(pid) if since_start else 0.0)
        self._meter = CpuMeter(pid, since_start=since_start)

    def percent(self) -> float | None:
        """Mean since the last call or, the first time, since the beginning.

        None if the process has ended: nothing was measured then, which is not the same as nothing used.
        """
        use = self.use()
        return None if use is None else 100.0 * use.used / use.reserved

    def use(self) -> CpuUse | None:
        """CPU seconds since the last call, as `percent` has them."""
        try:
            spent = self._meter.spent()
        except ProcessLookupError:
            return None
        now = time.monotonic()
        elapsed, self._read_at = now - self._read_at, now
        return CpuUse(spent, elapsed * self._cores)


def _age_seconds(pid: int) -> float:
    started = start_ticks(pid)
    if started is None:
        raise ProcessLookupError(f"no process {pid}")
    # A tick more than nothing, because a start is told to a tick.
    return max(time.clock_gettime(time.CLOCK_BOOTTIME) - started * _SECONDS_PER_TICK, _SECONDS_PER_TICK)


def _clocks(pid: int, family: Iterable[int]) -> dict[int, float]:
    clocks = {pid: cpu_clock_seconds(pid)}
    for member in family:
        if member != pid:
            try:
                clocks[member] = cpu_clock_seconds(member)
            except ProcessLookupError:
                continue
    return clocks
