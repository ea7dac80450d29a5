"""Starts and stops the mail server."""

import os
import select
import subprocess
import sys
from pathlib import Path

from stage.budget import budget
from stage.errors import StageError

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# It takes about a quarter of a second on a quiet machine.
_START_BUDGET_SECONDS = 60.0
_STOP_BUDGET_SECONDS = 20.0


class SmtpSink:
    """The mail server as a child process; it never outlives the process that started it.

    Call `start` from a thread that stays: Linux ends the child when that thread ends.

    Attributes:
        host: Address that it listens on.
        port: Port that it listens on. Given as 0, it is the one taken once `start` has returned.
        log_path: JSON lines, one for each mail and recipient; `read_mails` reads them.
    """

    def __init__(self, host: str, port: int, log_path: Path) -> None:
        self.host = host
        self.port = port
        self.log_path = log_path
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The child's process id.

        Raises:
            StageError: It is not started.
        """
        if self._process is None:
            raise StageError("the mail server is not running: call start() first")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            StageError: The address is taken, the log cannot be written, or nothing came in time.
        """
        self._process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "stage.smtp_sink"),
                *("--host", self.host),
                *("--port", str(self.port)),
                *("--log", str(self.log_path.absolute())),
                *("--parent", str(os.getpid())),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(_PACKAGE_ROOT)},
            # Ctrl-C in the terminal is the parent's to handle: tasks that are stopping still send.
            start_new_session=True,
        )
        answer, _, detail = self._first_line().partition(" ")
        if answer != "ready":
            self.stop()
            raise StageError(
                f"the mail server cannot listen on {self.host}:{self.port} or write {self.log_path} "
                f"({detail or 'it did not start'}): free the port or choose another"
            )
        self.port = int(detail)

    def stop(self) -> None:
        """Stop it; mails that it has confirmed are in the log."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=budget(_STOP_BUDGET_SECONDS))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _first_line(self) -> str:
        output = self._process.stdout if self._process else None
        if output is None or not select.select([output], [], [], budget(_START_BUDGET_SECONDS))[0]:
            return ""
        return output.readline().strip()
