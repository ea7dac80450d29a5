"""Starts and stops the emulated AWS."""

import http.client
import json
import os
import sys
from pathlib import Path

from common.budget import budget
from stage.errors import StageError
from stage.host.child import Child

READY_PATH = "/stage/ready"
SNAPSHOT_PATH = "/stage/snapshot"
# All that is declared, of one system.
_SNAPSHOT_BUDGET_SECONDS = 60.0


class ControlPlane:
    """The emulated AWS as a child process; nothing of its state is kept when it ends.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        log_path: File for its log.
        snapshot: File with what it knows from the beginning, which `snapshot` gave; None knows nothing.
        identities: Address of another one, which has IAM and STS, to ask whose a key is; None if it has them.
        enforce_rights: Whether tasks are refused what their roles do not allow; it is recorded either way.

    Attributes:
        endpoint_url: Its address, for `AWS_ENDPOINT_URL`.
    """

    def __init__(  # noqa: PLR0913 - options of the child, one for one
        self,
        host: str,
        port: int,
        log_path: Path,
        snapshot: Path | None = None,
        *,
        identities: str | None = None,
        enforce_rights: bool = False,
    ) -> None:
        self._begins_with = () if snapshot is None else ("--snapshot", str(snapshot.absolute()))
        self._asks = () if identities is None else ("--identities", identities)
        self._refuses = ("--enforce-rights",) if enforce_rights else ()
        self.endpoint_url = f"http://{host}:{port}"
        self._host = host
        self._port = port
        self._child = Child("the control plane", log_path)

    @property
    def pid(self) -> int:
        """The child's process id.

        Raises:
            StageError: It is not started.
        """
        return self._child.pid

    def start(self) -> None:
        """Start it and wait until it answers; from a thread that stays.

        Raises:
            StageError: It ended or did not answer in time; the message names its log.
        """
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it, from a thread that stays, to be waited for later."""
        command = [
            sys.executable,
            *("-m", "stage.control_plane"),
            *("--host", self._host),
            *("--port", str(self._port)),
            *("--parent", str(os.getpid())),
            *self._begins_with,
            *self._asks,
            *self._refuses,
        ]
        self._child.log_path.parent.mkdir(parents=True, exist_ok=True)
        self._child.begin(command, folder=Path(__file__).parents[2])

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            StageError: It ended or did not answer in time; the message names its log.
        """
        self._child.wait_until(self._is_ready)

    def stop(self) -> None:
        """End it."""
        self._child.stop()

    def snapshot(self) -> bytes:
        """All that it knows, messages left out, for another one to begin with.

        Raises:
            StageError: Something in it cannot be kept; its log says what.
        """
        connection = http.client.HTTPConnection(
            self._host, self._port, timeout=budget(_SNAPSHOT_BUDGET_SECONDS)
        )
        try:
            connection.request("GET", SNAPSHOT_PATH)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StageError(
                f"no snapshot of the control plane ({error}): see {self._child.log_path}"
            ) from None
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise StageError(
                f"no snapshot of the control plane ({answer.status}): see {self._child.log_path}"
            )
        return content

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=1)
        try:
            connection.request("GET", READY_PATH)
            # Whoever else may have the port answers with another process id, or with something else.
            return bool(json.loads(connection.getresponse().read()) == {"pid": self.pid})
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
