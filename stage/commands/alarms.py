"""`alarms`: CloudWatch alarms, plain and composite, with their states and the reasons."""

import argparse
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, columns, running

_STYLES = {"ALARM": "bold red", "OK": "green", "INSUFFICIENT_DATA": "dim"}
# What a person looks for comes first.
_ORDER = list(_STYLES)


@dataclass(frozen=True)
class Alarm:
    """An alarm as CloudWatch tells it.

    Attributes:
        name: Its name.
        state: `ALARM`, `OK` or `INSUFFICIENT_DATA`.
        since: AWS time at which it got into that state; None if it has been in it from its beginning.
        reason: Why, in CloudWatch's words.
    """

    name: str
    state: str
    since: datetime | None
    reason: str


def add(commands: Subcommands) -> None:
    """Declare the command."""
    command(commands, "alarms", "Show the alarms, those that went off first.").set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show the alarms."""
    with running(options.name) as stage:
        found = alarms(stage)
    table = Table("alarm", "state", "since", "reason")
    for alarm in found:
        table.add_row(
            alarm.name, Text(alarm.state, style=_STYLES.get(alarm.state, "")), _since(alarm), alarm.reason
        )
    plain = columns(
        [
            ("alarm", "state", "since", "reason"),
            *((alarm.name, alarm.state, _since(alarm), alarm.reason) for alarm in found),
        ]
    )
    Output(options).document([asdict(alarm) for alarm in found], table, plain)


def alarms(stage: Running) -> list[Alarm]:
    """All alarms, plain and composite: those in ALARM, then by name.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    pages = stage.aws.cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    described = [
        alarm for page in pages for alarm in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))
    ]
    return sorted(map(_alarm, described), key=lambda alarm: (_ORDER.index(alarm.state), alarm.name))


def _alarm(described: dict[str, Any]) -> Alarm:
    return Alarm(
        name=described["AlarmName"],
        state=described["StateValue"],
        since=described.get("StateTransitionedTimestamp") or described.get("StateUpdatedTimestamp"),
        reason=described.get("StateReason", ""),
    )


def _since(alarm: Alarm) -> str:
    return "" if alarm.since is None else f"{alarm.since:%H:%M:%S}"
