"""Processes that use CPU, and the cgroups of this machine."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from stage.cpu.hierarchy import find_v1_cpu
from stage.cpu.quota import choose_quota
from stage.cpu.usage import process_cpu_seconds
from stage.errors import StageError
from tests.unit.stage.cpu.conftest import without_cgroups

__all__ = ["without_cgroups"]

# Generous, because the machine may be busy with other things; what is waited for takes milliseconds.
BUDGET_SECONDS = 30.0
_BURNER = Path(__file__).with_name("burner.py")


@dataclass(frozen=True)
class Reading:
    """What a burner's own clocks say, in seconds."""

    cpu: float
    wall: float


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

    def wait_until_stopped(self, budget=BUDGET_SECONDS):
        """Wait until the process stands still."""
        wait_until(lambda: self.state() == "T", budget)

    def wait_until_free(self):
        """Wait until it ran, or could have, for longer than a quota of 0.02 cores lets it in 20 s."""
        enough = self._runnable_seconds() + 0.4
        wait_until(lambda: self._runnable_seconds() > enough, 5.0)

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


def wait_until(condition, budget):
    """Poll a condition until it holds, at most `budget` seconds."""
    for attempt in Retrying(
        retry=retry_if_result(lambda holds: not holds), stop=stop_after_delay(budget), wait=wait_fixed(0.002)
    ):
        with attempt:
            holds = condition()
        attempt.retry_state.set_result(holds)


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
