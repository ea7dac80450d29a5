"""Starts and stops the emulated AWS."""

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, wait_fixed

from stage.budget import budget, stop_when_spent
from stage.errors import StageError

# It takes about two seconds on a quiet machine.
_START_BUDGET_SECONDS = 60.0
_STOP_BUDGET_SECONDS = 20.0
READY_PATH = "/stage/ready"


class ControlPlane:
    """The emulated AWS as a child process; it never outlives the process that started it.

    Call `start` from a thread that stays: Linux ends the child when that thread ends.

    Attributes:
        endpoint_url: Where it answers, for `AWS_ENDPOINT_URL`.
    """

    def __init__(self, host: str, port: int, log_path: Path) -> None:
        self.endpoint_url = f"http://{host}:{port}"
        self._host = host
        self._port = port
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The child's process id.

        Raises:
            StageError: It is not started.
        """
        if self._process is None:
            raise StageError("the control plane is not running: call start() first")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            StageError: It ended or did not answer in time; the message names its log.
        """
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *("-m", "stage.control_plane"),
                    *("--host", self._host),
                    *("--port", str(self._port)),
                    *("--parent", str(os.getpid())),
                ],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is the parent's to handle: it still needs AWS to clean up.
                start_new_session=True,
            )
        waiting = Retrying(
            retry=retry_if_result(lambda ready: not ready),
            stop=stop_when_spent(_START_BUDGET_SECONDS),
            wait=wait_fixed(0.05),
        )
        try:
            waiting(self._is_ready)
        except RetryError:
            self.stop()
            seconds = waiting.statistics["delay_since_first_attempt"]
            raise StageError(
                f"the control plane did not answer within {seconds:.0f} s: see {self._log_path}"
            ) from None
        except StageError:
            self.stop()
            raise

    def stop(self) -> None:
        """End it; nothing of what it knew is kept."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(budget(_STOP_BUDGET_SECONDS))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _is_ready(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise StageError(
                f"the control plane ended with status {self._process.returncode}: see {self._log_path}"
            )
        connection = http.client.HTTPConnection(self._host, self._port, timeout=1)
        try:
            connection.request("GET", READY_PATH)
            # Whoever else may have the port answers with another process id, or with something else.
            return bool(json.loads(connection.getresponse().read()) == {"pid": self.pid})
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
