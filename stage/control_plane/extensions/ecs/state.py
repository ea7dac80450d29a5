"""Services, deployments and tasks of the emulated ECS."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.ecs import models
from moto.moto_api._internal import mock_random

# A task as DescribeTasks shows it
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
Task = dict[str, Any]

# AWS shows a stopped task for about an hour; here the newest are enough.
_STOPPED_TASKS_KEPT = 200
_EVENTS_KEPT = 100


@dataclass
class Deployment:
    """One deployment of a service; how far it is was last reported by the scheduler."""

    id: str
    task_definition: str
    launch: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    rollout_state: str = "IN_PROGRESS"
    rollout_state_reason: str = ""
    failed_tasks: int = 0


@dataclass
class Service:
    """A service: what it was told, verbatim, and its deployments, newest first."""

    arn: str
    name: str
    cluster_arn: str
    fields: dict[str, Any]
    desired_count: int
    task_definition: str
    created_at: datetime
    deployments: list[Deployment] = field(default_factory=list)
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_EVENTS_KEPT))
    status: str = "ACTIVE"

    @property
    def group(self) -> str:
        """The group that this service's tasks belong to."""
        return f"service:{self.name}"

    def add_event(self, message: str, at: datetime) -> None:
        """Put an event before the others."""
        self.events.appendleft({"id": str(mock_random.uuid4()), "createdAt": at, "message": message})


@dataclass
class EcsState:
    """State of ECS in one region; hold `lock` while reading or changing it."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    services: dict[str, Service] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    stopped: deque[str] = field(default_factory=deque)
    last_host_number: dict[str, int] = field(default_factory=dict)

    def tasks_of(self, service: Service) -> list[Task]:
        """A service's tasks, oldest first, stopped ones too."""
        return [
            task
            for task in self.tasks.values()
            if task["group"] == service.group and task["clusterArn"] == service.cluster_arn
        ]

    def forget_oldest_stopped(self, stopped_task_arn: str) -> None:
        """Note that a task has stopped, and forget the oldest stopped one when there are many."""
        self.stopped.append(stopped_task_arn)
        while len(self.stopped) > _STOPPED_TASKS_KEPT:
            self.tasks.pop(self.stopped.popleft(), None)


class EC2ContainerServiceBackend(models.EC2ContainerServiceBackend):
    """ECS of one region: clusters and task definitions are moto's, services and tasks are ours.

    Attributes:
        state: Services and tasks.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.state = EcsState()


def to_json(result: dict[str, Any]) -> str:
    """A result in ECS's JSON, whose names are the API's own already.

    moto would look every member up in the service model, which for the answers that are asked for many
    times a second takes longer than finding them.
    """
    return json.dumps(result, default=_seconds_since_the_epoch)


def _seconds_since_the_epoch(moment: datetime) -> float:
    return round(moment.timestamp(), 3)


def now() -> datetime:
    """The moment that the control plane stamps on what it creates: real time, as it knows no other."""
    return datetime.now(UTC)
