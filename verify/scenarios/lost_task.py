"""Tasks of both services are lost at the minimum, in every way in which ECS loses them but a hang."""

import time
from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.faults import KILL, MEMORY, STOP, hold_seconds, kinds, lose_tasks
from verify.record import Fault, ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import DEAD_LETTERS, Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.mails import mails_met_kills
from verify.verdict.requests import failed_only_in_flight, stop_task_loses_nothing
from verify.verdict.tasks import faults_injected, tasks_replaced

# So many tasks of the API run when no load has made them more.
_MIN_TASKS = 2


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Leaves both services at their minimum below their targets, so that one task can carry it for a
            moment.
        later_rate: Once every lost task is replaced: shows that the new tasks carry load like the
            old, and reaches `min_requests` in the same time.
        lead_in_minutes: Datapoints that show the fleet at rest before the first fault.
        min_requests: So many that the new tasks have carried load like the old.
        min_requests_seconds: Budget for that, from the first request, on the reference machine.
        requests_at_kill: Requests that come to a task while it stands still before it is killed.
        delivery_seconds: Real seconds for everything to be delivered after the last request; longer
            than the visibility timeout, after which SQS hands out a killed sender's messages again.
    """

    rate: float = 20.0
    later_rate: float = 48.0
    lead_in_minutes: int = 2
    min_requests: int = 1500
    min_requests_seconds: float = 60.0
    requests_at_kill: int = 1
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
    """One kind of fault after the other, to both services at once, each once they are whole again.

    At the minimum one task of the API carries all requests for a moment, and the queue waits for a sender:
    what a killed one had in flight is handed out again after the visibility timeout.
    """
    budget = target.task_budget_seconds
    rounds = kinds(target, KILL, MEMORY, STOP)
    services = (target.sender_service, target.api_service)
    delivery = settings.delivery_seconds * target.slowness
    # As many requests take longer where fewer a second are sent.
    enough = settings.min_requests_seconds / min(1.0, target.load_factor)
    whole = (
        target.clock.seconds(rest_minutes(settings.lead_in_minutes))
        + len(rounds) * budget
        + enough
        + 2 * delivery
    )
    wait_for_minimum(target, say)
    with session(target, settings.rate, whole, say) as running:
        began = time.monotonic()
        wait_at_rest(running, settings.lead_in_minutes)
        hold = hold_seconds(settings.rate * target.load_factor, _MIN_TASKS, settings.requests_at_kill)
        faults: list[Fault] = []
        for kind in rounds:
            say(f"{kind} of a task of each service")
            wanted = [(kind, service) for service in services]
            faults += lose_tasks(target, wanted, budget, hold_seconds=hold)
        running.set_rate(settings.later_rate)
        running.wait(
            "all replaced, load goes on",
            lambda _timeline: len(running.drive.requests()) >= settings.min_requests,
            max(0.0, enough - (time.monotonic() - began)),
        )
        wanted_faults = tuple((kind, service) for kind in rounds for service in services)
        return running.finish(delivery, faults=tuple(faults), wanted_faults=wanted_faults)


SCENARIO = Scenario(
    title="Lost tasks",
    sentence="A lost task is replaced, and no accepted notification is lost with it.",
    settings=Settings(),
    run=run,
    checks=(
        faults_injected,
        mails_met_kills,
        tasks_replaced,
        failed_only_in_flight,
        stop_task_loses_nothing,
        *ALWAYS,
        *UNDISTURBED,
    ),
    alarms=(DEAD_LETTERS,),
    default=False,
    budget_minutes=2.0,
)
