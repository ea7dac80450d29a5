"""Bounds of a load against an account: where it may go, how much it may be, how long it may last."""

from dataclasses import dataclass

from verify.errors import LoadError
from verify.plan import LoadPlan

ENVIRONMENTS = ("staging",)
"""Environments that may be loaded; in production whoever is hurt is a customer."""


def require_environment(name: str) -> None:
    """Refuse an environment that is not on the list.

    Raises:
        LoadError: It is not.
    """
    if name not in ENVIRONMENTS:
        allowed = " or ".join(ENVIRONMENTS)
        raise LoadError(f"the outputs are of the environment {name!r}: only {allowed} may be loaded")


@dataclass(frozen=True)
class Bounds:
    """The most that a load may be.

    Attributes:
        requests_per_second: Of all users together.
        users: At the same time; as many requests can pile up before a system that does not answer.
        minutes: Real minutes that a scenario's load lasts at most.
    """

    requests_per_second: float = 5000.0
    users: int = 5000
    minutes: float = 180.0

    def require_plan(self, plan: LoadPlan) -> None:
        """Refuse a plan that goes beyond.

        Raises:
            LoadError: It does; the message names the option that sets the bound.
        """
        minutes = sum(plateau.seconds for plateau in plan.plateaus) / 60.0
        if minutes > self.minutes:
            raise LoadError(
                f"the load may last {minutes:.0f} minutes, and --max-minutes allows {self.minutes:g}"
            )
        for plateau in plan.plateaus:
            self.require_rate(plateau.requests_per_second, plan)

    def require_rate(self, requests_per_second: float, plan: LoadPlan) -> None:
        """Refuse a rate that goes beyond, or that needs too many users.

        Raises:
            LoadError: It does; the message names the option that sets the bound.
        """
        if requests_per_second > self.requests_per_second:
            raise LoadError(
                f"{requests_per_second:g} requests/s are wanted, and --max-rate allows "
                f"{self.requests_per_second:g}"
            )
        users = plan.users(requests_per_second)
        if users > self.users:
            raise LoadError(
                f"{requests_per_second:g} requests/s need {users} users, and --max-users allows {self.users}"
            )

    def __str__(self) -> str:
        """The bounds in a sentence's words."""
        rate, users = self.requests_per_second, self.users
        return f"at most {rate:g} requests/s by {users} users for {self.minutes:g} minutes"
