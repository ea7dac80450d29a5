"""Load plan: rates over time, written by whoever drives the load generator and read by it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.shared_files import write_whole

# A success at the mailbox simulator costs no reputation
# (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html).
RECIPIENT = "success+load@simulator.amazonses.com"

_USERS_A_SECOND = 100
_PLAN, _CONTROL = "plan.json", "control.json"


@dataclass(frozen=True)
class Plateau:
    """A stretch of constant load.

    Attributes:
        seconds: Real seconds.
        requests_per_second: Request rate of all users together.
    """

    seconds: float
    requests_per_second: float


@dataclass(frozen=True)
class LoadPlan:
    """Plateaus in order; with the last one, the load ends.

    Attributes:
        plateaus: At least one.
        requests_per_second_a_user: What one user sends. A user waits for its answer, so this also
            bounds how many requests can pile up before a saturated fleet.
        recipient: Address of every mail.
        stop_seconds: How long a request that is open when the load ends may still take to be
            answered, in whole seconds; then it counts as failed.
        workers: Processes of Locust that share the users evenly, led by one that sends nothing itself;
            0 or 1 is one process that does both.
    """

    plateaus: Sequence[Plateau]
    requests_per_second_a_user: float = 1.0
    recipient: str = RECIPIENT
    stop_seconds: int = 15
    workers: int = 0

    @property
    def distributed(self) -> bool:
        """Whether a Locust master leads workers."""
        return self.workers > 1

    @property
    def users_a_second(self) -> int:
        """Users that are started or ended a second: Locust warns above 100 a process.

        The largest change on the stage takes about a second with as many.
        """
        return _USERS_A_SECOND * max(1, self.workers)

    def rate_at(self, elapsed: float) -> float | None:
        """Requests per second after so many real seconds; None once the plan is over."""
        for plateau in self.plateaus:
            if elapsed < plateau.seconds:
                return plateau.requests_per_second
            elapsed -= plateau.seconds
        return None

    def users(self, rate: float) -> int:
        """Users that together send `rate`."""
        return math.ceil(rate / self.requests_per_second_a_user)

    def write(self, folder: Path) -> None:
        """Put the plan where the load generator looks for it."""
        write_whole(folder / _PLAN, json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path) -> "LoadPlan":
        """The plan that `write` put there."""
        return plan_of(json.loads((folder / _PLAN).read_text()))


def plan_of(facts: Mapping[str, Any]) -> LoadPlan:
    """A plan from its fields, plateaus as fields of theirs, as `dataclasses.asdict` gives them."""
    return LoadPlan(**{**facts, "plateaus": tuple(Plateau(**plateau) for plateau in facts["plateaus"])})


@dataclass(frozen=True)
class Control:
    """A change of plan while the load runs.

    Attributes:
        requests_per_second: Rate from now on instead of the plan's; None leaves the plan's.
        ended: Whether the load ends now.
    """

    requests_per_second: float | None = None
    ended: bool = False

    def write(self, folder: Path) -> None:
        """Put the change where the load generator looks; it never sees half of it."""
        write_whole(folder / _CONTROL, json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path) -> "Control":
        """The newest change; no change at all if there was none."""
        try:
            return cls(**json.loads((folder / _CONTROL).read_text()))
        except FileNotFoundError:
            return cls()


def users_at(plan: LoadPlan, control: Control, elapsed: float) -> int | None:
    """Number of users at this moment; None when the load is over.

    The plan's own end holds whatever was changed: it is the budget of the whole run.
    """
    planned = plan.rate_at(elapsed)
    if control.ended or planned is None:
        return None
    rate = planned if control.requests_per_second is None else control.requests_per_second
    return plan.users(rate)
