"""Load of the machine: a task that is starved looks like an idle one."""

import os
from collections.abc import Set as AbstractSet
from pathlib import Path

# The first eight fields of a core's line: user, nice, system, idle, iowait, irq, softirq, steal. What
# guests use is already in user and nice (https://man7.org/linux/man-pages/man5/proc_stat.5.html).
_FIELDS = 8
_IDLE = (3, 4)


class HostLoad:
    """Share of the time of the cores that this process may use that was not idle.

    Time that a hypervisor gave to others (steal) counts as busy: it was not there for the stage either.

    Args:
        stat: The kernel's counters.
        cores: Numbers of the cores that count; None for those that this process may use.
    """

    def __init__(self, stat: Path = Path("/proc/stat"), cores: AbstractSet[int] | None = None) -> None:
        self._stat = stat
        self._names = {f"cpu{core}" for core in (usable_cores() if cores is None else cores)}
        self._busy, self._total = self._read()
        self._percent = 0.0

    def busy_percent(self) -> float:
        """Percent since the last call or, the first time, since this object was made.

        The kernel counts in ticks of 10 ms; asked again within the same tick, the last answer stands.
        """
        busy, total = self._read()
        if total > self._total:
            self._percent = 100.0 * (busy - self._busy) / (total - self._total)
            self._busy, self._total = busy, total
        return self._percent

    def _read(self) -> tuple[int, int]:
        lines = (line.split() for line in self._stat.read_text().splitlines() if line.startswith("cpu"))
        cores = [[int(field) for field in line[1 : 1 + _FIELDS]] for line in lines if line[0] in self._names]
        total = sum(map(sum, cores))
        return total - sum(ticks[field] for ticks in cores for field in _IDLE), total


def usable_cores() -> AbstractSet[int]:
    """Numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))
