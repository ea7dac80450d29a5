"""How busy the whole machine is, because a starved task reads as an idle one."""

from pathlib import Path

# The first eight fields of the `cpu` line: user, nice, system, idle, iowait, irq, softirq, steal. What
# guests use is already in user and nice (https://man7.org/linux/man-pages/man5/proc_stat.5.html).
_FIELDS = 8
_IDLE = (3, 4)


class HostLoad:
    """Share of all cores' time that was not idle.

    Time that a hypervisor gave to others (steal) counts as busy: it was not there for the stage either.
    """

    def __init__(self, stat: Path = Path("/proc/stat")) -> None:
        self._stat = stat
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
        first_line = self._stat.read_text().partition("\n")[0]
        ticks = [int(field) for field in first_line.split()[1 : 1 + _FIELDS]]
        total = sum(ticks)
        return total - sum(ticks[field] for field in _IDLE), total
