"""Starts and stops the SMTP server."""

import json
import os
import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from common.budget import budget
from stage.errors import StageError
from stage.host.child import Child

_ANSWER_SECONDS = 10.0
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


class SmtpServerProcess:
    """The SMTP server as a child process; it never outlives the process that started it.

    Call `start` from a thread that stays: Linux ends the child when that thread ends.

    Attributes:
        host: Address that it listens on.
        port: Port that it listens on. Given as 0, it is the one taken once `start` has returned.
        log_path: JSON lines, one for each mail and recipient; `read_mails` reads them.
        control_port: Where it is told how to behave; None if nobody will.
        certificate: File with a certificate and its key, with which it offers STARTTLS; None if it does not.
    """

    def __init__(
        self,
        host: str,
        port: int,
        log_path: Path,
        control_port: int | None = None,
        certificate: Path | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.log_path = log_path
        self.control_port = control_port
        self.certificate = certificate
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
            # Whoever reads the log makes sense of it, at a time of his own: here it costs the mails' time.
            *("--log", str(self.log_path.absolute()), "--with-content"),
            *("--parent", str(os.getpid())),
        ]
        if self.control_port is not None:
            command += ["--control-port", str(self.control_port)]
        if self.certificate is not None:
            command += ["--certificate", str(self.certificate)]
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

    def behave(self, changes: Mapping[str, Any]) -> None:
        """Change how it behaves, as `Behaviour.changed` does.

        Raises:
            StageError: There is no such behaviour, or nobody answers.
        """
        self._ask("PUT", "/behaviour", json.dumps(changes))

    def connections(self) -> dict[int, int]:
        """Connections that were opened, by second since the Unix epoch.

        Raises:
            StageError: Nobody answers.
        """
        return {int(second): count for second, count in json.loads(self._ask("GET", "/connections")).items()}

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        if self.control_port is None:
            raise StageError("the SMTP server has no control port: give it one before it is started")
        connection = HTTPConnection(self.host, self.control_port, timeout=budget(_ANSWER_SECONDS))
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            said = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise StageError(
                f"the SMTP server does not answer ({error!r}): see {self._child.log_path}"
            ) from None
        finally:
            connection.close()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise StageError(f"the SMTP server cannot behave so: {said}")
        return said

    def _said(self) -> tuple[str, str]:
        """First word and rest of its first line, once the line is whole."""
        if not self._child.log_path.exists():
            return "", ""
        line, end, _ = self._child.log_path.read_text().partition("\n")
        word, _, rest = line.partition(" ") if end else ("", "", "")
        return word, rest
