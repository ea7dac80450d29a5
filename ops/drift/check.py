"""Check of an environment: what AWS says, then what Terraform says, of one and the same state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from common.errors import SetupError
from ops.drift.aws import Aws
from ops.drift.finding import Finding
from ops.drift.sources import SOURCES, Failure, Look, look
from ops.drift.state import State
from ops.drift.terraform_plans import PLAN, REFRESH, drifted, undeclared
from ops.release.out import Out

_MAX_LOOKS = 3


class Plans(Protocol):
    """An environment as far as it is asked here: `ops.environment.Environment`."""

    def outputs(self) -> Mapping[str, Any]:
        """Outputs by name."""

    def state(self) -> Mapping[str, Any]:
        """State as JSON."""

    def version(self) -> object:
        """Something that is another once the state is changed."""

    def plan(self, variables: Mapping[str, object], *, refresh_only: bool = False) -> Mapping[str, Any]:
        """Plan as JSON."""


def check(
    environment: Plans,
    aws: Aws,
    say: Callable[[str], None],
    sources: Sequence[tuple[str, Look]] = SOURCES,
) -> tuple[list[Finding], list[Failure]]:
    """Findings, and the sources that could not be read.

    AWS is asked first and the plan is made afterwards: it waits for an apply that is under way, such as a
    step of a release, which by then has changed the state, and everything is looked at again.

    Args:
        environment: What is declared.
        aws: Clients.
        say: Told of what takes long.
        sources: Sources in AWS.

    Raises:
        SetupError: The state cannot be read.
    """
    for _ in range(_MAX_LOOKS):
        version = environment.version()
        state = State(environment.state())
        variables = Out.of(environment.outputs()).variables()
        say("asking AWS")
        found, failed = look(aws, state, sources)
        say("planning")
        planned, broken = _planned(environment, variables, state)
        if environment.version() == version:
            return _once([*planned, *found]), [*failed, *broken]
        say("an apply has changed the state meanwhile: looking again")
    reason = f"an apply has changed it during each of {_MAX_LOOKS} looks: ask again once it is over"
    return [], [Failure("state", reason)]


def _planned(
    environment: Plans, variables: Mapping[str, object], state: State
) -> tuple[list[Finding], list[Failure]]:
    """Findings of a plan, which also tells what differs from the state; without one, of a refresh alone."""
    try:
        plan = environment.plan(variables)
        return [*undeclared(plan, state), *drifted(plan, state)], []
    except SetupError as error:
        failed = [Failure(PLAN, str(error))]
    # What is declared may be wrong by itself: what stands can be compared with the state all the same.
    try:
        return list(drifted(environment.plan(variables, refresh_only=True), state)), failed
    except SetupError as error:
        return [], [*failed, Failure(REFRESH, str(error))]


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Each attribute once, as the first source tells it; paths to the only item of a list are one."""
    first: dict[tuple[str, str], Finding] = {}
    for one in found:
        first.setdefault((one.resource, one.attribute.replace("[0]", "")), one)
    return sorted(first.values())
