"""`review`: what an apply of an environment would do, and what of it is dangerous."""

import argparse
from collections.abc import Iterable
from dataclasses import replace

from common.errors import SetupError
from ops.answer import Answer, say
from ops.arguments import Subcommands, command, environment, positive
from ops.environment import Environment, Place, find
from ops.errors import UsageError
from ops.github.access import Access, GitHubError
from ops.github.text import body
from ops.plan_check.allowances import declare, given
from ops.plan_check.answer import judged
from ops.plan_check.plan import changes_in
from ops.review.answer import Review
from ops.review.planned import planned


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "review", "Plan an environment as it is declared here, and tell what in it is dangerous."
    )
    environment(parser)
    declare(parser)
    parser.add_argument(
        "--pull-request",
        metavar="NUMBER",
        type=positive,
        help="write the answer into this pull request as one comment, and take its labels for allowances",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Plan and judge; changes nothing but the comment.

    Raises:
        UsageError: There is no such environment, or the environment variables of GitHub are missing.
        GitHubError: PyGithub is not installed.
    """
    place = find(options.environment, options.folder)
    if options.pull_request is None:
        return reviewed(place, given(options))
    repository = Access.given().repository_there()
    untold: list[str] = []
    labels: list[str] = []
    try:
        labels = repository.labels_of(options.pull_request)
    except GitHubError as error:
        untold.append(str(error))
    review = replace(reviewed(place, given(options, labels)), untold=tuple(untold))
    marker = f"<!-- ops review: {options.environment} -->"
    try:
        repository.put_comment(options.pull_request, marker, body(marker, review.markdown()))
    except GitHubError as error:
        untold.append(str(error))
    return replace(review, untold=tuple(untold))


def reviewed(place: Place, allowances: Iterable[str]) -> Review:
    """Judgement of what an apply would do, or why there is none.

    Args:
        place: The environment.
        allowances: Addresses, or short names of them, at which everything is allowed.

    Raises:
        UsageError: Another environment is applied there.
    """
    try:
        found = planned(Environment(place, say), say)
        answer = judged(changes_in(found.document, "Terraform's plan"), list(allowances))
    except UsageError:
        raise
    except SetupError as error:
        return Review(place.name, None, failure=str(error))
    return Review(place.name, answer, found.out is None)
