"""Speed of this machine, measured, so that a run can be fitted to it."""

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from stage.cpu.host import usable_cores

# Rounds of `busy_core.py` that a core did in a second on the machine on which the stage's sizes, rates and
# budgets were chosen, and how many cores that machine has. What more there is makes a run quieter.
_REFERENCE_ROUNDS = 175_000.0
REFERENCE_CORES = 2
_SECONDS = 1.0
_PROGRAM = Path(__file__).with_name("busy_core.py")


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
                    [sys.executable, "-I", "-S", _PROGRAM, str(seconds)], stdout=subprocess.PIPE, text=True
                )
            )
            # Whatever interrupts the measurement ends them first; one that has ended takes it well.
            stack.callback(worker.kill)
            workers.append(worker)
        done = [tuple(map(float, worker.communicate()[0].split())) for worker in workers]
    rounds, cpu, wall = (list(column) for column in zip(*done, strict=True))
    return HostSpeed(core=sum(rounds) / sum(cpu) / _REFERENCE_ROUNDS, cores=sum(cpu) / max(wall))
