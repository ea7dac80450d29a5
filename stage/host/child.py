"""A program that runs beside the stage, started and ended with it."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, wait_fixed

from common.budget import budget, stop_when_spent
from stage.errors import StageError

# The slowest takes two seconds on a quiet machine; a starved one is slow, not broken.
_START_BUDGET_SECONDS = 60.0
_STOP_BUDGET_SECONDS = 20.0
_STEP_SECONDS = 0.02


class Child:
    """One process of the stage's own, whose output goes to a log.

    The command has to see to it that the process does not outlive its parent (common/die_with_parent.py).
    Call `start` from a thread that stays: Linux ends the child when that thread ends.

    Args:
        name: Name for messages, e.g. "the load balancer".
        log_path: File that standard output and standard error are appended to; its folder is there.
    """

    def __init__(self, name: str, log_path: Path) -> None:
        self.name = name
        self.log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id.

        Raises:
            StageError: It is not started.
        """
        if self._process is None:
            raise StageError(f"{self.name} is not running: call start() first")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is started and nothing has ended it."""
        return self._process is not None and self._process.poll() is None

    def require_running(self) -> None:
        """Check that nothing has ended it since it was started.

        Raises:
            StageError: It has ended; the message names its log.
        """
        if self._process is not None and self._process.poll() is not None:
            raise StageError(f"{self.name} ended with status {self._process.returncode}: see {self.log_path}")

    def start(
        self,
        command: Sequence[str],
        is_ready: Callable[[], bool],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and wait until it is ready.

        Args:
            command: The program and its arguments.
            is_ready: Asked again and again while it runs.
            folder: Working folder; this process's own if not given.
            environment: All of its environment; this process's own if not given.

        Raises:
            StageError: It ended, was not ready in time, or can have no log; the message names the log.
        """
        self.begin(command, folder=folder, environment=environment)
        self.wait_until(is_ready)

    def begin(
        self,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, to be waited for later.

        Args:
            command: The program and its arguments.
            folder: Working folder; this process's own if not given.
            environment: All of its environment; this process's own if not given.

        Raises:
            StageError: It can have no log; the message names it.
        """
        self._process = self._spawn(command, folder, environment)

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Wait until it is ready, and end it if it never is.

        Args:
            is_ready: Asked again and again while it runs.

        Raises:
            StageError: It ended or was not ready in time; the message names its log.
        """
        waiting = Retrying(
            retry=retry_if_result(lambda ready: not ready),
            stop=stop_when_spent(_START_BUDGET_SECONDS),
            wait=wait_fixed(_STEP_SECONDS),
        )
        try:
            waiting(lambda: self._runs_and(is_ready))
        except RetryError:
            self.stop()
            seconds = waiting.statistics["delay_since_first_attempt"]
            raise StageError(
                f"{self.name} was not ready within {seconds:.0f} s: see {self.log_path}"
            ) from None
        except StageError:
            self.stop()
            raise

    def stop(self) -> None:
        """End it by SIGTERM, and by SIGKILL if that takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(budget(_STOP_BUDGET_SECONDS))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(
        self, command: Sequence[str], folder: Path | None, environment: Mapping[str, str] | None
    ) -> subprocess.Popen[bytes]:
        try:
            log = self.log_path.open("ab")
        except OSError as error:
            raise StageError(f"{self.name} cannot log to {self.log_path}: {error.strerror}") from None
        with log:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is the parent's to handle: it still needs its children to clean up.
                start_new_session=True,
            )

    def _runs_and(self, is_ready: Callable[[], bool]) -> bool:
        self.require_running()
        return is_ready()
