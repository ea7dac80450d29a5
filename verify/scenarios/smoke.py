"""Even load that the smallest fleet carries: the quickest run that looks at everything but change."""

import time
from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import wait_for_minimum
from verify.record import ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.latency import latency_bounded
from verify.verdict.requests import no_request_failed
from verify.verdict.scaling import policy_target
from verify.verdict.tasks import desired_explained
from verify.verdict.traffic import turns_kept


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Requests a second that the minimum fleet carries at well under 63 %.
        min_requests: Requests for which the load lasts at least: enough for a 99th percentile.
        min_minutes: AWS minutes for which it lasts at least: enough datapoints on a slow clock too.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    rate: float = 15.0
    min_requests: int = 450
    min_minutes: float = 6.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """The same load all the time, in which nothing is done to the fleet."""
    length = max(
        settings.min_requests / (settings.rate * target.load_factor),
        target.clock.seconds(settings.min_minutes),
    )
    delivery = settings.delivery_seconds * target.slowness
    wait_for_minimum(target, say)
    with session(target, settings.rate, length + 2 * delivery, say) as running:
        began_at = time.time()
        running.go_on("even load", length)
        return running.finish(delivery, baseline=(began_at, time.time()))


SCENARIO = Scenario(
    title="Smoke test",
    sentence="Load that the smallest fleet carries: each request is accepted at once and becomes one mail,"
    " and no alarm goes off.",
    settings=Settings(),
    run=run,
    checks=(
        policy_target,
        no_request_failed,
        latency_bounded,
        turns_kept,
        desired_explained,
        *UNDISTURBED,
        *ALWAYS,
    ),
    default=False,
    budget_minutes=1.0,
)
