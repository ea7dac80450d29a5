"""Tasks of both services are lost under load, by the public API and by the hard way."""

import time
from dataclasses import dataclass, replace
from typing import Self

from verify.faults import kinds, lose_task
from verify.scenario import EASED, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.timeline import ScenarioRecord
from verify.verdict.delivery import accepted_delivered
from verify.verdict.requests import failed_only_in_flight, few_requests_failed, stop_task_loses_nothing
from verify.verdict.tasks import faults_injected, tasks_replaced


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

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
        easier = EASED**attempt
        return replace(
            self,
            rate=self.rate * easier,
            later_rate=self.later_rate * easier,
            min_requests_seconds=self.min_requests_seconds / easier,
        )


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """One fault after the other, each once the service has recovered from the one before.

    The sender comes first: what it had in flight is handed out again only after the visibility
    timeout, which the other faults fill.
    """
    budget = target.task_budget_seconds
    wanted = [
        (kind, service) for kind in kinds(target) for service in (target.sender_service, target.api_service)
    ]
    delivery = settings.delivery_seconds * target.slowness
    # As many requests take longer where fewer a second are sent.
    enough = settings.min_requests_seconds / min(1.0, target.load_factor)
    whole = target.clock.seconds(settings.lead_in_minutes * 3) + len(wanted) * budget + enough + 2 * delivery
    with session(target, settings.rate, whole, say) as running:
        began = time.monotonic()
        running.wait(
            "lead-in",
            lambda timeline: len(timeline.api.cpu) > settings.lead_in_minutes,
            target.clock.seconds(settings.lead_in_minutes * 3),
        )
        faults = []
        for kind, service in wanted:
            say(f"{kind} of a task of {service}")
            faults.append(lose_task(target, kind, service, budget))
        running.set_rate(settings.later_rate)
        running.wait(
            "all replaced, load goes on",
            lambda _timeline: len(running.drive.requests()) >= settings.min_requests,
            max(0.0, enough - (time.monotonic() - began)),
        )
        return running.finish(delivery, faults=tuple(faults), wanted_faults=tuple(wanted))


SCENARIO = Scenario(
    title="Lost tasks",
    sentence="A lost task is replaced, and no accepted notification is lost with it.",
    settings=Settings(),
    run=run,
    checks=(
        faults_injected,
        tasks_replaced,
        accepted_delivered,
        failed_only_in_flight,
        few_requests_failed,
        stop_task_loses_nothing,
    ),
)
