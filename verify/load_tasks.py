"""Tasks of the load generator in ECS: started, looked at, stopped, and what they have logged."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.pages import described_tasks, listed
from verify.errors import LoadError
from verify.plan import LoadPlan
from verify.record import Generator, Request

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
_TASKS_A_CALL = 10
_GENERATOR = "generator"


@dataclass(frozen=True)
class LoadGenerator:
    """The root module's output `load_generator`.

    Attributes:
        cluster: Name of the ECS cluster.
        task_definitions: ARN of the master's and the worker's.
        workers: Workers that are started if nobody says how many.
        container: Name of the one container of each.
        subnet_ids: Where tasks run.
        security_group_id: Group of the tasks.
        log_group: Where they log each request.
        stream_prefix: First part of their streams' names.
        control_parameter: SSM parameter that says how much load is wanted.
        key_secret: Secret with the API key.
    """

    cluster: str
    task_definitions: Mapping[str, str]
    workers: int
    container: str
    subnet_ids: Sequence[str]
    security_group_id: str
    log_group: str
    stream_prefix: str
    control_parameter: str
    key_secret: str


class LoadTasks:
    """Tasks of one run, known by what they were started by.

    Args:
        ecs: boto3 client.
        generator: How tasks are started.
        run_id: What they are started by.
    """

    def __init__(self, ecs: Any, generator: LoadGenerator, run_id: str) -> None:
        self._ecs = ecs
        self._generator = generator
        self._run_id = run_id

    def others(self) -> list[str]:
        """ARNs of tasks that somebody else's run has left, or still uses."""
        families = [
            arn.rpartition("/")[2].partition(":")[0] for arn in self._generator.task_definitions.values()
        ]
        return [
            arn
            for family in families
            for arn in listed(
                self._ecs, "list_tasks", "taskArns", cluster=self._generator.cluster, family=family
            )
        ]

    def run(self, role: str, count: int, plan: LoadPlan, **variables: str) -> list[str]:
        """Start tasks of a role, with a plan and further variables; returns their ARNs.

        Raises:
            LoadError: ECS does not start all of them; the message has its reason.
        """
        generator = self._generator
        environment = {"LOAD_PLAN": json.dumps(asdict(plan)), **variables}
        override = {
            "name": generator.container,
            "environment": [{"name": name, "value": value} for name, value in environment.items()],
        }
        network = {
            "subnets": list(generator.subnet_ids),
            "securityGroups": [generator.security_group_id],
            "assignPublicIp": "DISABLED",
        }
        started: list[str] = []
        while len(started) < count:
            answer = self._ecs.run_task(
                cluster=generator.cluster,
                taskDefinition=generator.task_definitions[role],
                launchType="FARGATE",
                count=min(_TASKS_A_CALL, count - len(started)),
                startedBy=self._run_id,
                networkConfiguration={"awsvpcConfiguration": network},
                overrides={"containerOverrides": [override]},
            )
            for failure in answer["failures"]:
                raise LoadError(f"ECS does not start a {role} of the load generator: {failure.get('reason')}")
            started += [task["taskArn"] for task in answer["tasks"]]
        return started

    def described(self, arns: Sequence[str]) -> list[dict[str, Any]]:
        """Tasks as ECS describes them."""
        return described_tasks(self._ecs, self._generator.cluster, arns)

    def stop_all(self, reason: str) -> list[str]:
        """Ask each task of this run to stop, also one whose start was never answered; returns their ARNs."""
        cluster = self._generator.cluster
        arns: list[str] = listed(self._ecs, "list_tasks", "taskArns", cluster=cluster, startedBy=self._run_id)
        for arn in arns:
            # One that has ended meanwhile need not be stopped.
            with suppress(BotoCoreError, ClientError):
                self._ecs.stop_task(cluster=cluster, task=arn, reason=reason)
        return arns


def address(task: Mapping[str, Any]) -> str:
    """Private IPv4 address of a task; empty while it has none."""
    details = (one for attachment in task["attachments"] for one in attachment.get("details", []))
    return next((str(one["value"]) for one in details if one["name"] == "privateIPv4Address"), "")


def why_ended(task: Mapping[str, Any]) -> str:
    """The reason of a stopped task, with its container's exit code."""
    codes = [str(one.get("exitCode", "none")) for one in task["containers"]]
    return f"{task.get('stoppedReason', 'no reason')} (exit code {', '.join(codes)})"


class WorkerLog:
    """Log of a worker, each event read once.

    Attributes:
        generator: The worker's own statistics, once it has left in order.
    """

    def __init__(self, logs: Any, group: str, stream: str) -> None:
        self.generator: Generator | None = None
        self._logs = logs
        self._asked = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        self._found: list[Request] = []

    def requests(self) -> Sequence[Request]:
        """Requests that have reached CloudWatch Logs until now, in the order of their ends."""
        while True:
            try:
                answer = self._logs.get_log_events(**self._asked)
            except self._logs.exceptions.ResourceNotFoundException:
                # Nothing is logged yet.
                return self._found
            for event in answer["events"]:
                self._take(event["message"])
            token = answer["nextForwardToken"]
            # The same token again means that there is no more
            # (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html).
            if token == self._asked.get("nextToken"):
                return self._found
            self._asked["nextToken"] = token

    def _take(self, message: str) -> None:
        try:
            facts = json.loads(message)
        except ValueError:
            # What Locust and its program say to people.
            return
        if _GENERATOR in facts:
            self.generator = Generator(**facts[_GENERATOR])
        else:
            self._found.append(Request(**facts))
