"""Tasks of both services are killed while the fleet grows."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from verify.conditions import has_settled, is_growing, rest_minutes, saturate, wait_at_rest, wait_for_minimum
from verify.faults import KILL, STOP, hold_seconds, kinds, lose_tasks
from verify.record import ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import DEAD_LETTERS, Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS
from verify.verdict.requests import failed_only_in_flight, stop_task_loses_nothing
from verify.verdict.scaling import load_drove_cpu, scale_out_steps, scaled_out, settled
from verify.verdict.tasks import desired_explained, faults_injected, requests_met_kills, tasks_replaced


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries.
        high_rate: Saturates the minimum fleet; is raised where it does not.
        max_rates: Rates that are tried at most.
        raise_minutes: Budget for a rate to show in a datapoint of its own.
        baseline_minutes: Datapoints that show the fleet at rest before the load rises.
        growing_minutes: Budget for the first step out.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled.
        scale_out_minutes: Budget for the rest of the way up.
        requests_at_kill: Requests that come to a task while it stands still before it is killed.
        delivery_seconds: Real seconds for everything to be delivered after the last request; longer than the
            visibility timeout.
    """

    baseline_rate: float = 15.0
    high_rate: float = 190.0
    max_rates: int = 4
    raise_minutes: float = 10.0
    baseline_minutes: int = 2
    growing_minutes: float = 8.0
    settle_minutes: float = 4.0
    scale_out_minutes: float = 25.0
    requests_at_kill: int = 2
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower plateau, raised if need be."""
        return replace(self, high_rate=self.high_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """The first step out is on its way when one of the tasks that carry the load meanwhile is lost."""
    seconds, budget = target.clock.seconds, target.task_budget_seconds
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.baseline_minutes) + settings.max_rates * settings.raise_minutes
    minutes += settings.growing_minutes + settings.scale_out_minutes
    # On AWS nobody can kill one.
    (kind,) = kinds(target, KILL) or (STOP,)
    wanted = [(kind, service) for service in (target.sender_service, target.api_service)]
    wait_for_minimum(target, say)
    with session(target, settings.baseline_rate, seconds(minutes) + budget + 2 * delivery, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        risen_at, rate = saturate(running, settings.high_rate, settings.raise_minutes, settings.max_rates)
        running.wait(
            "high load",
            lambda timeline: is_growing(timeline.api),
            seconds(settings.growing_minutes),
        )
        say("tasks are lost while the fleet grows")
        hold = hold_seconds(rate * target.load_factor, 2, settings.requests_at_kill)
        faults = lose_tasks(target, wanted, budget, hold_seconds=hold)
        running.wait(
            "high load goes on",
            partial(has_settled, settle_minutes=settings.settle_minutes),
            seconds(settings.scale_out_minutes),
        )
        dropped_at = running.set_rate(settings.baseline_rate)
        return running.finish(
            delivery, high_load=(risen_at, dropped_at), faults=faults, wanted_faults=tuple(wanted)
        )


SCENARIO = Scenario(
    title="Lost tasks during a scale-out",
    sentence="A task of each service is killed while the fleet grows: it is replaced, and the fleet grows as"
    " far as it has to.",
    settings=Settings(),
    run=run,
    checks=(
        load_drove_cpu,
        scaled_out,
        scale_out_steps,
        desired_explained,
        settled,
        faults_injected,
        requests_met_kills,
        tasks_replaced,
        failed_only_in_flight,
        stop_task_loses_nothing,
        *ALWAYS,
    ),
    alarms=(DEAD_LETTERS,),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=2.0,
)
