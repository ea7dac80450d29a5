"""`status`: the services, queues and newest events of a stage that is up."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group
from rich.text import Text

from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, columns, running
from stage.console import EVENTS_SHOWN, event_panel, queue_table, service_table
from stage.overview import Event, Queue, Service, cpu_percents, described, queues, recent_events, services


def add(commands: Subcommands) -> None:
    """Declare the command."""
    command(commands, "status", "Show services, queues and newest events.").set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show how the stage is."""
    with running(options.name) as stage:
        known = described(stage.aws, stage.cluster)
        names = [service["serviceName"] for service in known]
        rows = services(known, cpu_percents(stage.aws, stage.cluster, names, stage.now()))
        waiting = queues(stage.aws)
        newest = recent_events(stage.aws, known, EVENTS_SHOWN)
        data = {
            "name": stage.record.name,
            "pid": stage.record.pid,
            **_reached(stage),
            "aws_time": stage.now(),
            "minute_seconds": stage.access.minute_seconds,
            "services": [asdict(row) for row in rows],
            "queues": [asdict(row) for row in waiting],
            "events": [{"at": event.at, "message": event.message} for event in newest],
        }
        drawn = Group(
            Text.assemble(("stage is up: ", "bold"), (stage.access.url, "bold cyan")),
            Text.assemble(("terraform: ", "bold"), _copy(stage)),
            service_table(rows),
            queue_table(waiting),
            event_panel(newest),
        )
        Output(options).document(data, drawn, _plain(stage, rows, waiting, newest))


def _reached(stage: Running) -> dict[str, object]:
    """Addresses and files by which the stage is reached; never the key itself."""
    access = stage.access
    return {
        "url": access.url,
        "page": access.page,
        "key_file": access.key_file,
        "smtp_address": access.smtp_address,
        "mail_log": access.mail_log,
        "terraform": access.terraform,
        "cluster": access.cluster,
        "environment": {
            name: value for name, value in stage.aws.environment().items() if name.startswith("AWS_")
        },
    }


def _copy(stage: Running) -> str:
    return stage.access.terraform or "a plan still proves what was restored"


def _plain(stage: Running, rows: Sequence[Service], waiting: Sequence[Queue], newest: Sequence[Event]) -> str:
    told = columns(
        [
            ("service", "desired", "running", "pending", "cpu", "rollout"),
            *(
                (
                    row.name,
                    str(row.desired),
                    str(row.running),
                    str(row.pending),
                    "-" if row.cpu_percent is None else f"{row.cpu_percent:.0f} %",
                    row.rollout,
                )
                for row in rows
            ),
        ]
    )
    depths = columns(
        [("queue", "visible", "in flight"), *((q.name, str(q.visible), str(q.in_flight)) for q in waiting)]
    )
    happened = "\n".join(f"{event.at:%H:%M:%S}  {event.message}" for event in newest)
    reached = f"stage is up: {stage.access.url}\nterraform: {_copy(stage)}"
    parts = [reached, told, depths if waiting else "", happened]
    return "\n\n".join(part for part in parts if part)
