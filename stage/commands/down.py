"""`down`: ends a stage as Ctrl-C in its terminal does, and waits until it is gone."""

import argparse
import time
from contextlib import suppress

import psutil

from common.budget import budget
from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output
from stage.errors import NotUpError, StageError
from stage.host.record import StageRecord, find_stage

# Tasks get their `stopTimeout`, 120 s at most
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
_GONE_SECONDS = 180.0
_LOOK_SECONDS = 0.1


def add(commands: Subcommands) -> None:
    """Declare the command."""
    command(commands, "down", "End the stage, and wait until nothing of it is left.").set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """End the stage."""
    record = find_stage(options.name)
    end(record, budget(_GONE_SECONDS))
    text = f"the stage {record.name!r} is down"
    Output(options).document({"name": record.name, "pid": record.pid, "down": True}, text, text)


def end(record: StageRecord, allowed_seconds: float) -> None:
    """Send SIGTERM to a stage's process, and wait until it has ended.

    Raises:
        NotUpError: It had ended before; whoever has its process id by now is left alone.
        StageError: It has not ended in time.
    """
    process = record.process()
    if process is None:
        raise NotUpError(f"no stage named {record.name!r} is up")
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    deadline = time.monotonic() + allowed_seconds
    # Not psutil's own wait: that goes on until whoever has started the stage takes notice of its end.
    while record.process() is not None:
        if time.monotonic() >= deadline:
            raise StageError(
                f"the stage {record.name!r} (pid {record.pid}) still stops its tasks after "
                f"{allowed_seconds:.0f} s: look at its terminal"
            )
        time.sleep(_LOOK_SECONDS)
