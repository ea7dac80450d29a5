"""All tasks of both services are killed at once."""

from dataclasses import dataclass, replace
from typing import Self

from verify import read_aws
from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.faults import KILL, kinds, lose_tasks
from verify.record import ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import DEAD_LETTERS, Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS
from verify.verdict.losses import failed_only_while_lost
from verify.verdict.tasks import faults_injected, tasks_replaced


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Holds the minimum fleet near 50 % CPU.
        lead_in_minutes: Datapoints that show the fleet at rest before the fault.
        after_seconds: Real seconds of load after the services are whole again.
        delivery_seconds: Real seconds for everything to be delivered after the last request; longer than the
            visibility timeout, after which SQS hands out what the senders had.
    """

    rate: float = 30.0
    lead_in_minutes: int = 2
    after_seconds: float = 10.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Nobody answers until the first new task is healthy, and then everything goes on by itself."""
    seconds, budget = target.clock.seconds, target.task_budget_seconds
    delivery = settings.delivery_seconds * target.slowness
    wait_for_minimum(target, say)
    lead_in = seconds(rest_minutes(settings.lead_in_minutes))
    whole = lead_in + budget + settings.after_seconds + 2 * delivery
    with session(target, settings.rate, whole, say) as running:
        wait_at_rest(running, settings.lead_in_minutes)
        wanted = [
            (kind, service)
            for kind in kinds(target, KILL)
            for service in (target.sender_service, target.api_service)
            for _ in read_aws.running_tasks(target, service)
        ]
        say(f"killing all {len(wanted)} tasks at once")
        faults = lose_tasks(target, wanted, budget)
        running.go_on("replaced, load goes on", settings.after_seconds)
        return running.finish(delivery, faults=faults, wanted_faults=tuple(wanted))


SCENARIO = Scenario(
    title="Lost services",
    sentence="All tasks of both services are killed at once: what was accepted is delivered, and requests are"
    " accepted again as soon as new tasks are healthy.",
    settings=Settings(),
    run=run,
    checks=(faults_injected, tasks_replaced, failed_only_while_lost, *ALWAYS),
    alarms=(DEAD_LETTERS,),
    default=False,
    budget_minutes=2.0,
)
