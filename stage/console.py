"""What a person sees while a stage is up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stage.stage import Stage

_EVENTS_SHOWN = 8


@dataclass(frozen=True)
class Event:
    """One line of what happened: AWS time and the words AWS would use."""

    at: datetime
    message: str


def picture(stage: Stage) -> Group:
    """The services, the queue and the newest events, read from the emulated AWS now."""
    services = _services(stage)
    return Group(
        Text.assemble(("stage is up at ", "bold"), (stage.url, "bold cyan"), ("   Ctrl-C ends it", "dim")),
        _service_table(stage, services),
        _queue_table(stage),
        _event_panel(_events(stage, services)),
    )


def _services(stage: Stage) -> list[dict[str, Any]]:
    ecs, cluster = stage.aws.ecs, stage.outputs["cluster_name"]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    return sorted(
        ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else [],
        key=lambda service: str(service["serviceName"]),
    )


def _service_table(stage: Stage, services: list[dict[str, Any]]) -> Table:
    table = Table(expand=True)
    table.add_column("service")
    for count in ("desired", "running", "pending", "CPU"):
        table.add_column(count, justify="right")
    table.add_column("rollout")
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
        return Text("no datapoint", style="dim")
    return Text(f"{value:.0f} %")


def _queue_table(stage: Stage) -> Table:
    table = Table(expand=True)
    table.add_column("queue")
    table.add_column("visible", justify="right")
    table.add_column("in flight", justify="right")
    for url in stage.aws.sqs.list_queues().get("QueueUrls", []):
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
    activities = stage.aws.autoscaling.describe_scaling_activities(ServiceNamespace="ecs")
    for activity in activities["ScalingActivities"][:_EVENTS_SHOWN]:
        yield Event(activity["StartTime"], f"{activity['ResourceId']}: {activity['Description']}")


def _event_panel(events: Iterator[Event]) -> Panel:
    newest = sorted(events, key=lambda event: event.at, reverse=True)[:_EVENTS_SHOWN]
    lines = Text("\n").join(
        Text.assemble((f"{event.at:%H:%M:%S} ", "dim"), event.message) for event in newest
    )
    return Panel(lines or Text("nothing yet", style="dim"), title="events (AWS time)", title_align="left")
