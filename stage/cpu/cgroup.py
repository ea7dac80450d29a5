"""CPU quotas by cgroup v1 or v2: one subtree a run, one cgroup a task."""

import threading
from abc import ABC, abstractmethod
from pathlib import Path

from stage.cpu.cgroup_files import CgroupFiles
from stage.cpu.hierarchy import is_abandoned, run_name
from stage.cpu.processes import family_of
from stage.errors import StageError

# Shorter periods give worse latency at the same mean: the kernel accounts in slices of some
# milliseconds, so a short period's quota is a single slice.
PERIOD_US = 100_000
# The kernel accepts no smaller quota
# (https://docs.kernel.org/scheduler/sched-bwc.html).
_MIN_QUOTA_US = 1_000


class CgroupQuota(ABC):
    """Quotas enforced by the kernel.

    The run's subtree is `RUN/throttled/task-PID` and `RUN/protected`. RUN weighs a hundred times what
    its neighbours do, so that other work on the machine does not starve tasks into reading as idle;
    in it tasks weigh more than what serves them, because what they can take is bounded.

    Args:
        run_id: Goes into the subtree's name, so that two runs never meet.
        base: The cgroup to build in.
        own: The cgroup that this process is in.
        files: The cgroup file system.

    Raises:
        StageError: This machine does not let us; the message says what to do.
    """

    method: str
    # Default weight of a cgroup, and the largest the kernel accepts a hundred times that.
    _default_weight: int
    _advice: str

    def __init__(self, run_id: str, base: Path, own: Path, files: CgroupFiles) -> None:
        self._files = files
        self._base = base
        self._own = own
        self._lock = threading.Lock()
        self._attached: dict[int, Path] = {}
        self._closed = False
        self._run = self._base / run_name(run_id)
        self._tasks = self._run / "throttled"
        self._protected = self._run / "protected"
        try:
            self._build()
        except OSError as error:
            self.close()
            raise StageError(
                f"{self.method}: cannot make a cgroup in {self._base} ({error.strerror}): {self._advice}"
            ) from error

    def attach(self, pid: int, cores: float) -> None:
        """Hold a process and its descendants to `cores` of CPU time.

        Raises:
            StageError: The quota is smaller than the kernel can enforce, or the kernel refuses it.
        """
        quota_us = round(cores * PERIOD_US)
        if quota_us < _MIN_QUOTA_US:
            raise StageError(
                f"a quota of {cores} cores is below {_MIN_QUOTA_US / PERIOD_US}, the smallest the "
                "kernel can enforce: give the task more cpu or the vCPU more cores"
            )
        group = self._tasks / f"task-{pid}"
        with self._lock:
            self._require_open()
            try:
                self._files.make(group)
                self._attached[pid] = group
                self._set_quota(group, quota_us)
                # The parent first: what it starts from then on is already inside.
                self._files.move(pid, group)
                for descendant in family_of(pid)[1:]:
                    self._files.move(descendant, group)
            except OSError as error:
                raise StageError(
                    f"{self.method}: cannot hold process {pid} to {cores} cores in {group} "
                    f"({error.strerror}): {self._advice}"
                ) from error

    def release(self, pid: int) -> None:
        """Let a process run freely again, or forget one that has ended.

        Raises:
            StageError: Its cgroup could not be emptied.
        """
        with self._lock:
            group = self._attached.pop(pid, None)
            if group is not None:
                self._dissolve(group)

    def protect(self, pid: int) -> None:
        """Put a process, but not its present children, where it is never throttled and seldom waits."""
        with self._lock:
            self._require_open()
            self._files.move(pid, self._protected)

    def close(self) -> None:
        """Hand all processes back and remove every cgroup of this run.

        Raises:
            StageError: A cgroup could not be emptied.
        """
        with self._lock:
            self._closed = True
            self._attached.clear()
            self._dissolve(self._run)

    def _build(self) -> None:
        for group in self._files.children(self._base):
            if is_abandoned(group.name):
                self._dissolve(group)
        self._files.make(self._run)
        self._open_for_children(self._run)
        for group in (self._tasks, self._protected):
            self._files.make(group)
        self._open_for_children(self._tasks)
        self._set_weight(self._run, 100 * self._default_weight)
        self._set_weight(self._tasks, 2 * self._default_weight)
        # A kernel built without bandwidth control shows here, not at the first task.
        self._set_quota(self._tasks, None)

    def _dissolve(self, group: Path) -> None:
        try:
            self._files.dissolve(group, self._home())
        except OSError as error:
            raise StageError(
                f"{self.method}: cannot remove {group} ({error.strerror}); processes in it: "
                f"{self._files.processes(group)}"
            ) from error

    def _home(self) -> Path:
        """Cgroup that processes are handed back to: the one they came from, unless that is gone."""
        return self._own if self._files.exists(self._own) else self._base

    def _require_open(self) -> None:
        if self._closed:
            raise StageError(f"the quotas of this run ({self._run.name}) are closed")

    @abstractmethod
    def _open_for_children(self, group: Path) -> None:
        """Let the children of a cgroup have weights and quotas."""

    @abstractmethod
    def _set_weight(self, group: Path, weight: int) -> None:
        """Set what a cgroup gets when its neighbours want more than there is."""

    @abstractmethod
    def _set_quota(self, group: Path, quota_us: int | None) -> None:
        """Set the CPU microseconds that a cgroup gets a period; None for no limit."""
