"""Console of a stage that is up: its state and newest events."""

import logging
from collections.abc import Iterator, Sequence

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console, Group
from rich.logging import RichHandler
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from common.pages import listed
from stage.errors import StageError
from stage.overview import Event, Queue, Service, described, queues, recent_events, services
from stage.stage import Stage

EVENTS_SHOWN = 8
"""Events in a picture, which stays as high as it is."""

_NO_DATAPOINT = "no datapoint"


def picture(stage: Stage) -> Group:
    """The services, the queue and the newest events, read from the emulated AWS now.

    Raises:
        StageError: It does not answer.
    """
    try:
        known = described(stage.aws, stage.outputs["cluster_name"])
        return Group(
            Text.assemble(
                ("stage is up: ", "bold"), (whereabouts(stage), "bold cyan"), ("   Ctrl-C ends it", "dim")
            ),
            *_calling(stage),
            service_table(services(known, _cpu(stage))),
            queue_table(queues(stage.aws)),
            event_panel(recent_events(stage.aws, known, EVENTS_SHOWN)),
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


def _cpu(stage: Stage) -> dict[str, float]:
    prefix = "CPUUtilization/"
    latest = stage.metrics.latest().items()
    return {key.removeprefix(prefix): value for key, value in latest if key.startswith(prefix)}


def service_table(rows: Sequence[Service]) -> Table:
    """A line for each service."""
    table = _table("service", desired=7, running=7, pending=7, CPU=len(_NO_DATAPOINT))
    table.add_column("rollout", min_width=11)
    for row in rows:
        counts = (str(row.desired), str(row.running), str(row.pending))
        table.add_row(row.name, *counts, _percent(row.cpu_percent), row.rollout)
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


def queue_table(rows: Sequence[Queue]) -> Table:
    """A line for each queue."""
    table = _table("queue", visible=9, **{"in flight": 9})
    for row in rows:
        table.add_row(row.name, str(row.visible), str(row.in_flight))
    return table


def event_panel(newest: Sequence[Event]) -> Panel:
    """A line or more for each event, in the order given."""
    lines = Table.grid(padding=(0, 1))
    for event in newest:
        lines.add_row(Text(f"{event.at:%H:%M:%S}", style="dim"), Text(event.message))
    body = lines if newest else Text("nothing yet", style="dim")
    return Panel(body, title="events (AWS time)", title_align="left")
