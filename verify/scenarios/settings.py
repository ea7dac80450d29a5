"""Settings of the scenarios: rates, durations and budgets."""

from dataclasses import dataclass, replace
from typing import Self

from verify.target import Target

# A task's own start takes as long on a stage as anywhere, however short a minute is there.
_TASK_START_SECONDS = 15.0
_TASK_START_MINUTES = 5.0
_EASED = 0.75


def task_budget_seconds(target: Target) -> float:
    """Real seconds within which a task must be started and healthy, or stopped.

    Five AWS minutes for what AWS paces (provisioning, health checks, draining), and what a process
    takes for itself.
    """
    return target.clock.seconds(_TASK_START_MINUTES) + target.slowness * _TASK_START_SECONDS


@dataclass(frozen=True)
class AutoscalingSettings:
    """Scale-out and scale-in. Rates are the reference machine's, before the target's load factor.

    CPU a request drifts by some 40 % with batching, so no plateau may lie near 70 %.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries at well under 63 %.
        high_rate: Saturates the minimum fleet, and leaves the stage's host room beside it; is raised
            where it does not.
        trickle_rate: Enough to have a request in flight whenever a task is stopped.
        max_rates: Rates that are tried at most, the first included.
        raise_minutes: Budget for a rate to show in a datapoint of its own.
        baseline_minutes: Datapoints that show the fleet at rest before the load rises.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled: the three
            datapoints that would start the next one, and the cooldown.
        scale_out_minutes: Budget for the whole way up: from 2 to 8 tasks takes up to four steps of
            three datapoints, a cooldown and a task start each.
        scale_in_minutes: Budget for the way down: 15 datapoints, then a cooldown of five minutes
            before each further step.
        delivery_seconds: Real seconds for the queue to drain after the last request; a slow target gets
            more.
    """

    baseline_rate: float = 15.0
    high_rate: float = 160.0
    trickle_rate: float = 2.0
    max_rates: int = 4
    raise_minutes: float = 10.0
    baseline_minutes: int = 3
    settle_minutes: float = 4.0
    scale_out_minutes: float = 25.0
    scale_in_minutes: float = 30.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower plateau, raised if need be."""
        return replace(self, high_rate=self.high_rate * _EASED**attempt)


@dataclass(frozen=True)
class LostTaskSettings:
    """Lost tasks. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Holds the minimum fleet near 50 % CPU, so that one task can carry it for a moment.
        later_rate: Once every lost task is replaced: shows that the new tasks carry load like the
            old, and reaches `min_requests` in the same time.
        lead_in_minutes: Datapoints that show the fleet at rest before the first fault.
        min_requests: So many that the few in flight at a kill stay below 0.1 %.
        min_requests_seconds: Budget for that, from the first request, on the reference machine.
        delivery_seconds: Real seconds for everything to be delivered after the last request; longer
            than the visibility timeout, after which SQS hands out a killed sender's messages again.
    """

    rate: float = 30.0
    later_rate: float = 48.0
    lead_in_minutes: int = 2
    min_requests: int = 4000
    min_requests_seconds: float = 120.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second, for longer."""
        easier = _EASED**attempt
        return replace(
            self,
            rate=self.rate * easier,
            later_rate=self.later_rate * easier,
            min_requests_seconds=self.min_requests_seconds / easier,
        )
