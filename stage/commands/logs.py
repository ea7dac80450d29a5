"""`logs`: what a service's tasks have written, read from CloudWatch Logs as on AWS."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from common.pages import listed
from stage.commands.arguments import Subcommands, command, following
from stage.commands.running import Output, Running, follow, running
from stage.commands.tasks import require_service, short
from stage.errors import StageError

_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_red")
_MILLISECONDS = 1000


@dataclass(frozen=True)
class LogLine:
    """A line that a container wrote.

    Attributes:
        at: Real time at which it was read.
        task: The task's id.
        container: The container's name.
        message: The line, without its end.
    """

    at: datetime
    task: str
    container: str
    message: str


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "logs", "Show what a service's tasks wrote, all of them together.", json="JSON lines"
    )
    parser.add_argument("service", metavar="SERVICE", help="name of an ECS service")
    following(parser)
    parser.add_argument("--tail", type=_count, metavar="LINES", help="of what there is, the last ones (all)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show the lines, merged by their time."""
    output = Output(options)
    with running(options.name) as stage:
        streams = LogStreams(stage, options.service)
        first = streams.new()
        for line in first if options.tail is None else first[-options.tail :]:
            output.line(asdict(line), _drawn(line))
        if options.follow:
            follow(streams.new, lambda line: output.line(asdict(line), _drawn(line)), forever=True)


class LogStreams:
    """Log streams of a service's tasks: those of each container, `prefix/container/task`.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html

    Args:
        stage: Where the service runs.
        service: Its name.

    Raises:
        StageError: There is no such service, or none of its containers uses the `awslogs` driver.
    """

    def __init__(self, stage: Running, service: str) -> None:
        self._logs = stage.aws.logs
        self._tokens: dict[tuple[str, str], str] = {}
        found = require_service(stage, service)
        definition = stage.aws.ecs.describe_task_definition(taskDefinition=found["taskDefinition"])
        self._places = list(_places(definition["taskDefinition"]))
        if not self._places:
            raise StageError(f"no container of {service} uses the log driver awslogs: nothing of it is kept")

    def new(self) -> list[LogLine]:
        """All lines since the last call, in the order of their times."""
        lines = [line for group, prefix in self._places for line in self._of(group, prefix)]
        return sorted(lines, key=lambda line: line.at)

    def _of(self, group: str, prefix: str) -> Iterator[LogLine]:
        described = listed(
            self._logs,
            "describe_log_streams",
            "logStreams",
            logGroupName=group,
            logStreamNamePrefix=f"{prefix}/",
        )
        for stream in described:
            name = stream["logStreamName"]
            _, container, task = name.rsplit("/", 2)
            for event in self._events(group, name):
                at = datetime.fromtimestamp(event["timestamp"] / _MILLISECONDS, UTC)
                yield LogLine(at, task, container, event["message"])

    def _events(self, group: str, stream: str) -> Iterator[dict[str, Any]]:
        """Events since the last call, page by page; the last page gives the token that it was asked with.

        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
        """
        while True:
            token = self._tokens.get((group, stream))
            page = self._logs.get_log_events(
                logGroupName=group,
                logStreamName=stream,
                startFromHead=True,
                **({"nextToken": token} if token else {}),
            )
            yield from page["events"]
            self._tokens[group, stream] = page["nextForwardToken"]
            if token == page["nextForwardToken"]:
                return


def _places(definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Log group of each container, and what its streams' names begin with."""
    for container in definition["containerDefinitions"]:
        configuration = container.get("logConfiguration", {})
        options = configuration.get("options", {})
        if configuration.get("logDriver") == "awslogs" and "awslogs-stream-prefix" in options:
            yield options["awslogs-group"], f"{options['awslogs-stream-prefix']}/{container['name']}"


def _drawn(line: LogLine) -> Text:
    colour = _COLOURS[sum(line.task.encode()) % len(_COLOURS)]
    return Text.assemble((f"{line.container}/{short(line.task)}", colour), " | ", line.message)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: give a number from 1 on")
    return number
