"""`bake`: compares canaries with the stable services."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3

from ops.answer import Answer
from ops.arguments import Subcommands, command, positive
from ops.bake.outputs import read_outputs
from ops.bake.read import read
from ops.bake.settled import settled

_MINUTES = 15
_MINUTE = timedelta(minutes=1)


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(commands, "bake", "Compare canaries with the stable services: pass, fail or not enough.")
    parser.add_argument(
        "--outputs",
        type=Path,
        required=True,
        metavar="FILE",
        help="what `terraform output -json` printed in terraform/",
    )
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument(
        "--minutes",
        type=positive,
        default=_MINUTES,
        help=f"how many minutes to compare; the weights must have been the same in all of them ({_MINUTES})",
    )
    begin.add_argument(
        "--since",
        type=_instant,
        metavar="TIME",
        help="when the bake began, in ISO 8601 with its time zone: compare all minutes since then",
    )
    parser.add_argument(
        "--until",
        type=_instant,
        metavar="TIME",
        help="end of what is compared, now unless told; a stage, whose minutes are short, has a time of its"
        " own (aws_time of `python -m stage status --json`)",
    )
    parser.add_argument(
        "--early",
        type=positive,
        default=0,
        metavar="LOOKS",
        help="this is one of so many looks before the bake is over: fail only past doubt, and do not pass",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Compare both sides and tell the verdict.

    Raises:
        OpsError: The outputs are of no use, or AWS did not tell everything.
        ClientError: AWS refuses.
        BotoCoreError: AWS does not answer.
    """
    # It imports scipy, which takes a second that no other command should.
    from ops.bake.answer import Baked  # noqa: PLC0415

    deployed = read_outputs(options.outputs)
    since, until = window(options.until or datetime.now(UTC), options.minutes, options.since)
    figures = read(boto3.Session(region_name=deployed.region), deployed, since, until)
    return Baked.of(figures, options.early)


def window(until: datetime, minutes: int, since: datetime | None) -> tuple[datetime, datetime]:
    """Beginning of the first minute and end of the last one whose figures have settled.

    Args:
        until: End of what is compared.
        minutes: How many minutes there are unless their beginning is told.
        since: Their beginning; the minute that it is within is not compared.
    """
    end = settled(until)
    if since is None:
        return end - minutes * _MINUTE, end
    begin = since.astimezone(UTC).replace(second=0, microsecond=0)
    return (begin if begin == since else begin + _MINUTE), end


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: give a time as in 2026-01-31T12:00:00Z")
    return found
