"""Tasks that take no process: ECS's scheduler is the stage's, and what it starts runs or fails at once."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.pages import described_services, listed
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter, TargetHealth
from stage.scheduler.loop import Scheduler
from stage.scheduler.model import Task
from stage.tasks.attachments import Attachments
from stage.tasks.model import Location
from tests.apply.clients import REGION

_log = logging.getLogger(__name__)

# An apply asks every few seconds whether a service is steady.
_PASS_SECONDS = 1.0
# ECS waits half a minute of AWS time before it starts a task again that has failed.
_MINUTE_SECONDS = 2.0
_CLOSING_SECONDS = 30.0

# Takes a task definition; returns why ECS cannot run it, or nothing.
Refuse = Callable[[Mapping[str, Any]], str]


class Fleet:
    """Keeps the declared services running while Terraform waits for them.

    Attributes:
        refuse: Why a task definition cannot run; nothing can go wrong unless a test says so.
    """

    refuse: Refuse

    def __init__(self, endpoint_url: str) -> None:
        self.refuse = lambda _definition: ""
        aws, reporter = Aws(endpoint_url, endpoint_url, REGION), Reporter(endpoint_url)
        self._scheduler = Scheduler(aws, reporter, Clock(_MINUTE_SECONDS), _Agent(aws, reporter, self))
        self._aws = aws
        self._fewest: dict[str, int] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def fewest(self) -> dict[str, int]:
        """The fewest tasks that ran of each service at any time since `forget_fewest`, by name."""
        return dict(self._fewest)

    def forget_fewest(self) -> None:
        """Begin to count anew."""
        self._fewest = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; no task is started or stopped after this returns."""
        self._closing.set()
        self._scheduler.close()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_SECONDS)

    def _run(self) -> None:
        while not self._closing.wait(_PASS_SECONDS):
            try:
                self._scheduler.reconcile()
                self._count()
            except (ClientError, BotoCoreError):
                _log.info("a pass failed, as it may while things come and go", exc_info=True)

    def _count(self) -> None:
        ecs = self._aws.ecs
        for cluster in listed(ecs, "list_clusters", "clusterArns"):
            arns = listed(ecs, "list_services", "serviceArns", cluster=cluster)
            for one in described_services(ecs, cluster, arns):
                name, running = one["serviceName"], one["runningCount"]
                self._fewest[name] = min(running, self._fewest.get(name, running))


class _Agent:
    """Says of each task what ECS wants to hear."""

    def __init__(self, aws: Aws, reporter: Reporter, fleet: Fleet) -> None:
        self._aws = aws
        self._reporter = reporter
        self._fleet = fleet
        self._attached: dict[str, Attachments] = {}
        self._healthy: dict[str, dict[tuple[str, int], TargetHealth]] = {}

    def observe(self, task: Task) -> None:
        """Run a task, or stop it."""
        if task.desired_status == "STOPPED" and not task.stopped:
            self._stop(task)
        elif task.last_status == "PROVISIONING":
            self._run(task)

    def _run(self, task: Task) -> None:
        ecs = self._aws.ecs
        described = ecs.describe_tasks(cluster=task.cluster, tasks=[task.task_arn])["tasks"][0]
        definition = ecs.describe_task_definition(taskDefinition=described["taskDefinitionArn"])[
            "taskDefinition"
        ]
        reason = self._fleet.refuse(definition)
        if reason:
            self._report(task, "STOPPED", reason)
            return
        (service,) = ecs.describe_services(cluster=task.cluster, services=[task.service])["services"]
        location = Location(task.id, task.address, task.cluster, definition["family"], task.zone)
        self._attached[task.task_arn] = attached = Attachments(self._aws, service, location)
        attached.register()
        self._report(task, "RUNNING")
        if task.checks_health:
            self._reporter.task_health(task.cluster, task.task_arn, "HEALTHY")
        for group in service["loadBalancers"]:
            self._targets(group, task, TargetHealth("healthy"))

    def _stop(self, task: Task) -> None:
        attached = self._attached.pop(task.task_arn, None)
        if attached is not None:
            attached.deregister()
        for healthy in self._healthy.values():
            for target in [target for target in healthy if target[0] == task.address]:
                del healthy[target]
        self._report(task, "STOPPED")

    def _targets(self, group: Mapping[str, Any], task: Task, health: TargetHealth) -> None:
        arn = group["targetGroupArn"]
        targets = self._healthy.setdefault(arn, {})
        targets[task.address, int(group["containerPort"])] = health
        self._reporter.target_health(arn, targets)

    def _report(self, task: Task, status: str, reason: str = "") -> None:
        change = {"cluster": task.cluster, "task": task.task_arn, "status": status}
        self._aws.ecs.submit_task_state_change(**change, **({"reason": reason} if reason else {}))
