"""How long a job may take, and beside which others it may run."""

from collections.abc import Iterator

from tests.workflows.declared import Workflows, resolved

_MAX_MINUTES = 120


def timed(workflows: Workflows) -> Iterator[str]:
    """Every job ends by itself: GitHub's own limit is six hours."""
    for job in workflows.jobs:
        for cell in job.cells:
            given = resolved(str(job.data.get("timeout-minutes", "")), cell)
            if not given.isdigit():
                yield f"{job}: has no timeout-minutes"
            elif int(given) > _MAX_MINUTES:
                yield f"{job}: timeout-minutes is {given}, more than {_MAX_MINUTES}"


def queued(workflows: Workflows) -> Iterator[str]:
    """Nothing runs beside itself, and nothing that changes an environment beside another such, or cuts it."""
    for job in workflows.jobs:
        own = job.data.get("concurrency", {})
        if not (own or workflows.documents[job.file].get("concurrency", {})).get("group"):
            yield f"{job}: has no concurrency group, and neither has its workflow"
        environment = job.data.get("environment")
        group = None if environment is None else environment.removesuffix("-load")
        if environment is not None and (own.get("group"), own.get("cancel-in-progress")) != (group, False):
            yield f"{job}: concurrency must be the group {group} and cancel nothing that runs"
        if environment is not None and workflows.documents[job.file].get("concurrency", {}).get(
            "cancel-in-progress"
        ):
            yield f"{job}: its workflow is cut when it is started again"
