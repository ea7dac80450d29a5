"""`nightly`: drift, then the plan check, in one answer and, if wanted, one issue."""

import argparse
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import SetupError
from ops.answer import Answer
from ops.arguments import Subcommands, command, environment
from ops.drift import command as drift
from ops.environment import find
from ops.github.access import Access, GitHubError
from ops.plan_check.allowances import declare, given
from ops.review.answer import Review
from ops.review.command import reviewed


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "nightly", "Look for drift, then judge the plan; neither keeps the other from being made."
    )
    environment(parser)
    declare(parser)
    parser.add_argument(
        "--issue",
        action="store_true",
        help="have one issue of the environment open as long as anything is found or could not be told",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Look and judge; changes nothing but the issue.

    Raises:
        UsageError: There is no such environment, or the environment variables of GitHub are missing.
        GitHubError: PyGithub is not installed.
    """
    # As drift's command does.
    from ops.drift.allowed import Sorted  # noqa: PLC0415
    from ops.drift.answer import Drift  # noqa: PLC0415
    from ops.drift.sources import Failure  # noqa: PLC0415
    from ops.nightly.answer import Nightly  # noqa: PLC0415

    name = options.environment
    place = find(name, options.folder)
    repository = Access.given().repository_there() if options.issue else None
    try:
        drifted = drift.run(options)
    except (SetupError, BotoCoreError, ClientError) as error:
        drifted = Drift(name, Sorted((), (), ()), [Failure("anything", str(error))])
    try:
        review = reviewed(place, given(options))
    except SetupError as error:
        review = Review(name, None, failure=str(error))
    nightly = Nightly(name, drifted, review)
    if repository is not None:
        from ops.nightly.issue import settle  # noqa: PLC0415 - it needs PyGithub

        try:
            settle(repository, nightly)
        except GitHubError as error:
            return replace(nightly, untold=str(error))
    return nightly
