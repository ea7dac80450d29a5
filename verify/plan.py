"""Load plan: rates over time, written by whoever drives the load generator and read by it."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from stage.host.shared_files import write_whole

# A success at the mailbox simulator costs no reputation
# (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html).
_RECIPIENT = "success+load@simulator.amazonses.com"

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
    """

    plateaus: Sequence[Plateau]
    requests_per_second_a_user: float = 1.0
    recipient: str = _RECIPIENT
    stop_seconds: int = 15

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
        facts = json.loads((folder / _PLAN).read_text())
        return cls(**{**facts, "plateaus": tuple(Plateau(**plateau) for plateau in facts["plateaus"])})


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
