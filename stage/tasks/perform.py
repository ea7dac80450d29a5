"""Carries out what was decided about a task: takes it from PROVISIONING to STOPPED.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import logging
import signal
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from common.budget import budget
from stage.errors import StageError
from stage.tasks.attachments import Attachments
from stage.tasks.container import Container
from stage.tasks.decide import severity, state_change, stopped_reason
from stage.tasks.host import Host
from stage.tasks.model import HealthStatus, LaunchSpec, Location, RunningTask
from stage.tasks.read import (
    launch_spec,
    on_loopback,
    read_definition,
    read_service,
    read_task,
    role_arn,
)

_LOG = logging.getLogger(__name__)
_HEALTH_POLL_SECONDS = 0.25
# A task that never becomes healthy must not use the machine without limit for ever.
_START_UP_BUDGET_SECONDS = 30.0
# One that opens no port in time is registered all the same, and its health checks say what is wrong.
_LISTENING_BUDGET_SECONDS = 15.0
_LISTENING_POLL_SECONDS = 0.1
# What ECS itself says in these cases
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html).
_EXITED = "Essential container in task exited"
_OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


class TaskLifecycle:
    """Drives one task through its states in a thread of its own and reports each of them.

    Attributes:
        task_arn: ARN of the task.
    """

    def __init__(self, host: Host, task_arn: str) -> None:
        self.task_arn = task_arn
        self._host = host
        self._cluster, self._task_id = task_arn.split("/")[-2:]
        self._service = ""
        self._spec: LaunchSpec | None = None
        self._address = ""
        self._container: Container | None = None
        self._attachments: Attachments | None = None
        self._stop = threading.Event()
        self._taken_back = False
        # Set when there is something to do: the task is to stop, or its process has ended.
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._drive, name=f"task-{self._task_id}", daemon=True)

    def start(self) -> None:
        """Launch the task."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the task in order: drain, SIGTERM, `stopTimeout`, SIGKILL. Returns at once."""
        self._stop.set()
        self._news.set()

    def take_back(self) -> None:
        """Stop the task as Fargate Spot does: as always, but without the deregistration delay.

        Returns at once.
        """
        self._taken_back = True
        self.stop()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the task; none if it runs no process."""
        if self._container is not None:
            self._container.send(number)

    def exhaust_memory(self) -> None:
        """Have the task use more memory than it may.

        Raises:
            StageError: Its container has no limit, or the stage is closing.
        """
        if self._container is not None:
            self._container.exhaust_memory()

    def container(self) -> Container | None:
        """Its container, while that runs."""
        container = self._container
        return None if container is None or container.ended.is_set() else container

    def join(self, timeout: float) -> None:
        """Wait until the last state was reported."""
        self._thread.join(timeout)

    def running(self) -> RunningTask | None:
        """The task, if its process is alive."""
        container, spec = self._container, self._spec
        if container is None or spec is None or container.ended.is_set():
            return None
        return RunningTask(
            task_arn=self.task_arn,
            cluster=self._cluster,
            service=self._service,
            pid=container.pid,
            vcpus=spec.vcpus,
            address=self._address,
            limited=container.limited,
        )

    def _drive(self) -> None:
        try:
            self._launch()
            if self._container is None:
                self._stopped()
            else:
                self._serve(self._container)
                self._end(self._container)
        except (StageError, OSError, ClientError, BotoCoreError) as error:
            self._give_up(stopped_reason(error))
        except Exception as error:  # noqa: BLE001 - a mistake must cost one task, not the stage
            _LOG.exception("task %s", self.task_arn)
            self._give_up(f"CannotStartContainerError: {error!r}")

    def _launch(self) -> None:
        ecs = self._host.aws.ecs
        task = read_task(ecs, self._cluster, self.task_arn)
        self._service = task.service
        self._report("PENDING")
        definition = read_definition(ecs, task.task_definition)
        overrides = on_loopback(task.overrides, self._host.block.of)
        role = self._host.execution_role(self._task_id, role_arn("executionRoleArn", definition, overrides))
        spec = self._spec = launch_spec(
            definition,
            self._task_id,
            lambda image: self._host.images.pull(image, lambda: role.clients("ECR images").ecr),
            overrides,
        )
        if not task.address:
            raise StageError(
                "ResourceInitializationError: the task has no network interface: use the network mode awsvpc"
            )
        self._address = self._host.block.of(task.address)
        location = Location(self._task_id, task.address, self._cluster, spec.family, task.availability_zone)
        service = read_service(ecs, self._cluster, self._service)
        self._attachments = Attachments(self._host.aws, service, location)
        if self._stop.is_set():
            return
        self._host.routing.expect(self._address)
        name = f"{self._service or spec.family}-{self._task_id}"
        self._container = Container(self._host, spec, role, name, self._address, on_end=self._news.set)
        self._container.watch_health(self._report_health)
        self._await_listening(self._container)
        self._report("ACTIVATING")
        # What has ended already is registered nowhere: it would be routed to until it is taken out.
        if not self._container.ended.is_set():
            self._attachments.register()
            self._host.routing.wake()
        # Even if it has crashed meanwhile: it did start, and ECS tells a crash from a failure to start.
        self._report("RUNNING")

    def _await_listening(self, container: Container) -> None:
        """Let the process open its port before anything is told to send requests there, or it is given up.

        A process takes as many real seconds to start here as on AWS, which are some of its minutes: a new
        target would be without health for so long that an alarm of minutes goes off. On AWS a task is
        PENDING for about as long, while its image is pulled.
        """
        deadline = time.monotonic() + budget(_LISTENING_BUDGET_SECONDS)
        while time.monotonic() < deadline and not container.listens():
            if self._news.wait(_LISTENING_POLL_SECONDS):
                return

    def _serve(self, container: Container) -> None:
        """Let the task work until it is to stop or has ended."""
        deadline = time.monotonic() + budget(_START_UP_BUDGET_SECONDS)
        while not container.limited and not self._news.wait(_HEALTH_POLL_SECONDS):
            attachments = self._attachments
            if time.monotonic() >= deadline or (attachments and container.healthy(attachments)):
                container.limit()
        self._news.wait()

    def _end(self, container: Container) -> None:
        if container.ended.is_set():
            self._deregister()
            container.wait()
            why = _OUT_OF_MEMORY if container.out_of_memory else ""
            self._stopped(_EXITED, container.exit_code, why)
            return
        self._report("DEACTIVATING")
        self._deregister()
        # A Spot task leaves its target groups before SIGTERM too. No page says whether any of its two minutes
        # is spent on the delay; that none is, is the harsher reading
        # (https://aws.amazon.com/about-aws/whats-new/2023/02/amazon-elastic-container-service-accuracy-service-load-balancing/).
        if self._attachments is not None and not self._taken_back:
            container.ended.wait(self._host.clock.real_seconds(self._attachments.deregistration_delay()))
        self._report("STOPPING")
        container.stop()
        self._stopped(exit_code=container.exit_code)

    def _give_up(self, reason: str) -> None:
        """End a task that cannot go on, and say why."""
        if not self._host.closing.is_set():
            _LOG.warning("task %s: %s", self.task_arn, reason)
        self._deregister()
        exit_code = None
        if self._container is not None:
            self._container.kill()
            exit_code = self._container.exit_code
        self._stopped(reason, exit_code)

    def _deregister(self) -> None:
        """Take the task out everywhere; returns when no request can reach it any more.

        Without that, SIGTERM could overtake the load balancer: on AWS a target gets no request from
        its deregistration on, and only then do the deregistration delay and SIGTERM follow.
        """
        if self._attachments is None or self._host.closing.is_set():
            return
        self._attachments.deregister()
        if self._attachments.load_balanced:
            self._host.routing.retire(self._address, self._need_not_wait)

    def _need_not_wait(self) -> bool:
        ended = self._container is None or self._container.ended.is_set()
        return ended or self._host.closing.is_set()

    def _stopped(self, reason: str = "", exit_code: int | None = None, container_reason: str = "") -> None:
        """Take the task's keys away, and report that it has stopped: whoever reads that may rely on it."""
        if not self._host.closing.is_set():
            if self._container is not None:
                # With the keys of its execution role.
                self._container.ship_log()
            self._host.credentials.end(self._task_id)
        self._report("STOPPED", reason, exit_code, container_reason)

    def _report_health(self, status: HealthStatus) -> None:
        if not self._host.closing.is_set():
            self._host.reporter.task_health(self._cluster, self.task_arn, str(status))

    def _report(
        self, status: str, reason: str = "", exit_code: int | None = None, container_reason: str = ""
    ) -> None:
        if self._host.closing.is_set():
            return
        container = self._spec.container if self._spec is not None else None
        change = state_change(status, container, reason, exit_code, container_reason)
        try:
            self._host.aws.ecs.submit_task_state_change(cluster=self._cluster, task=self.task_arn, **change)
        except (ClientError, BotoCoreError) as error:
            # The process matters more than the report.
            _LOG.log(severity(error), "%s of task %s is not reported: %s", status, self.task_arn, error)
