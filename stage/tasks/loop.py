"""The container agent: brings tasks to the state that ECS wants them in."""

import threading
from collections.abc import Callable
from pathlib import Path

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.cpu.quota import CpuQuota
from stage.host.addresses import LoopbackBlock
from stage.host.budget import budget
from stage.tasks.decide import decide
from stage.tasks.host import Host, Routing
from stage.tasks.logs import LogShipper
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
        services_root: Path,
        run_dir: Path,
        cores_per_vcpu: float,
        routing: Routing,
        ingested: Callable[[str, str], None],
    ) -> None:
        """Get ready; nothing runs before the first `observe`.

        Args:
            aws: The emulated AWS.
            reporter: Takes the tasks' container health.
            clock: Paces deregistration delays and health-check intervals.
            block: Loopback addresses that stand for network interfaces.
            quota: Limits tasks to their vCPUs.
            services_root: Folder with one folder a service, each with its Dockerfile.
            run_dir: Folder for logs and the tasks' own folders; the caller removes it.
            cores_per_vcpu: Cores of this machine that stand for one vCPU.
            routing: The load balancer, which tasks tell when they come and go.
            ingested: Called with the stream and each line of the tasks' logs.
        """
        self._host = Host(
            aws=aws,
            reporter=reporter,
            clock=clock,
            block=block,
            quota=quota,
            spawner=Spawner(),
            log_shipper=LogShipper(aws.logs, ingested),
            services_root=services_root,
            run_dir=run_dir,
            cores_per_vcpu=cores_per_vcpu,
            routing=routing,
        )
        # Ended ones are kept: a look at ECS that is out of date must not start them again.
        self._tasks: dict[str, TaskLifecycle] = {}
        self._lock = threading.Lock()

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

    def close(self) -> None:
        """Kill every task at once, without draining or reporting; no process is left."""
        with self._lock:
            self._host.closing.set()
            lives = list(self._tasks.values())
        self._host.spawner.close()
        for life in lives:
            life.join(budget(_JOIN_SECONDS))
        self._host.log_shipper.close()
