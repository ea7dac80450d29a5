"""The process that stops and continues tasks: `python -m stage.cpu.duty_cycle_helper`.

It reads `attach PID CORES` and `release PID` from standard input, one a line. However it ends, short of
SIGKILL, it continues every task first. It ends when its input does, so it never outlives the stage.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

from stage.cpu.processes import children_by_parent, family_of
from stage.cpu.usage import CpuMeter

WINDOW_SECONDS = 0.1
# A task that overran while nobody could stop it (the machine was starved) pays back at most this
# much of real time; without a bound it would stand still for as long as its health checks last.
_MAX_PAYBACK_SECONDS = 1.0
# Looking for new descendants costs a pass over /proc, milliseconds on a busy machine.
_FAMILIES_EVERY_SECONDS = 1.0
# A task that is let run for less would cost more in signals than it gets to compute.
_MIN_RUN_SECONDS = 0.0002
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Allowance:
    """CPU seconds that a task may still use, like a CFS quota without bursts.

    What is not used by the end of a window is lost; what was used too much is paid back by the next
    windows. So the mean is right however coarsely the task is stopped, even when its allowance
    for a window is shorter than the scheduler's time slice.

    Args:
        cores: CPU seconds granted a second.
        now: The present instant, seconds of a monotonic clock.
    """

    def __init__(self, cores: float, now: float) -> None:
        self.cores = cores
        self._refilled_at = now
        self._balance = cores * WINDOW_SECONDS

    @property
    def left(self) -> float:
        """CPU seconds until the task has to stop; not positive if it has to stand still."""
        return self._balance

    def charge(self, cpu_seconds: float) -> None:
        """Take off what the task has used."""
        self._balance = max(self._balance - cpu_seconds, -self.cores * _MAX_PAYBACK_SECONDS)

    def refill(self, now: float) -> None:
        """Begin a window, granting what the time since the last one is worth."""
        self._balance = min(self._balance, 0.0) + self.cores * (now - self._refilled_at)
        self._refilled_at = now


class Families:
    """Descendants of the tasks, looked up once a second for all of them."""

    def __init__(self) -> None:
        self._children: dict[int, list[int]] = {}
        self._read_at = float("-inf")

    def of(self, pid: int) -> list[int]:
        """A process, then its descendants as of at most a second ago."""
        now = time.monotonic()
        if now - self._read_at > _FAMILIES_EVERY_SECONDS:
            self._children, self._read_at = children_by_parent(), now
        return family_of(pid, self._children)


class ThrottledTask:
    """A task that is stopped whenever it has used up its allowance.

    Attributes:
        due: When to look at it again, seconds of the monotonic clock.

    Raises:
        ProcessLookupError: There is no such process.
    """

    def __init__(self, pid: int, cores: float, families: Families) -> None:
        self.due = time.monotonic()
        self._pid = pid
        self._families = families
        self._meter = CpuMeter(pid, families.of)
        self._allowance = Allowance(cores, self.due)
        self._window_ends = self.due + WINDOW_SECONDS
        self._stopped: list[int] = []

    def step(self) -> None:
        """Charge what was used, begin the next window if it is time, stop or continue.

        Raises:
            ProcessLookupError: The process has ended.
        """
        self._allowance.charge(self._meter.spent())
        now = time.monotonic()
        if now >= self._window_ends:
            self._allowance.refill(now)
            missed = (now - self._window_ends) // WINDOW_SECONDS
            self._window_ends += (missed + 1) * WINDOW_SECONDS
        if self._allowance.left <= 0:
            self._stop()
            self.due = self._window_ends
        else:
            self.resume()
            self.due = min(now + max(self._allowance.left, _MIN_RUN_SECONDS), self._window_ends)

    def resume(self) -> None:
        """Let it run, if it was this object that stopped it."""
        stopped, self._stopped = self._stopped, []
        _signal(stopped, signal.SIGCONT)

    def _stop(self) -> None:
        if not self._stopped:
            # Noted before it is done: whatever happens in between, it will be continued.
            self._stopped = self._families.of(self._pid)
            _signal(self._stopped, signal.SIGSTOP)


class Supervisor:
    """Keeps all attached tasks to their allowances until it is told to end."""

    def __init__(self, commands: int, endings: int) -> None:
        self._commands = commands
        self._endings = endings
        self._unread = b""
        self._families = Families()
        self._tasks: dict[int, ThrottledTask] = {}
        self._parent = os.getppid()

    def run(self) -> None:
        """Work until the input ends, the parent dies or a signal asks to end; then continue all tasks."""
        try:
            while self._take_commands() and os.getppid() == self._parent:
                self._step_tasks()
        finally:
            for ending in _ENDING_SIGNALS:
                signal.signal(ending, signal.SIG_IGN)
            for task in self._tasks.values():
                task.resume()

    def _take_commands(self) -> bool:
        """Wait for input until the next task is due; False if it is time to end."""
        next_due = min((task.due for task in self._tasks.values()), default=float("inf"))
        timeout = min(max(next_due - time.monotonic(), 0.0), WINDOW_SECONDS)
        readable, _, _ = select.select([self._commands, self._endings], [], [], timeout)
        if self._endings in readable:
            return False
        if self._commands in readable:
            received = os.read(self._commands, 65536)
            if not received:
                return False
            *lines, self._unread = (self._unread + received).split(b"\n")
            for line in lines:
                self._obey(line.decode().split())
        return True

    def _obey(self, words: list[str]) -> None:
        match words:
            case ["attach", pid, cores]:
                self._drop(int(pid))
                with suppress(ProcessLookupError):
                    self._tasks[int(pid)] = ThrottledTask(int(pid), float(cores), self._families)
            case ["release", pid]:
                self._drop(int(pid))
            case _:
                raise ValueError(f"unknown command {words}")

    def _drop(self, pid: int) -> None:
        task = self._tasks.pop(pid, None)
        if task is not None:
            task.resume()

    def _step_tasks(self) -> None:
        now = time.monotonic()
        for pid, task in list(self._tasks.items()):
            if task.due <= now:
                try:
                    task.step()
                except ProcessLookupError:
                    self._drop(pid)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def main() -> None:
    """Supervise until the end."""
    endings, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for ending in _ENDING_SIGNALS:
        signal.signal(ending, lambda _number, _frame: None)
    # Every millisecond that it comes late is one that a task overruns. Needs a privilege.
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    Supervisor(sys.stdin.fileno(), endings).run()


if __name__ == "__main__":
    main()
