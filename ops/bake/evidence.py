"""Figures of canaries and of the stable services, wherever they come from; seconds, counts, UTC.

A load balancer's target groups are one source. A worker's own metrics, which have a dimension for the
release, are another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ops.bake.work import REQUESTS, Measure, Work

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Minute:
    """A minute in which a side had work; one without any is not there.

    Attributes:
        begun: Its beginning.
        requests: Requests or mails that it took, at least one.
        failed: Those of them that failed for what may be a reason of the side's own, or were never answered.
        refused: Further ones that were refused for a reason that is commonly their own.
    """

    begun: datetime
    requests: int
    failed: int
    refused: int = 0


@dataclass(frozen=True)
class Latency:
    """Latency of a side over one minute, or over several where a minute has too few requests.

    Attributes:
        begun: Its beginning; both sides' begin at the same instants.
        requests: Requests that were answered, mails that were sent.
        p50: Median, in seconds.
        p99: 99th percentile, in seconds.
    """

    begun: datetime
    requests: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Side:
    """One of the two versions.

    Attributes:
        minutes: The oldest first.
        latencies: The oldest first.
        alarms: Names of those of its alarms that are on.
        minutes_without_tasks: The newest minutes, in a row, in which no task did its work.
        lost_tasks: How often it came to have fewer tasks than it was to have.
    """

    minutes: Sequence[Minute] = ()
    latencies: Sequence[Latency] = ()
    alarms: Sequence[str] = ()
    minutes_without_tasks: int = 0
    lost_tasks: int = 0

    @property
    def requests(self) -> int:
        """Requests or mails of all minutes."""
        return sum(minute.requests for minute in self.minutes)


@dataclass(frozen=True)
class Counts:
    """Requests or mails of both sides at the times at which both had some, and how many of them went wrong.

    Attributes:
        canary_failed, canary_requests: Of the canary.
        stable_failed, stable_requests: Of the stable version.
    """

    canary_failed: int
    canary_requests: int
    stable_failed: int
    stable_requests: int


@dataclass(frozen=True)
class Evidence:
    """Both versions of a service over the same minutes, with the same shares in all of them.

    Attributes:
        service: Name of the stable service.
        canary: The candidate.
        stable: The version that is out.
        work: What both do.
        share: The part of all work that the canary is due, from 0 to 1; None where nobody knows.
        latency_minutes: Minutes that each `Latency` covers.
        minutes: How many were looked at.
        together_minutes: Length of the stretches of time in which both sides' counts are compared: longer
            than a minute where in many a minute just one side has any work, and yet both could have.
    """

    service: str
    canary: Side
    stable: Side
    work: Work = REQUESTS
    share: float | None = None
    latency_minutes: int = 1
    minutes: int = 0
    together_minutes: int = 1

    @property
    def a_minute(self) -> float:
        """Requests or mails a minute of both sides."""
        return (self.canary.requests + self.stable.requests) / self.minutes if self.minutes else 0.0

    def counts(self, measure: Measure) -> Counts:
        """Numbers of a measure at the times at which both sides had work.

        One side's minutes alone would compare one hour of the day with another.
        """
        sides = (self.canary, self.stable)
        both = set.intersection(*({self._stretch(minute) for minute in side.minutes} for side in sides))
        canary, stable = ([one for one in side.minutes if self._stretch(one) in both] for side in sides)
        return Counts(
            canary_failed=sum(getattr(minute, measure.name) for minute in canary),
            canary_requests=sum(minute.requests for minute in canary),
            stable_failed=sum(getattr(minute, measure.name) for minute in stable),
            stable_requests=sum(minute.requests for minute in stable),
        )

    def latencies(self, min_requests: int) -> list[tuple[Latency, Latency]]:
        """Latencies of the canary and of the stable version at the same time, the oldest first.

        Args:
            min_requests: Those with fewer on either side are left out.
        """
        stable = {latency.begun: latency for latency in self.stable.latencies}
        pairs = [(one, stable[one.begun]) for one in self.canary.latencies if one.begun in stable]
        return [pair for pair in pairs if min(one.requests for one in pair) >= min_requests]

    def _stretch(self, minute: Minute) -> int:
        return (minute.begun - _EPOCH) // timedelta(minutes=self.together_minutes)


@dataclass(frozen=True)
class Figures:
    """Everything that is known of a release candidate.

    Attributes:
        evidence: Of each service that has a canary.
        without_canary: Names of services of which no canary is known.
    """

    evidence: Sequence[Evidence]
    without_canary: Sequence[str] = ()
