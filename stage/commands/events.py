"""`events`: what ECS, Application Auto Scaling and CloudWatch alarms did, in one list."""

import argparse

from rich.text import Text

from stage.commands.arguments import Subcommands, command, following
from stage.commands.running import Output, Running, follow, running
from stage.overview import Event, events


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "events", "Show what services, autoscaling and alarms did, in AWS time.", json="JSON lines"
    )
    following(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show the events, oldest first."""
    output = Output(options)

    def say(event: Event) -> None:
        output.line(
            {"at": event.at, "message": event.message},
            Text.assemble((f"{event.at:%H:%M:%S}", "dim"), "  ", event.message),
        )

    with running(options.name) as stage:
        follow(NewEvents(stage).new, say, forever=options.follow)


class NewEvents:
    """Events of a stage, each given once; AWS has no position in them to read on from."""

    def __init__(self, stage: Running) -> None:
        self._stage = stage
        self._known: set[Event] = set()

    def new(self) -> list[Event]:
        """Those that came since the last call, oldest first."""
        found = [event for event in events(self._stage.aws, self._stage.cluster) if event not in self._known]
        self._known.update(found)
        return found
