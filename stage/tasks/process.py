"""Processes that stand for containers: started, watched, ended, never left behind."""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from common.die_with_parent import launcher
from stage.errors import StageError

_LOG = logging.getLogger(__name__)
# What a shell, Docker and ECS report for a process that a signal ended.
_SIGNAL_EXIT_CODE = 128


def _do_nothing() -> None:
    """Ignore the end of a process that matters only to the one who waits for it."""


class TaskProcess:
    """A process in a session of its own, with a thread blocked in wait until it ends.

    Attributes:
        pid: Process id; also the id of its process group.
        exited: Set once the process has ended, its group is gone and it has been reaped.
        exit_code: As a container reports it: 137 for SIGKILL. None while it runs.
    """

    def __init__(self, popen: subprocess.Popen[bytes], on_exit: Callable[[], None]) -> None:
        self.pid = popen.pid
        self.exited = threading.Event()
        self.exit_code: int | None = None
        self._popen = popen
        self._on_exit = on_exit
        # Held while the process id is signalled or given back, so that no stranger is signalled.
        self._reaping = threading.Lock()
        threading.Thread(target=self._watch, name=f"wait-{self.pid}", daemon=True).start()

    def terminate(self) -> None:
        """Send SIGTERM to the main process alone, as stopping a container does."""
        with self._reaping:
            if self._popen.returncode is None:
                os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the process and all that it started in its session."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and all that it started in its session."""
        with self._reaping:
            if self._popen.returncode is None:
                os.killpg(self.pid, number)

    def _watch(self) -> None:
        # Not reaped yet: until `_on_exit` has run, nobody else can get this process id.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        try:
            self._on_exit()
        except Exception:  # noqa: BLE001 - whatever it is, the process must be reaped
            _LOG.exception("what follows the end of process %d failed", self.pid)
        with self._reaping:
            # A container's other processes go with its first one.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            code = self._popen.wait()
        self.exit_code = code if code >= 0 else _SIGNAL_EXIT_CODE - code
        self.exited.set()


class Spawner:
    """Starts processes that die with this one and, on `close`, leaves none of them.

    The kernel sends the parent-death signal when the *thread* that forked ends, not the process, so
    one thread that lives as long as the spawner does all the forking.
    """

    def __init__(self) -> None:
        self._forking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
        self._processes: list[TaskProcess] = []
        self._closed = threading.Event()

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: Path,
        on_exit: Callable[[], None] = _do_nothing,
    ) -> TaskProcess:
        """Start a process.

        Args:
            command: Absolute path of the executable, then its arguments.
            environment: All of its environment.
            folder: Its working directory.
            output: File to which both its output streams are appended.
            on_exit: Called by the watching thread the moment the process has ended, before `exited`.

        Raises:
            StageError: The spawner is closed.
            OSError: The operating system refused.
        """
        try:
            return self._forking.submit(self._fork, command, environment, folder, output, on_exit).result()
        except RuntimeError as error:
            raise StageError("the stage is closing: no process is started any more") from error

    def close(self) -> None:
        """Kill what still runs and wait until it has gone."""
        self._closed.set()
        # Once the forking thread has ended, the list is complete; the end of that thread is also the
        # end of its children.
        self._forking.shutdown(wait=True)
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.exited.wait()

    def _fork(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: Path,
        on_exit: Callable[[], None],
    ) -> TaskProcess:
        if self._closed.is_set():
            raise RuntimeError("closed")
        with output.open("ab") as sink:
            popen = subprocess.Popen(
                [*launcher(), *command],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal is for the stage, which then stops its tasks in order.
                start_new_session=True,
            )
        process = TaskProcess(popen, on_exit)
        self._processes = [one for one in self._processes if not one.exited.is_set()]
        self._processes.append(process)
        return process
