"""How much work this machine does in a second, measured, so that a run fits it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256

# Rounds that a core of the machine did in a second on which the stage's sizes and rates were chosen.
_REFERENCE_ROUNDS = 175_000.0
# The reference machine's own cores; what more there is makes a run quieter and not larger.
REFERENCE_CORES = 2
_SECONDS = 1.0
# A start of Python, however slow the machine.
_BUDGET_SECONDS = 60.0
_NOTIFICATION = {"recipient": "someone@example.com", "subject": "Measured", "body": "0123456789" * 20}


@dataclass(frozen=True)
class HostSpeed:
    """What this machine can do at the moment.

    Attributes:
        core: Speed of one core; 1 is the machine that the stage's sizes and rates were chosen on.
        cores: Cores' worth of time that was to be had beside whatever else runs here.
    """

    core: float
    cores: float

    @property
    def share(self) -> float:
        """Work that this machine does in the time in which the reference machine does one; at most 1."""
        return min(1.0, self.core) * min(1.0, self.cores / REFERENCE_CORES)


def measure(seconds: float = _SECONDS) -> HostSpeed:
    """Keep every core that this process may use busy for so long, and count what was done.

    The work is what the services do: make JSON, read it, hash it, all in Python.
    """
    cores = max(1, len(_affinity()))
    workers = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(seconds)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(cores)
    ]
    rounds = cpu = wall = 0.0
    for worker in workers:
        output, _ = worker.communicate(timeout=_BUDGET_SECONDS)
        done, used, took = map(float, output.split())
        rounds, cpu, wall = rounds + done, cpu + used, max(wall, took)
    return HostSpeed(core=rounds / cpu / _REFERENCE_ROUNDS, cores=cpu / wall)


def _affinity() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _work(seconds: float) -> tuple[int, float, float]:
    """Rounds done, CPU seconds used, real seconds taken."""
    rounds, began, used = 0, time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        for number in range(20):
            text = json.dumps({**_NOTIFICATION, "number": number})
            sha256(text.encode()).hexdigest()
            sorted(json.loads(text).items())
        rounds += 20
    return rounds, time.process_time() - used, time.monotonic() - began


if __name__ == "__main__":
    sys.stdout.write(" ".join(map(str, _work(float(sys.argv[1])))))
