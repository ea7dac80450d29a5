"""CPU quotas by stopping and continuing processes, for machines without usable cgroups."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from common.budget import budget
from stage.cpu.processes import family_of
from stage.errors import StageError

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_END_BUDGET_SECONDS = 20.0
# An accident happens once; what happens this often has a cause that another start does not cure.
_MAX_DEATHS = 3


class DutyCycleQuota:
    """Quotas by SIGSTOP and SIGCONT, sent by a helper process.

    Needs no privilege. The mean is right; other work on the machine can keep a task from what it may
    use, which then reads as low CPU.

    Args:
        run_id: Not needed: no name is shared with other runs.
    """

    method = "duty-cycle"

    def __init__(self, run_id: str = "") -> None:
        del run_id
        self._lock = threading.Lock()
        self._attached: dict[int, float] = {}
        self._deaths = 0
        self._closed = False
        self._helper = _start_helper()
        self._watcher = threading.Thread(target=self._watch, name="duty-cycle-watch", daemon=True)
        self._watcher.start()

    @property
    def helper_pid(self) -> int:
        """The helper process."""
        return self._helper.pid

    def attach(self, pid: int, cores: float) -> None:
        """Hold a process and its descendants to `cores` of CPU time.

        Raises:
            StageError: `cores` is not positive, or the helper process keeps dying.
        """
        if cores <= 0:
            raise StageError(f"a quota of {cores} cores lets nothing run: give the task more cpu")
        with self._lock:
            self._require_helper()
            self._attached[pid] = cores
            self._send(f"attach {pid} {cores}")

    def release(self, pid: int) -> None:
        """Let a process run freely again, or forget one that has ended."""
        with self._lock:
            if self._attached.pop(pid, None) is not None:
                self._send(f"release {pid}")

    def protect(self, pid: int) -> None:
        """Do nothing: without privilege no process can be put before others."""

    def close(self) -> None:
        """Continue all processes and end the helper."""
        with self._lock:
            self._closed = True
            helper = self._helper
            if helper.stdin is not None:
                with suppress(BrokenPipeError):
                    helper.stdin.close()
        try:
            helper.wait(budget(_END_BUDGET_SECONDS))
        except subprocess.TimeoutExpired:
            helper.kill()
            helper.wait()
        self._watcher.join()
        with self._lock:
            self._hand_back()
            self._attached.clear()

    def _watch(self) -> None:
        """Continue all tasks the moment the helper dies unasked, then start another."""
        while True:
            self._helper.wait()
            with self._lock:
                if self._closed:
                    return
                self._hand_back()
                self._deaths += 1
                if self._helper.stdin is not None:
                    with suppress(BrokenPipeError):
                        self._helper.stdin.close()
                if self._deaths >= _MAX_DEATHS:
                    return
                self._helper = _start_helper()
                for pid, cores in self._attached.items():
                    self._send(f"attach {pid} {cores}")

    def _require_helper(self) -> None:
        if self._closed:
            raise StageError("the quotas of this run are closed")
        if self._deaths >= _MAX_DEATHS:
            raise StageError(
                f"the process that enforces CPU quotas died {self._deaths} times (exit code "
                f"{self._helper.returncode}): find out what kills it, or run as root to use cgroups"
            )

    def _send(self, command: str) -> None:
        """Tell the helper; if it is dead the watcher tells the next one."""
        if self._helper.stdin is not None and not self._helper.stdin.closed:
            with suppress(BrokenPipeError):
                os.write(self._helper.stdin.fileno(), f"{command}\n".encode())

    def _hand_back(self) -> None:
        for pid in self._attached:
            for member in family_of(pid):
                with suppress(ProcessLookupError):
                    os.kill(member, signal.SIGCONT)


def _start_helper() -> subprocess.Popen[bytes]:
    # Its own session: Ctrl-C is for the stage, which ends the helper in its own time.
    return subprocess.Popen(
        [sys.executable, "-m", "stage.cpu.duty_cycle_helper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_PACKAGE_ROOT)},
        start_new_session=True,
    )
