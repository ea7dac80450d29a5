"""The container agent: brings tasks to the state that ECS wants them in."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from common.budget import budget
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.cpu.quota import CpuQuota
from stage.errors import StageError
from stage.host.addresses import LoopbackBlock
from stage.tasks.container import Container
from stage.tasks.decide import decide
from stage.tasks.host import Host, Images, RoleCredentials, Routing
from stage.tasks.logs import LogShipper
from stage.tasks.memory import MemoryWatch
from stage.tasks.model import Launch, LeaveAlone, ObservedTask, RunningTask, Stop
from stage.tasks.perform import TaskLifecycle
from stage.tasks.process import Spawner

# A thread may still wait for an answer from the control plane; its process is gone by then.
_JOIN_SECONDS = 10.0


class Agent:
    """Runs tasks on this machine, one process and one thread each."""

    def __init__(  # noqa: PLR0913 - each is another part of the stage
        self,
        aws: Aws,
        reporter: Reporter,
        clock: Clock,
        block: LoopbackBlock,
        quota: CpuQuota,
        *,
        images: Images,
        credentials: RoleCredentials,
        run_dir: Path,
        cores_per_vcpu: float,
        routing: Routing,
        ingested: Callable[[str, str], None],
        trusted: Path | None = None,
    ) -> None:
        """Get ready; nothing runs before the first `observe`.

        Args:
            aws: The emulated AWS.
            reporter: Takes the tasks' container health.
            clock: Paces deregistration delays and health-check intervals.
            block: Loopback addresses that stand for network interfaces.
            quota: Limits tasks to their vCPUs.
            images: What tasks are started from.
            credentials: Gives tasks those of their roles.
            run_dir: Folder for logs and the tasks' own folders; the caller removes it.
            cores_per_vcpu: Cores of this machine that stand for one vCPU.
            routing: The load balancer, which tasks tell when they come and go.
            ingested: Called with the stream and each line of the tasks' logs.
            trusted: Certificates that tasks trust; None for the machine's.
        """
        self._host = Host(
            aws=aws,
            reporter=reporter,
            clock=clock,
            block=block,
            quota=quota,
            spawner=Spawner(),
            log_shipper=LogShipper(ingested),
            images=images,
            credentials=credentials,
            run_dir=run_dir,
            cores_per_vcpu=cores_per_vcpu,
            routing=routing,
            trusted=trusted,
        )
        # Ended ones are kept: a look at ECS that is out of date must not start them again.
        self._tasks: dict[str, TaskLifecycle] = {}
        self._lock = threading.Lock()
        self._memory = MemoryWatch(self.containers)
        self._memory.start()

    def observe(self, task: ObservedTask) -> None:
        """Launch or stop a task if ECS wants that and it has not been done yet. Returns at once."""
        with self._lock:
            if self._host.closing.is_set():
                return
            match decide(task, known=task.task_arn in self._tasks):
                case Launch(to_stop=to_stop):
                    life = self._tasks[task.task_arn] = TaskLifecycle(self._host, task.task_arn)
                    if to_stop:
                        life.stop()
                    life.start()
                case Stop():
                    self._tasks[task.task_arn].stop()
                case LeaveAlone():
                    pass

    def running(self) -> list[RunningTask]:
        """Every task whose process is alive, also while it starts or drains."""
        with self._lock:
            lives = list(self._tasks.values())
        return [task for life in lives if (task := life.running()) is not None]

    def send(self, task_arn: str, number: signal.Signals) -> None:
        """Send a signal to all processes of a task.

        Raises:
            StageError: No such task runs here.
        """
        self._running(task_arn).send(number)

    def exhaust_memory(self, task_arn: str) -> None:
        """Have a task use more memory than it may.

        Raises:
            StageError: No such task runs here, or it has no limit.
        """
        self._running(task_arn).exhaust_memory()

    def take_back(self, task_arn: str) -> None:
        """Take a task back as Fargate Spot does: out of its target groups, SIGTERM, SIGKILL in the end.

        Raises:
            StageError: No such task runs here.
        """
        life = self._running(task_arn)
        life.take_back()
        self._host.reporter.spot_interruption(task_arn.split("/")[-2], task_arn)

    def _running(self, task_arn: str) -> TaskLifecycle:
        with self._lock:
            life = self._tasks.get(task_arn)
        if life is None or life.running() is None:
            raise StageError(f"no running task {task_arn}: list them with ecs.list_tasks")
        return life

    def containers(self) -> list[Container]:
        """The containers that run now."""
        with self._lock:
            lives = list(self._tasks.values())
        return [container for life in lives if (container := life.container()) is not None]

    def close(self) -> None:
        """Kill every task at once, without draining or reporting; no process is left."""
        with self._lock:
            self._host.closing.set()
            lives = list(self._tasks.values())
        self._memory.close()
        self._host.spawner.close()
        for life in lives:
            life.join(budget(_JOIN_SECONDS))
        self._host.log_shipper.close()
