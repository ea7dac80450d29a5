"""Tasks of both services are lost under load, by the public API and by the hard way."""

import time

from verify.scenarios.faults import kinds, lose_task
from verify.scenarios.session import Say, session
from verify.scenarios.settings import LostTaskSettings, task_budget_seconds
from verify.target import Target
from verify.timeline import ScenarioRecord

NAME = "Lost tasks"


def run(target: Target, settings: LostTaskSettings, say: Say) -> ScenarioRecord:
    """One fault after the other, each once the service has recovered from the one before.

    The sender comes first: what it had in flight is handed out again only after the visibility
    timeout, which the other faults fill.
    """
    budget = task_budget_seconds(target)
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
        return running.finish(NAME, delivery, faults=tuple(faults))
