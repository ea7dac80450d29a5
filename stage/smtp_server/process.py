"""Starts and stops the SMTP server."""

import os
import sys
from pathlib import Path

from stage.errors import StageError
from stage.host.child import Child

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


class SmtpServerProcess:
    """The SMTP server as a child process; it never outlives the process that started it.

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
        self._child = Child("the SMTP server", log_path.with_suffix(".log"))

    @property
    def pid(self) -> int:
        """The child's process id.

        Raises:
            StageError: It is not started.
        """
        return self._child.pid

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            StageError: The address is taken, the log cannot be written, or it did not listen in time.
        """
        command = [
            sys.executable,
            *("-m", "stage.smtp_server"),
            *("--host", self.host),
            *("--port", str(self.port)),
            *("--log", str(self.log_path.absolute())),
            *("--parent", str(os.getpid())),
        ]
        self._child.log_path.unlink(missing_ok=True)
        try:
            self._child.start(
                command, lambda: self._said()[0] == "ready", environment={"PYTHONPATH": str(_PACKAGE_ROOT)}
            )
        except StageError as error:
            _, reason = self._said()
            raise StageError(
                f"the SMTP server cannot listen on {self.host}:{self.port} or write {self.log_path} "
                f"({reason or error}): free the port or choose another"
            ) from None
        self.port = int(self._said()[1])

    def stop(self) -> None:
        """Stop it; mails that it has confirmed are in the log."""
        self._child.stop()

    def _said(self) -> tuple[str, str]:
        """First word and rest of its first line, once the line is whole."""
        if not self._child.log_path.exists():
            return "", ""
        line, end, _ = self._child.log_path.read_text().partition("\n")
        word, _, rest = line.partition(" ") if end else ("", "", "")
        return word, rest
