"""What others may write, and secrets: neither gets into a command."""

from collections.abc import Iterator
from typing import Any

from tests.workflows.declared import Workflows, expressions

_EVENTS = frozenset({"pull_request", "push", "schedule", "workflow_dispatch"})
_SECRET = ("secrets.", "github.token")


def started(workflows: Workflows) -> Iterator[str]:
    """No event lets a stranger's code have our rights, as pull_request_target does.

    https://docs.github.com/en/actions/reference/security/secure-use
    """
    for file in workflows.documents:
        if file.startswith("workflows/"):
            for event in sorted(workflows.triggers(file).keys() - _EVENTS):
                yield f"{file}: {event} is none of {', '.join(sorted(_EVENTS))}"


def not_injected(workflows: Workflows) -> Iterator[str]:
    """A command's text has no expression but a value that stands in the matrix: all else comes by env."""
    for file, steps, literal in _steps(workflows):
        for step in steps:
            for expression in expressions(str(step.get("run", ""))):
                if expression not in literal:
                    yield f"{file}: a command has ${{{{ {expression} }}}} in its text: give it by env"


def kept(workflows: Workflows) -> Iterator[str]:
    """A secret is given by env of the one step that needs it, and the checkout leaves none behind."""
    for job in workflows.jobs:
        for step in job.steps:
            told = {name: value for name, value in step.data.items() if name != "env"}
            if any(one in expression for expression in expressions(str(told)) for one in _SECRET):
                yield f"{job}: a secret is given by other means than the environment of a step"
            if step.action == "actions/checkout" and step.given.get("persist-credentials") is not False:
                yield f"{job}: the checkout leaves a token behind: persist-credentials must be false"
    for file, document in workflows.documents.items():
        wide = [document.get("env", {}), *(job.get("env", {}) for job in document.get("jobs", {}).values())]
        if any(one in expression for expression in expressions(str(wide)) for one in _SECRET):
            yield f"{file}: a secret is given to more than one step"


def _steps(workflows: Workflows) -> Iterator[tuple[str, list[Any], set[str]]]:
    """Steps of each job and action, with the expressions whose values stand in the file."""
    for job in workflows.jobs:
        literal = {
            f"matrix.{name}"
            for cell in job.cells
            for name in cell
            if not any(expressions(str(other.get(name, ""))) for other in job.cells)
        }
        yield str(job), job.data["steps"], literal
    for file, document in workflows.documents.items():
        if file.startswith("actions/"):
            yield file, document["runs"]["steps"], set()
