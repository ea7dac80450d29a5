"""Roles of AWS's that jobs take: those that trust them, for as long as the job may last."""

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tests.workflows.declared import Job, Workflows
from tests.workflows.roles import Role

ACTION = "aws-actions/configure-aws-credentials"
OWN_BRANCH = "github.event.pull_request.head.repo.full_name == github.repository"
"""Holds for a pull request that is no fork's."""
_VARIABLE = re.compile(r"\bvars\.(\w+)")
# Of the action itself (https://github.com/aws-actions/configure-aws-credentials).
_DEFAULT_SECONDS = 3600


def trusted(workflows: Workflows, roles: Mapping[tuple[str, str], Role]) -> Iterator[str]:
    """A job that takes a role may ask for a token, is trusted by the role, and ends before credentials do.

    Args:
        workflows: All.
        roles: Roles by the variable that holds each, and the environment that has it.
    """
    for job in workflows.jobs:
        for step in job.using(ACTION):
            if job.data.get("permissions", {}).get("id-token") != "write":
                yield f"{job}: takes a role without id-token: write"
            if "pull_request" in subjects(job) and OWN_BRANCH not in str(job.data.get("if", "")):
                yield f"{job}: a fork's pull request would get here, and no token"
            seconds = int(step.given.get("role-duration-seconds", _DEFAULT_SECONDS))
            if 60 * int(job.data["timeout-minutes"]) > seconds:
                yield f"{job}: may take longer than its credentials last, which is {seconds} s"
            for cell in job.cells:
                yield from _taken(job, _inserted(step.given["role-to-assume"], cell), seconds, roles)


def _inserted(given: str, cell: Mapping[str, str]) -> str:
    """An expression with the matrix's own in its place."""
    found = re.fullmatch(r"\$\{\{ matrix\.(\w+) \}\}", given)
    return cell[found[1]] if found else given


def _taken(job: Job, given: str, seconds: int, roles: Mapping[tuple[str, str], Role]) -> Iterator[str]:
    names = _VARIABLE.findall(given)
    if not names:
        yield f"{job}: role-to-assume is {given}, which is no variable"
    for name in names:
        # Production may have an account of its own.
        variable = name.removeprefix("PRODUCTION_")
        environment = job.data.get("environment", "")
        role = roles.get((variable, environment)) or roles.get((variable, ""))
        if role is None:
            yield f"{job}: {variable} is no role of terraform/bootstrap in the environment {environment!r}"
            continue
        for subject in sorted(subjects(job) - role.subjects):
            yield f"{job}: {role.arn} does not trust {subject}, but {', '.join(sorted(role.subjects))}"
        if seconds > role.seconds:
            yield f"{job}: {role.arn} gives credentials for {role.seconds} s at most, not for {seconds} s"


def loading(workflows: Workflows, roles: Mapping[tuple[str, str], Role]) -> Iterator[str]:
    """A release loads in the role that may load, which trusts the role of its job.

    Args:
        workflows: All.
        roles: Roles by the variable that holds each, and the environment that has it.
    """
    for job in workflows.jobs:
        for step in job.steps:
            words = shlex.split(str(step.data.get("run", "")), comments=True)
            if "--load" not in words:
                continue
            given = dict(pairwise(words)).get("--load-role", "").removeprefix("$")
            environment = job.data.get("environment", "")
            taken = {
                role.arn
                for one in job.using(ACTION)
                for name in _VARIABLE.findall(one.given["role-to-assume"])
                if (role := roles.get((name, environment)))
            }
            named = _VARIABLE.findall(str(step.data.get("env", {}).get(given, "")))
            role = roles.get((named[0], environment)) if named else None
            if role is None:
                yield f"{job}: loads with the rights of a deployment: give --load-role, from a variable"
            elif not taken & role.roles:
                yield f"{job}: {role.arn} does not trust {', '.join(sorted(taken))}"


def subjects(job: Job) -> set[str]:
    """Subjects of the tokens that GitHub gives a job, without the repository.

    https://docs.github.com/en/actions/reference/security/oidc
    """
    environment = job.data.get("environment")
    if environment is not None:
        return {f"environment:{environment}"}
    condition = str(job.data.get("if", ""))
    found = set()
    for event, narrowed in job.workflows.triggers(job.file).items():
        if "github.event_name == 'pull_request'" in condition and event != "pull_request":
            continue
        if event == "pull_request":
            found.add("pull_request")
        elif event == "schedule" or "github.ref == 'refs/heads/main'" in condition:
            found.add("ref:refs/heads/main")
        else:
            refs = {f"ref:refs/heads/{branch}" for branch in (narrowed or {}).get("branches", [])}
            refs |= {f"ref:refs/tags/{tag}" for tag in (narrowed or {}).get("tags", [])}
            found |= refs or {"ref:*"}
    return found
