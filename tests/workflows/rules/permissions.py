"""Rights of a job's token: what its steps need, each for a reason, and no others."""

from collections.abc import Callable, Iterator

from tests.workflows.commands import commands
from tests.workflows.declared import Job, Workflows


def _uses(action: str) -> Callable[[Job], bool]:
    return lambda job: bool(job.using(action))


def _runs(*words: str) -> Callable[[Job], bool]:
    def runs(job: Job) -> bool:
        mine = (one.words for one in commands(job.workflows) if one.where == str(job))
        return any(set(words) <= set(found) for found in mine)

    return runs


NEEDED: tuple[tuple[str, str, Callable[[Job], bool]], ...] = (
    ("contents", "read", _uses("actions/checkout")),
    ("id-token", "write", _uses("aws-actions/configure-aws-credentials")),
    ("pull-requests", "write", _runs("ops", "review", "--pull-request")),
    ("issues", "write", _runs("ops", "nightly", "--issue")),
)
"""Scope, level, and the jobs that need it.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
"""


def least(workflows: Workflows) -> Iterator[str]:
    """A workflow grants nothing, and a job exactly what it needs."""
    for file, document in workflows.documents.items():
        if file.startswith("workflows/") and document.get("permissions") != {}:
            yield f"{file}: permissions must be {{}}, so that each job names its own"
    for job in workflows.jobs:
        given = job.data.get("permissions")
        if not isinstance(given, dict):
            yield f"{job}: names no permissions"
            continue
        needed = {scope: level for scope, level, needs in NEEDED if needs(job)}
        for scope, level in sorted(set(given.items()) - set(needed.items())):
            yield f"{job}: does not need {scope}: {level}"
        for scope, level in sorted(set(needed.items()) - set(given.items())):
            yield f"{job}: lacks {scope}: {level}"
