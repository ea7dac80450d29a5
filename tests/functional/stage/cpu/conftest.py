"""Processes that use CPU, and the cgroups of this machine."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from stage.cpu.hierarchy import find_v1_cpu
from stage.cpu.quota import choose_quota
from stage.cpu.usage import process_cpu_seconds
from stage.errors import StageError
from tests.unit.stage.cpu.conftest import without_cgroups
from tests.waiting import START, eventually

__all__ = ["without_cgroups"]

# A duty cycle lets a task run for a moment ten times a second: whoever looks less often may never see it.
LOOK_SECONDS = 0.002
_BURNER = Path(__file__).with_name("burner.py")


@dataclass(frozen=True)
class Reading:
    """What a burner's own clocks say, in seconds."""

    cpu: float
    wall: float


def percents_between(start, end, cores):
    """The least and the most that was used of so many cores between two moments, in percent.

    Each moment lies between a pair of readings, which on a busy machine are far apart.
    """
    (since, before), (until, after) = start, end
    least = (until.cpu - before.cpu) / (after.wall - since.wall)
    most = (after.cpu - since.cpu) / (until.wall - before.wall)
    return 100 * least / cores, 100 * most / cores


class Burner:
    """A process that uses `cores` of CPU time as evenly as it is let; infinity never rests."""

    def __init__(self, cores=float("inf"), wrapper=()):
        self._process = subprocess.Popen(
            [*wrapper, sys.executable, str(_BURNER), str(cores)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.pid = self._process.pid
        self.reading()

    def reading(self):
        """Ask the burner for its clocks."""
        self._process.stdin.write("\n")
        return Reading(**json.loads(self._process.stdout.readline()))

    def state(self):
        """R, S, T (stopped), ... as /proc states it."""
        return process_state(self.pid)

    def starved_seconds(self):
        """How long it was ready to run and others had the CPU."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9

    def wait_until_stopped(self):
        """Wait until the process stands still."""
        eventually(lambda: self.state() == "T", START, LOOK_SECONDS)

    def wait_until_free(self):
        """Wait until it ran, or could have, for most of half a second: no quota of 0.02 cores."""
        eventually(self._is_free, START)

    def _is_free(self):
        began, before = time.monotonic(), self._runnable_seconds()
        eventually(lambda: time.monotonic() - began > 0.5)
        return self._runnable_seconds() - before > 0.5 * (time.monotonic() - began)

    def _runnable_seconds(self):
        return process_cpu_seconds(self.pid) + self.starved_seconds()

    def end(self):
        """Kill the process and reap it."""
        self._process.kill()
        self._process.communicate()


def process_state(pid):
    """R, S, T (stopped), Z (ended, not reaped), ... as /proc states it; None if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


@pytest.fixture
def burn():
    """Starts burners, and ends them after the test."""
    burners = []

    def start(cores=float("inf"), wrapper=()):
        burners.append(Burner(cores, wrapper))
        return burners[-1]

    yield start
    for burner in burners:
        burner.end()


@pytest.fixture(scope="session")
def cgroup_method():
    """The cgroup version that can be used here; skips only where there is none for us."""
    reasons = []
    for method in ("cgroup-v2", "cgroup-v1"):
        try:
            choose_quota("probe", method).close()
        except StageError as error:
            reasons.append(str(error))
        else:
            return method
    hierarchy = find_v1_cpu()
    if os.geteuid() == 0 and hierarchy and os.access(hierarchy.mount, os.W_OK):
        pytest.fail(f"root on a machine with cgroups, and yet: {'; '.join(reasons)}")
    pytest.skip("; ".join(reasons))
