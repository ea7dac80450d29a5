"""`drift`: what differs between an environment as it is declared and as it is."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3

from ops.answer import say
from ops.arguments import Subcommands, command, environment
from ops.environment import open_environment

if TYPE_CHECKING:
    from ops.drift.answer import Drift


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "drift", "Tell what differs between an environment as it is declared and as it is."
    )
    environment(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> "Drift":
    """Look for drift; changes nothing.

    Raises:
        UsageError: There is no such environment, or ops/drift.yaml is wrong.
        OpsError: Nothing is applied.
        TerraformError: The state cannot be read.
    """
    # More modules than any other command has: a second that only this one takes.
    from ops.drift.allowed import FILE, read, sort  # noqa: PLC0415
    from ops.drift.answer import Drift  # noqa: PLC0415
    from ops.drift.aws import clients  # noqa: PLC0415
    from ops.drift.check import check  # noqa: PLC0415

    entries = read(FILE, options.environment)
    opened, outputs = open_environment(options.environment, options.folder, say)
    aws = clients(boto3.Session(region_name=outputs["aws_region"]))
    found, failed = check(opened, aws, say)
    return Drift(options.environment, sort(found, entries, datetime.now(UTC).date()), failed)
