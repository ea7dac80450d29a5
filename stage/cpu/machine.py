"""Speed of this machine, so that a run can be fitted to it, and its load: a starved task looks idle.

The speed is measured by this file run as a program, once for each core, so it imports nothing of ours.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# Rounds of work that a core did in a second on the machine on which the stage's sizes, rates and budgets
# were chosen, and how many cores that machine has. What more there is makes a run quieter.
_REFERENCE_ROUNDS = 175_000.0
REFERENCE_CORES = 2
_SECONDS = 1.0
_ROUNDS = 20
_NOTIFICATION = {"recipient": "someone@example.com", "subject": "Measured", "body": "0123456789" * 20}
# The first eight fields of a core's line: user, nice, system, idle, iowait, irq, softirq, steal. What
# guests use is already in user and nice (https://man7.org/linux/man-pages/man5/proc_stat.5.html).
_FIELDS = 8
_IDLE = (3, 4)


@dataclass(frozen=True)
class HostSpeed:
    """Speed of this machine at the moment.

    Attributes:
        core: Speed of one core; 1 is the machine that the stage's sizes and rates were chosen on.
        cores: Cores' worth of time that was to be had beside whatever else runs here.
    """

    core: float
    cores: float

    @property
    def share(self) -> float:
        """Work that this machine does while the reference machine does one; at most 1."""
        return min(1.0, self.core) * min(1.0, self.cores / REFERENCE_CORES)


def measure(seconds: float = _SECONDS) -> HostSpeed:
    """Keep every core that this process may use busy for so many seconds, and count what was done."""
    with ExitStack() as stack:
        workers = []
        for _ in usable_cores():
            worker = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-I", "-S", __file__, str(seconds)], stdout=subprocess.PIPE, text=True
                )
            )
            # Whatever interrupts the measurement ends them first; one that has ended takes it well.
            stack.callback(worker.kill)
            workers.append(worker)
        done = [tuple(map(float, worker.communicate()[0].split())) for worker in workers]
    rounds, cpu, wall = (list(column) for column in zip(*done, strict=True))
    return HostSpeed(core=sum(rounds) / sum(cpu) / _REFERENCE_ROUNDS, cores=sum(cpu) / max(wall))


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


def _work(seconds: float) -> tuple[int, float, float]:
    """Rounds done, CPU seconds used, real seconds taken.

    The work is what the services do: make JSON, read it, hash it, all in Python.
    """
    rounds, began, used = 0, time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        for number in range(_ROUNDS):
            text = json.dumps({**_NOTIFICATION, "number": number})
            sha256(text.encode()).hexdigest()
            sorted(json.loads(text).items())
        rounds += _ROUNDS
    return rounds, time.process_time() - used, time.monotonic() - began


if __name__ == "__main__":
    sys.stdout.write(" ".join(map(str, _work(float(sys.argv[1])))))
