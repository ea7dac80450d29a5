"""One task's process with all that belongs to it: quota, logs, health checks."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from stage.errors import StageError
from stage.tasks.attachments import Attachments
from stage.tasks.environment import read_secrets, resolve, task_environment
from stage.tasks.health import HealthMonitor
from stage.tasks.host import Host
from stage.tasks.model import HealthCheck, HealthStatus, LaunchSpec
from stage.tasks.process import TaskProcess

_LOG = logging.getLogger(__name__)
_CONNECT_TIMEOUT_SECONDS = 0.2


class Container:
    """A task's container: a process on its loopback address.

    Attributes:
        ended: Set the moment the process has ended, right after the address was reported gone.
        limited: Whether the CPU quota applies yet.
    """

    def __init__(
        self,
        host: Host,
        spec: LaunchSpec,
        name: str,
        address: str,
        on_end: Callable[[], None],
    ) -> None:
        """Start the process.

        Args:
            host: Where it runs.
            spec: What to run.
            name: `<service>-<task id>`, for its files.
            address: Its loopback address.
            on_end: Called once the process has ended.

        Raises:
            StageError: A secret, an executable or the log group is missing.
            ClientError: The control plane refused something.
            OSError: The operating system refused to start it.
        """
        self.ended = threading.Event()
        self.limited = False
        self._host, self._spec, self._address, self._on_end = host, spec, address, on_end
        self._limiting = threading.Lock()
        self._folder = host.run_dir / "tasks" / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log = host.run_dir / "logs" / f"{name}.log"
        self._log.parent.mkdir(exist_ok=True)
        self._environment = task_environment(
            {**spec.environment, **read_secrets(spec.secrets, host.aws)},
            host.aws.environment(),
            address,
            host.services_root,
            self._folder,
        )
        self._monitor: HealthMonitor | None = None
        self._process = self._started()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code as ECS reports it, None while the process runs."""
        return self._process.exit_code

    def watch_health(self, report: Callable[[HealthStatus], None]) -> None:
        """Run the declared health check, if there is one, and report each change of its verdict."""
        check = self._spec.health_check
        if check is not None:
            pause = self._host.clock.real_seconds(check.interval)
            self._monitor = HealthMonitor(check, pause, lambda: self._passes(check), report, self.ended)
            self._monitor.start()

    def healthy(self, attachments: Attachments) -> bool:
        """Whether the task has started up, by the strictest sign that it has.

        That is its container health check; without one, its health in its target groups; without
        those, an open port; without one, that it runs.
        """
        if self._monitor is not None:
            return self._monitor.status is HealthStatus.HEALTHY
        if attachments.load_balanced:
            try:
                return attachments.healthy()
            except (ClientError, BotoCoreError) as error:
                _LOG.warning("health of %s is not known: %s", self._log.stem, error)
                return False
        return self._spec.port is None or self._accepts_connections(self._spec.port)

    def limit(self) -> None:
        """Apply the CPU quota that the task's vCPUs stand for.

        It does not apply from the start, as it would on Fargate: at a few percent of a core the
        interpreter alone would take minutes to start.
        """
        with self._limiting:
            # A quota for a process that has ended would hit whoever gets its id next.
            if not self.limited and not self.ended.is_set():
                self._host.quota.attach(self.pid, self._spec.vcpus * self._host.cores_per_vcpu)
                self.limited = True

    def stop(self) -> None:
        """SIGTERM, `stopTimeout`, SIGKILL; returns when the process has gone."""
        self._process.terminate()
        if not self._process.exited.wait(self._spec.stop_timeout):
            self._process.kill()
        self.wait()

    def kill(self) -> None:
        """SIGKILL; returns when the process has gone."""
        self._process.kill()
        self.wait()

    def wait(self) -> None:
        """Wait until the process has gone and its exit code is known."""
        self._process.exited.wait()

    def _started(self) -> TaskProcess:
        command = resolve(self._spec.command, self._environment)
        if self._spec.log is not None:
            self._host.log_shipper.follow(self._log, self._spec.log)
        try:
            return self._host.spawner.start(
                command, self._environment, self._folder, self._log, self._process_ended
            )
        except (StageError, OSError):
            self._host.log_shipper.finish(self._log)
            raise

    def _process_ended(self) -> None:
        """Handle the end of the process, in the thread that waits for it and before its id can be reused."""
        try:
            self._host.routing.drop(self._address)
        finally:
            with self._limiting:
                self.ended.set()
            self._host.log_shipper.finish(self._log)
            self._on_end()
        # Only now: the above must not wait for it, and until here the limit cannot be set any more.
        if self.limited:
            self._host.quota.release(self.pid)

    def _passes(self, check: HealthCheck) -> bool:
        try:
            process = self._host.spawner.start(
                resolve(check.command, self._environment), self._environment, self._folder, Path(os.devnull)
            )
        except (StageError, OSError) as error:
            if not self._host.closing.is_set():
                _LOG.warning("health check of %s: %s", self._log.stem, error)
            return False
        if not process.exited.wait(check.timeout):
            process.kill()
            process.exited.wait()
        return process.exit_code == 0

    def _accepts_connections(self, port: int) -> bool:
        try:
            with socket.create_connection((self._address, port), timeout=_CONNECT_TIMEOUT_SECONDS):
                return True
        except OSError:
            return False
