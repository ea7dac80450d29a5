"""Console of a stage that is up: its state and newest events."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console, Group
from rich.logging import RichHandler
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stage.control_plane.pages import described_services, listed
from stage.errors import StageError
from stage.stage import Stage

_EVENTS_SHOWN = 8
_NO_DATAPOINT = "no datapoint"


@dataclass(frozen=True)
class Event:
    """One line of what happened: AWS time and the words AWS would use."""

    at: datetime
    message: str


def picture(stage: Stage) -> Group:
    """The services, the queue and the newest events, read from the emulated AWS now.

    Raises:
        StageError: It does not answer.
    """
    try:
        services = _services(stage)
        return Group(
            Text.assemble(
                ("stage is up: ", "bold"), (whereabouts(stage), "bold cyan"), ("   Ctrl-C ends it", "dim")
            ),
            *_calling(stage),
            _service_table(stage, services),
            _queue_table(stage),
            _event_panel(_events(stage, services)),
        )
    except (BotoCoreError, ClientError) as error:
        raise StageError(f"the emulated AWS does not answer any more: {error}; start anew") from error


def whereabouts(stage: Stage) -> str:
    """URL of the stage, or the reason why there is none."""
    try:
        return stage.url
    except StageError as error:
        declared = listed(stage.aws.elbv2, "describe_load_balancers", "LoadBalancers")
        return str(error) if declared else "no load balancer"


def how_to_call(stage: Stage) -> str | None:
    """A command that has one mail sent; None if the system has no API that wants a key.

    It has the stage's own key in it, which opens nothing but this stage.
    """
    if "api_keys_secret_name" not in stage.outputs:
        return None
    body = '{"recipient": "you@example.com", "subject": "Hello", "body": "From the stage."}'
    return (
        f"curl {stage.url}/v1/notifications -H 'Authorization: Bearer {stage.api_key}' "
        f"-H 'Content-Type: application/json' -d '{body}'"
    )


def log_to(console: Console) -> None:
    """Have warnings stand above what is redrawn on the console rather than in it."""
    handler = RichHandler(console=console, show_path=False, log_time_format="[%X]")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler], force=True)


def _calling(stage: Stage) -> Iterator[Text]:
    command = how_to_call(stage)
    if command is not None:
        yield Text.assemble(("call it: ", "bold"), command, overflow="fold")


def _services(stage: Stage) -> list[dict[str, Any]]:
    ecs, cluster = stage.aws.ecs, stage.outputs["cluster_name"]
    arns = listed(ecs, "list_services", "serviceArns", cluster=cluster)
    return sorted(
        described_services(ecs, cluster, arns),
        key=lambda service: str(service["serviceName"]),
    )


def _service_table(stage: Stage, services: list[dict[str, Any]]) -> Table:
    table = _table("service", desired=7, running=7, pending=7, CPU=len(_NO_DATAPOINT))
    table.add_column("rollout", min_width=11)
    cpu = stage.metrics.latest()
    for service in services:
        name = service["serviceName"]
        table.add_row(
            name,
            str(service["desiredCount"]),
            str(service["runningCount"]),
            str(service["pendingCount"]),
            _percent(cpu.get(f"CPUUtilization/{name}")),
            service["deployments"][0]["rolloutState"].lower().replace("_", " "),
        )
    return table


def _percent(value: float | None) -> Text:
    if value is None:
        return Text(_NO_DATAPOINT, style="dim")
    return Text(f"{value:.0f} %")


def _table(first: str, **figures: int) -> Table:
    """A table whose columns stay where they are, whatever the figures become.

    Args:
        first: The column for names, which takes what is left.
        figures: Columns for figures, and how wide their longest one is.
    """
    table = Table(expand=True)
    table.add_column(first, ratio=1, no_wrap=True)
    for name, width in figures.items():
        table.add_column(name, justify="right", min_width=width)
    return table


def _queue_table(stage: Stage) -> Table:
    table = _table("queue", visible=9, **{"in flight": 9})
    for url in sorted(listed(stage.aws.sqs, "list_queues", "QueueUrls")):
        attributes = stage.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        table.add_row(
            url.rsplit("/", 1)[-1],
            attributes["ApproximateNumberOfMessages"],
            attributes["ApproximateNumberOfMessagesNotVisible"],
        )
    return table


def _events(stage: Stage, services: list[dict[str, Any]]) -> Iterator[Event]:
    for service in services:
        for event in service["events"][:_EVENTS_SHOWN]:
            yield Event(event["createdAt"], event["message"])
    # The newest are on the first page, and no others are shown.
    activities = stage.aws.autoscaling.describe_scaling_activities(ServiceNamespace="ecs")
    for activity in activities["ScalingActivities"][:_EVENTS_SHOWN]:
        yield Event(activity["StartTime"], f"{activity['ResourceId']}: {activity['Description']}")


def _event_panel(events: Iterator[Event]) -> Panel:
    newest = sorted(events, key=lambda event: event.at, reverse=True)[:_EVENTS_SHOWN]
    lines = Table.grid(padding=(0, 1))
    for event in newest:
        lines.add_row(Text(f"{event.at:%H:%M:%S}", style="dim"), Text(event.message))
    body = lines if newest else Text("nothing yet", style="dim")
    return Panel(body, title="events (AWS time)", title_align="left")
