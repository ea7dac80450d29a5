"""System under load, on the stage or in an AWS account, told apart nowhere else."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from verify.aws_time import AwsTime

# A task's own start takes as long on a stage as anywhere, however short a minute is there.
_TASK_START_SECONDS = 15.0
_TASK_START_MINUTES = 5.0
# One stage vCPU is four tenths of a core, so a task on Fargate carries about as many times more.
_FARGATE_LOAD_FACTOR = 2.5


def _protect_nothing(_pid: int) -> None:
    """Do nothing: on AWS the load generator shares its machine with none of the tasks."""


@dataclass(frozen=True)
class Target:
    """A deployed system, and the ways to look at it and to hurt it.

    Attributes:
        name: "stage" or "aws".
        url: Where the load balancer answers.
        api_key: What the Notification API is called with; never shown.
        region: AWS region.
        cluster: ECS cluster name.
        api_service: ECS service behind the load balancer.
        sender_service: ECS service that reads the queue.
        queue_name: SQS queue between them.
        dead_letter_queue_name: Where messages end that cannot be processed.
        ledger_table: DynamoDB table that knows what became of each notification.
        read_clock: Tells the relation of AWS time to real time at the moment.
        ecs, elbv2, cloudwatch, autoscaling, sqs, dynamodb: boto3 clients.
        load_factor: By what the scenarios' request rates are multiplied.
        slowness: Real time that a task's own start and work take here, as a multiple of what they take
            on the machine that the scenarios' budgets were chosen on.
        slow_down: Makes AWS minutes last so many times as long from now on; None where nobody can.
        metric_delay_minutes: Minutes by which a datapoint may come late to the autoscaler.
        host_namespace: CloudWatch namespace in which the host of the tasks reports on itself.
        mail_log: JSON lines, one a delivered mail; None where the mailbox is out of sight.
        kill_task: Sends SIGKILL to a task's process; None where nobody can.
        protect: Keeps a local process from being starved by the tasks.
        plan_changes: Addresses that a new plan would change; None where no plan can be made.
        destroy: Removes the system and says which addresses are left; None where it is not ours to do.
    """

    name: str
    url: str
    api_key: str = field(repr=False)
    region: str
    cluster: str
    api_service: str
    sender_service: str
    queue_name: str
    dead_letter_queue_name: str
    ledger_table: str
    read_clock: Callable[[], AwsTime]
    ecs: Any
    elbv2: Any
    cloudwatch: Any
    autoscaling: Any
    sqs: Any
    dynamodb: Any
    load_factor: float = 1.0
    slowness: float = 1.0
    slow_down: Callable[[float], None] | None = None
    metric_delay_minutes: int = 1
    host_namespace: str | None = None
    mail_log: Path | None = None
    kill_task: Callable[[str], None] | None = None
    protect: Callable[[int], None] = field(default=_protect_nothing)
    plan_changes: Callable[[], list[str]] | None = None
    destroy: Callable[[], list[str]] | None = None

    @property
    def clock(self) -> AwsTime:
        """Relation of AWS time to real time at the moment."""
        return self.read_clock()

    @property
    def task_budget_seconds(self) -> float:
        """Real seconds within which a task must be started and healthy, or stopped.

        Five AWS minutes for what AWS paces (provisioning, health checks, draining), and what a process
        takes for itself.
        """
        return self.clock.seconds(_TASK_START_MINUTES) + self.slowness * _TASK_START_SECONDS


def from_stage(stage: Any) -> Target:
    """The target that a `stage.stage.Stage` is, once it is up."""
    aws = stage.aws
    return Target(
        name="stage",
        **_names(stage.outputs) | {"url": stage.url},
        api_key=stage.api_key,
        read_clock=lambda: _time_of(stage.clock.pace),
        ecs=aws.ecs,
        elbv2=aws.elbv2,
        cloudwatch=aws.cloudwatch,
        autoscaling=aws.autoscaling,
        sqs=aws.sqs,
        dynamodb=aws.dynamodb,
        load_factor=stage.fit.load_factor,
        slowness=stage.fit.slowness,
        slow_down=lambda factor: stage.clock.slow_down(factor * stage.clock.minute_seconds),
        host_namespace="Stage/Host",
        mail_log=stage.mail_log,
        kill_task=stage.kill_task,
        protect=stage.protect,
        plan_changes=stage.plan_changes,
        destroy=stage.destroy,
    )


def from_outputs(outputs_file: Path, api_key: str) -> Target:
    """The target that `terraform output -json` describes, reached with the caller's AWS credentials.

    Args:
        outputs_file: What `terraform output -json` printed.
        api_key: A client's key for the Notification API, with a rate limit above the load.

    Raises:
        ValueError: The file is not what `terraform output -json` prints for this root module.
    """
    try:
        outputs = {name: output["value"] for name, output in json.loads(outputs_file.read_text()).items()}
        names = _names(outputs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"--outputs {outputs_file}: write it with `terraform output -json` in terraform/ ({error!r})"
        ) from error
    session = boto3.Session(region_name=names["region"])
    return Target(
        name="aws",
        **names,
        api_key=api_key,
        read_clock=AwsTime,
        ecs=session.client("ecs"),
        elbv2=session.client("elbv2"),
        cloudwatch=session.client("cloudwatch"),
        autoscaling=session.client("application-autoscaling"),
        sqs=session.client("sqs"),
        dynamodb=session.client("dynamodb"),
        load_factor=_FARGATE_LOAD_FACTOR,
        # Datapoints of ECS services are there a minute or two after their minute.
        metric_delay_minutes=3,
    )


def _time_of(pace: Any) -> AwsTime:
    return AwsTime(pace.minute_seconds, pace.since, pace.since_unix)


def _names(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": outputs["url"],
        "region": outputs["aws_region"],
        "cluster": outputs["cluster_name"],
        "api_service": outputs["notification_api"]["service_name"],
        "sender_service": outputs["email_sender"]["service_name"],
        "queue_name": outputs["queue_name"],
        "dead_letter_queue_name": outputs["dead_letter_queue_name"],
        "ledger_table": outputs["ledger_table_name"],
    }
