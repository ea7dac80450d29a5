"""Processes that use CPU, and cgroup file systems with the kernel's rules but without a kernel."""

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from stage.cpu.cgroup_files import CgroupFiles
from stage.cpu.hierarchy import find_v1_cpu
from stage.cpu.quota import choose_quota
from stage.cpu.usage import process_cpu_seconds
from stage.errors import StageError

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


class FakeCgroupFiles(CgroupFiles):
    """Plain folders that refuse what the kernel refuses.

    Attributes:
        root: Stands for the mount point; holds no process at first.
        delegated: What may be written to, with all below it.
    """

    def __init__(self, root, version):
        self.root = root
        self.delegated = root
        self._version = version
        root.mkdir()
        if version == 2:
            (root / "cgroup.controllers").write_text("cpu memory")
            (root / "cgroup.subtree_control").write_text("")
        (root / "cgroup.procs").write_text("")

    def start(self, pid, group):
        """A new process in a cgroup."""
        self._put(group, "cgroup.procs", [*self.processes(group), pid])

    def writable(self, group):
        """Whether the cgroup is delegated."""
        return group.is_relative_to(self.delegated)

    def make(self, group):
        """Make a cgroup with the files that its parent's controllers give it."""
        self._refuse_unless(self.writable(group.parent), errno.EACCES)
        if not group.exists():
            group.mkdir()
            (group / "cgroup.procs").write_text("")
            if self._version == 1:
                for file in ("cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us"):
                    (group / file).write_text("")
            else:
                (group / "cgroup.subtree_control").write_text("")
                self._give_controllers(group)

    def remove(self, group):
        """Remove a cgroup, unless it is in use."""
        self._refuse_unless(not self.processes(group) and not self.children(group), errno.EBUSY)
        shutil.rmtree(group)

    def write(self, group, file, text):
        """Write a file by the kernel's rules."""
        self._refuse_unless(self.writable(group), errno.EACCES)
        self._refuse_unless((group / file).exists(), errno.ENOENT)
        if file == "cgroup.procs":
            self._move(int(text), group)
        elif file == "cgroup.subtree_control":
            self._divide(group, text)
        else:
            (group / file).write_text(text)

    def where(self, pid):
        """The cgroup that a process is in."""
        return next(
            group
            for group in (self.root, *self.root.rglob("*"))
            if group.is_dir() and pid in self.processes(group)
        )

    def _move(self, pid, group):
        everywhere = [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]
        source = next((place for place in everywhere if pid in self.processes(place)), None)
        if source is None:
            raise ProcessLookupError(errno.ESRCH, "No such process")
        if self._version == 2 and group != self.root:
            # No internal processes: https://docs.kernel.org/admin-guide/cgroup-v2.html
            self._refuse_unless(not self.read(group, "cgroup.subtree_control"), errno.EBUSY)
        self._put(source, "cgroup.procs", [p for p in self.processes(source) if p != pid])
        self._put(group, "cgroup.procs", [*self.processes(group), pid])

    def _divide(self, group, text):
        if text == "+cpu":
            self._refuse_unless("cpu" in self.read(group, "cgroup.controllers").split(), errno.ENOENT)
            self._refuse_unless(group == self.root or not self.processes(group), errno.EBUSY)
            (group / "cgroup.subtree_control").write_text("cpu")
        else:
            in_use = any(self.read(child, "cgroup.subtree_control") for child in self.children(group))
            self._refuse_unless(not in_use, errno.EBUSY)
            (group / "cgroup.subtree_control").write_text("")
        for child in self.children(group):
            self._give_controllers(child)

    def _give_controllers(self, group):
        controllers = self.read(group.parent, "cgroup.subtree_control")
        (group / "cgroup.controllers").write_text(controllers)
        for file in ("cpu.weight", "cpu.max"):
            if "cpu" in controllers:
                (group / file).touch()
            else:
                (group / file).unlink(missing_ok=True)

    def _put(self, group, file, values):
        (group / file).write_text("".join(f"{value}\n" for value in values))

    def _refuse_unless(self, allowed, number):
        if not allowed:
            raise OSError(number, os.strerror(number))


@pytest.fixture
def fake_v1(tmp_path):
    """A cgroup v1 hierarchy."""
    return FakeCgroupFiles(tmp_path / "cgroup", version=1)


@pytest.fixture
def fake_v2(tmp_path):
    """A cgroup v2 hierarchy."""
    return FakeCgroupFiles(tmp_path / "cgroup", version=2)
