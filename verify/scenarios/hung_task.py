"""A task of each service hangs: it neither answers nor ends."""

from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.faults import HANG, kinds, lose_tasks
from verify.record import ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import DEAD_LETTERS, Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS
from verify.verdict.hung import hung_budget_seconds, hung_tasks_replaced
from verify.verdict.losses import failed_only_while_lost
from verify.verdict.tasks import faults_injected


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Low: who waits for a task that hangs waits for long, and asks for nothing meanwhile.
        lead_in_minutes: Datapoints that show the fleet at rest before the fault.
        after_minutes: Minutes after the tasks are replaced, in which nothing fails.
        delivery_seconds: Real seconds for everything to be delivered after the last request; longer than the
            visibility timeout, after which SQS hands out what the hung sender had.
    """

    rate: float = 20.0
    lead_in_minutes: int = 2
    after_minutes: float = 3.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Both services at once: each has its own health check to find it out.

    Checks are declared in seconds that a process has, so that this takes real ones.
    """
    seconds = target.clock.seconds
    budget = hung_budget_seconds(target.clock, target.slowness, target.task_budget_seconds)
    wanted = [
        (kind, service)
        for kind in kinds(target, HANG)
        for service in (target.sender_service, target.api_service)
    ]
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.lead_in_minutes) + settings.after_minutes
    wait_for_minimum(target, say)
    with session(target, settings.rate, seconds(minutes) + budget + 2 * delivery, say) as running:
        wait_at_rest(running, settings.lead_in_minutes)
        say("a task of each service hangs")
        faults = lose_tasks(target, wanted, budget)
        replaced = len(running.observer.timeline().api.cpu)
        running.wait(
            "replaced, load goes on",
            lambda timeline: len(timeline.api.cpu) >= replaced + settings.after_minutes,
            seconds(settings.after_minutes + 3),
        )
        return running.finish(delivery, faults=faults, wanted_faults=tuple(wanted))


SCENARIO = Scenario(
    title="Hung tasks",
    sentence="A task that hangs is found out by its health checks and replaced; who waits for it waits in"
    " vain, and no accepted notification is lost.",
    settings=Settings(),
    run=run,
    checks=(faults_injected, hung_tasks_replaced, failed_only_while_lost, *ALWAYS),
    alarms=(DEAD_LETTERS,),
    default=False,
    budget_minutes=3.0,
)
