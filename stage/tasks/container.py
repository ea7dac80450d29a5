"""One task's process with all that belongs to it: quota, logs, health checks."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from stage.errors import StageError
from stage.tasks.attachments import Attachments
from stage.tasks.environment import resolve, task_environment
from stage.tasks.execution_role import ExecutionRole
from stage.tasks.health import HealthMonitor
from stage.tasks.host import Host
from stage.tasks.memory import hog
from stage.tasks.model import HealthCheck, HealthStatus, LaunchSpec
from stage.tasks.process import TaskProcess
from stage.tasks.secret_values import read_secrets

_LOG = logging.getLogger(__name__)
_CONNECT_TIMEOUT_SECONDS = 0.2


class Container:
    """A task's container: a process on its loopback address.

    Attributes:
        ended: Set the moment the process has ended, right after the address was reported gone.
        limited: Whether the CPU quota applies yet.
        out_of_memory: Whether it was killed because it had more memory than it may.
    """

    def __init__(  # noqa: PLR0913 - each is told by another one
        self,
        host: Host,
        spec: LaunchSpec,
        role: ExecutionRole,
        name: str,
        address: str,
        *,
        on_end: Callable[[], None],
    ) -> None:
        """Start the process.

        Args:
            host: Where it runs.
            spec: What to run.
            role: In which it is prepared.
            name: `<service>-<task id>`, for its files.
            address: Its loopback address.
            on_end: Called once the process has ended.

        Raises:
            StageError: A secret, an executable or the log group is missing, or the role may not use it.
            OSError: The operating system refused to start it.
        """
        self.ended = threading.Event()
        self.limited = False
        self.out_of_memory = False
        self._others: list[TaskProcess] = []
        self._host, self._spec, self._role, self._address = host, spec, role, address
        self._on_end = on_end
        self._limiting = threading.Lock()
        self._folder = host.run_dir / "tasks" / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log = host.run_dir / "logs" / f"{name}.log"
        self._log.parent.mkdir(exist_ok=True)
        self._environment = task_environment(
            {**spec.environment, **self._secrets()},
            host.environment(spec.task_id, spec.task_role),
            address,
            spec.packages,
            self._folder,
        )
        self._monitor: HealthMonitor | None = None
        self._process = self._started()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def pids(self) -> list[int]:
        """The process, and those that were started in the container beside it."""
        return [self.pid, *(other.pid for other in self._others if not other.exited.is_set())]

    @property
    def memory_mib(self) -> int:
        """MiB that the container may use; 0 for no limit."""
        return self._spec.memory_mib

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
        return self.listens()

    def listens(self) -> bool:
        """Whether it accepts connections at its port; one without a port has nothing to open."""
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

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the container."""
        self._process.send(number)

    def exhaust_memory(self) -> None:
        """Start a process in the container that takes all the memory that the container may use.

        Raises:
            StageError: The container has no limit, or the stage is closing.
        """
        if not self.memory_mib:
            raise StageError(f"{self._log.stem} has no memory limit: declare its `memory`")
        command = hog(self.memory_mib)
        self._others.append(
            self._host.spawner.start(command, self._environment, self._folder, Path(os.devnull))
        )

    def kill_for_memory(self) -> None:
        """SIGKILL to all processes, since they have more memory than they may; returns at once."""
        if not self.ended.is_set():
            self.out_of_memory = True
            self._process.kill()

    def kill(self) -> None:
        """SIGKILL; returns when the process has gone."""
        self._process.kill()
        self.wait()

    def wait(self) -> None:
        """Wait until the process has gone and its exit code is known."""
        self._process.exited.wait()

    def ship_log(self) -> None:
        """Wait until what the process has written is shipped, or given up; it has gone."""
        self._host.log_shipper.wait(self._log)

    def _secrets(self) -> dict[str, str]:
        if not self._spec.secrets:
            return {}
        return read_secrets(self._spec.secrets, self._role.clients("secrets"))

    def _started(self) -> TaskProcess:
        command = resolve(self._spec.command, self._environment)
        if self._spec.log is not None:
            logs = self._role.clients("log driver awslogs").logs
            self._host.log_shipper.follow(self._log, self._spec.log, logs)
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
            for other in self._others:
                other.kill()
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
