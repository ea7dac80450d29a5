"""Starts and stops the emulated AWS."""

import http.client
import json
import os
import sys
from pathlib import Path

from stage.host.child import Child

READY_PATH = "/stage/ready"


class ControlPlane:
    """The emulated AWS as a child process; nothing of its state is kept when it ends.

    Attributes:
        endpoint_url: Its address, for `AWS_ENDPOINT_URL`.
    """

    def __init__(self, host: str, port: int, log_path: Path) -> None:
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
        command = [
            sys.executable,
            *("-m", "stage.control_plane"),
            *("--host", self._host),
            *("--port", str(self._port)),
            *("--parent", str(os.getpid())),
        ]
        self._child.log_path.parent.mkdir(parents=True, exist_ok=True)
        self._child.start(command, self._is_ready, folder=Path(__file__).parents[2])

    def stop(self) -> None:
        """End it."""
        self._child.stop()

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
