"""Carries out what was decided, through the API."""

import logging
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.scheduler.model import (
    Action,
    Event,
    Memory,
    ReportRollout,
    RollBack,
    Service,
    StartTasks,
    StopTask,
)

_log = logging.getLogger(__name__)

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
_TASKS_A_CALL = 10


class Performer:
    """Carries out one action at a time and words the service events that AWS adds for it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    """

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock) -> None:
        self._aws = aws
        self._reporter = reporter
        self._clock = clock

    def perform(self, service: Service, action: Action, memory: Memory) -> Memory:
        """Carry out an action; returns what is to be remembered afterwards."""
        match action:
            case StartTasks():
                self._start(service, action)
            case StopTask():
                self._aws.ecs.stop_task(cluster=service.cluster, task=action.task_arn, reason=action.reason)
                self.tell(service, f"has stopped 1 running tasks: {_tasks([action.task_arn])}.")
            case ReportRollout():
                self._reporter.rollout(
                    service.cluster,
                    service.name,
                    action.deployment_id,
                    action.state,
                    action.reason,
                    action.failed_tasks,
                )
            case RollBack():
                # Forced, because the task definition to go back to may be the one that failed.
                self._aws.ecs.update_service(
                    cluster=service.cluster,
                    service=service.name,
                    taskDefinition=action.task_definition,
                    forceNewDeployment=True,
                )
                return replace(memory, ineligible=action.to_deployment_id)
            case Event():
                self._event(service, action.message)
        return memory

    def tell(self, service: Service, what: str) -> None:
        """Add an event about a service."""
        self._event(service, f"(service {service.name}) {what}")

    def _start(self, service: Service, action: StartTasks) -> None:
        left = action.count
        while left > 0:
            answer = self._aws.ecs.run_task(
                cluster=service.cluster,
                taskDefinition=action.task_definition,
                group=f"service:{service.name}",
                startedBy=action.deployment_id,
                count=min(left, _TASKS_A_CALL),
                **_launch(service),
            )
            started = [task["taskArn"] for task in answer["tasks"]]
            if started:
                self.tell(service, f"has started {len(started)} tasks: {_tasks(started)}.")
            for failure in answer["failures"]:
                self.tell(service, f"was unable to place a task. Reason: {failure.get('reason')}.")
            left -= _TASKS_A_CALL

    def _event(self, service: Service, message: str) -> None:
        try:
            self._reporter.service_event(service.cluster, service.name, message, self._clock.now())
        except ClientError as error:
            # A service that was deleted meanwhile has no events; its tasks must be stopped all the same.
            _log.debug("event of service %s: %s", service.name, error)


def _launch(service: Service) -> dict[str, Any]:
    """Launch type or capacity provider strategy: RunTask takes one of them."""
    launch = dict(service.launch)
    if launch.get("capacityProviderStrategy"):
        launch.pop("launchType", None)
    return launch


def _tasks(arns: list[str]) -> str:
    return " ".join(f"(task {arn.rsplit('/', 1)[-1]})" for arn in arns)
