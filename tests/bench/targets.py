"""What has to be reached."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.figures import Summary

API_TIMES_PLAIN = 6.0
"""Requests a second and vCPU: at least so many times those of a route with one boto3 call a request."""

API_SHARE_OF_NOOP = 0.55
"""Requests a second and vCPU: at least this share of those of a route that does nothing."""

SENDER_TIMES_CELERY = 5.0
"""Mails a second and vCPU: at least so many times those of Celery."""

NOOP, PLAIN, OURS, CELERY = "no-op route", "plain boto3 route", "ours", "Celery"
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
        least: What it has to be at least.
    """

    name: str
    figure: float
    least: float

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.figure >= self.least


def judge(api: Mapping[str, Summary], sender: Mapping[str, Summary]) -> list[Target]:
    """The targets of what was measured; what was left out is not judged.

    Args:
        api: Candidates of the Notification API by name; may be empty.
        sender: Candidates of the Email Sender by name; may be empty.
    """
    targets = []
    if api:
        targets += [
            _ratio("API, times the plain boto3 route", api, PLAIN, API_TIMES_PLAIN),
            _ratio("API, share of the no-op route", api, NOOP, API_SHARE_OF_NOOP),
        ]
    if sender:
        targets.append(_ratio("sender, times Celery", sender, CELERY, SENDER_TIMES_CELERY))
    return targets


def _ratio(name: str, found: Mapping[str, Summary], other: str, least: float) -> Target:
    return Target(name, found[OURS].per_vcpu / found[other].per_vcpu, least)
