"""Plan of an environment as it is declared here, with the versions that are out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.environment import Environment, NothingAppliedError, Say, own_outputs
from ops.errors import OpsError
from ops.release.out import Out

_MAX_PLANS = 3


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made with.

    Attributes:
        document: The plan, as `terraform show -json` prints it.
        out: Versions that are out; None if nothing is, and the plan is that of a first apply.
    """

    document: Mapping[str, Any]
    out: Out | None


def planned(environment: Environment, say: Say) -> Planned:
    """Plan, and plan again if an apply has brought something else out meanwhile.

    A plan waits for an apply that is under way, such as a step of a release, and with what was out before
    it would take the release back.

    Args:
        environment: What is declared.
        say: Told of what takes long.

    Raises:
        UsageError: Another environment is applied there.
        OpsError: What is out never rests, or is not told.
        TerraformError: There can be no plan.
    """
    out = _out(environment)
    for _ in range(_MAX_PLANS):
        say("planning")
        document = environment.plan({} if out is None else out.variables())
        before, out = out, _out(environment)
        if out == before:
            return Planned(document, out)
        say("an apply has changed what is out meanwhile")
    raise OpsError(f"an apply has changed what is out during each of {_MAX_PLANS} plans: ask again after it")


def _out(environment: Environment) -> Out | None:
    try:
        return Out.of(own_outputs(environment))
    except NothingAppliedError:
        return None
