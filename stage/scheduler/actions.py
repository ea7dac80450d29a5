"""Actions that the scheduler can decide on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StartTasks:
    """Start tasks of a deployment."""

    deployment_id: str
    task_definition: str
    count: int


@dataclass(frozen=True)
class StopTask:
    """Stop a task, giving ECS's own reason."""

    task_arn: str
    reason: str


@dataclass(frozen=True)
class ReportRollout:
    """Say how far a deployment is."""

    deployment_id: str
    state: str
    reason: str
    failed_tasks: int


@dataclass(frozen=True)
class RollBack:
    """Deploy an earlier task definition because the primary deployment failed."""

    to_deployment_id: str
    task_definition: str


@dataclass(frozen=True)
class Event:
    """Say something in the service's events; decided again in every pass while it holds, told once.

    ECS leaves out duplicates in the same way
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html).
    """

    message: str


Action = StartTasks | StopTask | ReportRollout | RollBack | Event
