"""What has to be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.figures import Summary

if TYPE_CHECKING:
    from tests.bench.measure.calls import Calls

API_TIMES_PLAIN = 6.0
"""Requests a second and vCPU: at least so many times those of a route with one boto3 call a request."""

API_SHARE_OF_NOOP = 0.55
"""Requests a second and vCPU: at least this share of those of a route that does nothing."""

SENDER_TIMES_CELERY = 5.0
"""Mails a second and vCPU: at least so many times those of Celery."""

SHARE_OF_FLOOR = 0.5
"""Requests or mails a second and vCPU: at least this share of what nobody can do without."""

CALLS_EACH = 0.7
"""Calls of SQS for a notification, of both services together, at the rate below: at most so many."""

CALLS_RATE = 100
"""Requests a second."""

CALLS_P99 = 15.0
"""Milliseconds that 99 of 100 requests take at most there: calls are not saved by having callers wait."""

NOOP, PLAIN, OURS, CELERY = "no-op route", "plain boto3 route", "ours", "Celery"
FLOOR = "floor"
WAYS = {
    "ours, FastAPI's dependencies": "dependencies",
    "ours, a Starlette route": "starlette",
    "ours, a bypass": "bypass",
}
"""Our API with its busiest route made otherwise, each as `tests.bench.rivals.api_ways` calls it."""


@dataclass(frozen=True)
class Target:
    """One ratio and what it has to be.

    Attributes:
        name: What is compared.
        figure: What was measured.
        bound: What it has to be, at least or at most.
        is_most: Whether it may be no more.
    """

    name: str
    figure: float
    bound: float
    is_most: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.figure <= self.bound if self.is_most else self.figure >= self.bound


def judge(
    api: Mapping[str, Summary], sender: Mapping[str, Summary], calls: "Sequence[Calls]" = ()
) -> list[Target]:
    """The targets of what was measured; what was left out is not judged.

    Args:
        api: Candidates of the Notification API by name; may be empty.
        sender: Candidates of the Email Sender by name; may be empty.
        calls: Calls of SQS by rate; may be empty.
    """
    targets = []
    if api:
        targets += [
            _ratio("API, times the plain boto3 route", api, PLAIN, API_TIMES_PLAIN),
            _ratio("API, share of the no-op route", api, NOOP, API_SHARE_OF_NOOP),
            _ratio("API, share of its floor", api, FLOOR, SHARE_OF_FLOOR),
        ]
    if sender:
        targets += [
            _ratio("sender, times Celery", sender, CELERY, SENDER_TIMES_CELERY),
            _ratio("sender, share of its floor", sender, FLOOR, SHARE_OF_FLOOR),
        ]
    for one in calls:
        if one.offered == CALLS_RATE:
            at = f"at {CALLS_RATE} requests/s"
            targets += [
                Target(f"SQS calls a notification {at}", one.total, CALLS_EACH, is_most=True),
                Target(f"p99 of a request {at}, ms", one.p99, CALLS_P99, is_most=True),
            ]
    return targets


def _ratio(name: str, found: Mapping[str, Summary], other: str, least: float) -> Target:
    return Target(name, found[OURS].per_vcpu / found[other].per_vcpu, least)
