"""Carries out what was decided about a task: takes it from PROVISIONING to STOPPED.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import logging
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from stage.errors import StageError
from stage.host.budget import budget
from stage.tasks.attachments import Attachments
from stage.tasks.container import Container
from stage.tasks.decide import severity, state_change, stopped_reason
from stage.tasks.host import Host
from stage.tasks.model import HealthStatus, LaunchSpec, Location, RunningTask
from stage.tasks.read import launch_spec, read_definition, read_service, read_task

_LOG = logging.getLogger(__name__)
_HEALTH_POLL_SECONDS = 0.25
# A task that never becomes healthy must not use the machine without limit for ever.
_START_UP_BUDGET_SECONDS = 30.0
# What ECS itself says in these cases
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html).
_EXITED = "Essential container in task exited"


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
                self._report("STOPPED")
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
        spec = self._spec = launch_spec(definition, self._task_id, self._host.services_root)
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
        self._container = Container(self._host, spec, name, self._address, self._news.set)
        self._container.watch_health(self._report_health)
        self._report("ACTIVATING")
        # What has ended already is registered nowhere: it would be routed to until it is taken out.
        if not self._container.ended.is_set():
            self._attachments.register()
            self._host.routing.wake()
        # Even if it has crashed meanwhile: it did start, and ECS tells a crash from a failure to start.
        self._report("RUNNING")

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
            self._report("STOPPED", reason=_EXITED, exit_code=container.exit_code)
            return
        self._report("DEACTIVATING")
        self._deregister()
        if self._attachments is not None:
            container.ended.wait(self._host.clock.real_seconds(self._attachments.deregistration_delay()))
        self._report("STOPPING")
        container.stop()
        self._report("STOPPED", exit_code=container.exit_code)

    def _give_up(self, reason: str) -> None:
        """End a task that cannot go on, and say why."""
        if not self._host.closing.is_set():
            _LOG.warning("task %s: %s", self.task_arn, reason)
        self._deregister()
        exit_code = None
        if self._container is not None:
            self._container.kill()
            exit_code = self._container.exit_code
        self._report("STOPPED", reason=reason, exit_code=exit_code)

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

    def _report_health(self, status: HealthStatus) -> None:
        if not self._host.closing.is_set():
            self._host.reporter.task_health(self._cluster, self.task_arn, str(status))

    def _report(self, status: str, reason: str = "", exit_code: int | None = None) -> None:
        if self._host.closing.is_set():
            return
        container = self._spec.container if self._spec is not None else None
        change = state_change(status, container, reason, exit_code)
        try:
            self._host.aws.ecs.submit_task_state_change(cluster=self._cluster, task=self.task_arn, **change)
        except (ClientError, BotoCoreError) as error:
            # The process matters more than the report.
            _LOG.log(severity(error), "%s of task %s is not reported: %s", status, self.task_arn, error)
