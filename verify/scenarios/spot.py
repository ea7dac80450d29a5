"""Tasks of both services are taken back by Fargate Spot."""

from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.faults import SPOT, kinds, lose_tasks
from verify.record import ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.requests import no_request_failed
from verify.verdict.tasks import faults_injected, tasks_replaced


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Leaves both services at their minimum below their targets.
        lead_in_minutes: Datapoints that show the fleet at rest before.
        after_seconds: Real seconds of load after the services are whole again.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    rate: float = 20.0
    lead_in_minutes: int = 2
    after_seconds: float = 10.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """One task of each service: what it has in hand it finishes, and another comes.

    ECS takes it out of its target group before SIGTERM, so nobody notices
    (https://aws.amazon.com/about-aws/whats-new/2023/02/amazon-elastic-container-service-accuracy-service-load-balancing/).
    """
    seconds, budget = target.clock.seconds, target.task_budget_seconds
    services = (target.sender_service, target.api_service)
    wanted = [(kind, service) for kind in kinds(target, SPOT) for service in services]
    delivery = settings.delivery_seconds * target.slowness
    lead_in = seconds(rest_minutes(settings.lead_in_minutes))
    wait_for_minimum(target, say)
    whole = lead_in + budget + settings.after_seconds + 2 * delivery
    with session(target, settings.rate, whole, say) as running:
        wait_at_rest(running, settings.lead_in_minutes)
        say("Spot takes a task of each service back")
        faults = lose_tasks(target, wanted, budget)
        running.go_on("replaced, load goes on", settings.after_seconds)
        return running.finish(delivery, faults=faults, wanted_faults=tuple(wanted))


SCENARIO = Scenario(
    title="Spot interruption",
    sentence="Fargate Spot takes a task of each service back: it finishes what it has in hand and is"
    " replaced, no request fails, and no accepted notification is lost or held.",
    settings=Settings(),
    run=run,
    checks=(faults_injected, tasks_replaced, no_request_failed, *ALWAYS, *UNDISTURBED),
    default=False,
    budget_minutes=1.0,
)
