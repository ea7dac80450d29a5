"""Load rises until the fleet has grown, loses tasks up there, and falls until the fleet has shrunk."""

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from verify.conditions import (
    at_minimum,
    has_settled,
    rest_minutes,
    saturate,
    wait_at_rest,
    wait_for_minimum,
    wait_until_whole,
)
from verify.drive import RATE_SECONDS
from verify.faults import KILL, STOP, hold_seconds, kinds, lose_tasks
from verify.record import Fault, Mark, ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import DEAD_LETTERS, Say, Session, session
from verify.target import Target
from verify.timeline import Timeline
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.latency import latency_bounded
from verify.verdict.mails import mails_met_kills
from verify.verdict.promptness import sender_scaled, steps_in_time
from verify.verdict.requests import failed_only_in_flight, few_requests_failed, stop_task_loses_nothing
from verify.verdict.scaling import (
    load_drove_cpu,
    policy_target,
    scale_in_steps,
    scale_out_steps,
    scaled_out,
    settled,
)
from verify.verdict.tasks import (
    back_at_minimum,
    desired_explained,
    faults_injected,
    requests_met_kills,
    running_followed,
    tasks_replaced,
)
from verify.verdict.terraform import SECOND_PLAN, second_plan_empty
from verify.verdict.traffic import turns_kept


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    CPU a request drifts by some 40 % with batching, so no plateau may lie near 70 %.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries at well under 63 %.
        high_rate: Saturates the minimum fleet, and leaves the stage's host room beside it; is raised
            where it does not.
        trickle_rate: Enough to have a request in flight whenever a task is stopped.
        requests_at_kill: Requests that come to a task while it stands still before it is killed, so that
            there are some in flight whatever the moment; each of them is lost, as on AWS.
        max_rates: Rates that are tried at most, the first included.
        raise_minutes: Budget for a rate to show in a datapoint of its own.
        baseline_minutes: Datapoints that show the fleet at rest before the load rises.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled: the three
            datapoints that would start the next one, and the cooldown.
        scale_out_minutes: Budget for the whole way up: from 2 to 8 tasks takes up to four steps of
            three datapoints, a cooldown and a task start each.
        scale_in_minutes: Budget for the way down: 15 datapoints, then a cooldown of five minutes
            before each further step.
        plan_seconds: Real seconds that a plan takes at most on the reference machine.
        delivery_seconds: Real seconds for the queue to drain after the last request; a slow target gets
            more.
    """

    baseline_rate: float = 15.0
    high_rate: float = 200.0
    trickle_rate: float = 2.0
    requests_at_kill: int = 2
    max_rates: int = 4
    raise_minutes: float = 10.0
    baseline_minutes: int = 2
    settle_minutes: float = 4.0
    scale_out_minutes: float = 25.0
    scale_in_minutes: float = 30.0
    plan_seconds: float = 60.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower plateau, raised if need be."""
        return replace(self, high_rate=self.high_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Baseline, high plateau until the fleet has settled, lost tasks, trickle until it is at its minimum.

    A plateau that the fleet does not answer in its budget ends all the same: the verdict then says
    what was missing.
    """
    seconds = target.clock.seconds
    # The generator outlives the scenario by its own start and by the mails that are waited for.
    delivery = settings.delivery_seconds * target.slowness
    rounds = kinds(target, KILL, STOP)
    wait_for_minimum(target, say, settings.scale_in_minutes)
    with session(target, settings.baseline_rate, _patience(target, settings, len(rounds)), say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        risen_at, rate = saturate(running, settings.high_rate, settings.raise_minutes, settings.max_rates)
        running.wait(
            "high load",
            partial(has_settled, settle_minutes=settings.settle_minutes),
            seconds(settings.scale_out_minutes),
        )
        # A task runs some time before it gets requests, and only those that do lose any.
        wait_until_whole(target, target.task_budget_seconds)
        settled_at = time.time()
        faults = _lose_tasks(running, settings, rate)
        running.set_rate(settings.trickle_rate)
        planned = _second_plan(running)
        running.wait("load has dropped", partial(_dropped, running), seconds(settings.scale_in_minutes))
        return running.finish(
            delivery,
            high_load=(risen_at, settled_at),
            faults=faults,
            wanted_faults=tuple((kind, service) for kind in rounds for service in _services(target)),
            planned_changes=planned,
        )


def _patience(target: Target, settings: Settings, rounds: int) -> float:
    """Real seconds after which the load ends by itself, whatever happens."""
    minutes = (
        rest_minutes(settings.baseline_minutes)
        + settings.max_rates * settings.raise_minutes
        + settings.scale_out_minutes
        + settings.scale_in_minutes
    )
    return (
        target.clock.seconds(minutes)
        + settings.max_rates * RATE_SECONDS
        + rounds * target.task_budget_seconds
        + (settings.plan_seconds + 2 * settings.delivery_seconds) * target.slowness
    )


def _services(target: Target) -> tuple[str, str]:
    return (target.sender_service, target.api_service)


def _lose_tasks(running: Session, settings: Settings, rate: float) -> tuple[Fault, ...]:
    """Take a task of each service away by each kind of fault, one kind after the other."""
    target = running.target
    faults: list[Fault] = []
    for kind in kinds(target, KILL, STOP):
        running.say(f"{kind} of a task of each service under high load")
        running_now = running.observer.timeline().api.samples[-1].running
        hold = hold_seconds(rate * target.load_factor, running_now, settings.requests_at_kill)
        wanted = [(kind, service) for service in _services(target)]
        faults += lose_tasks(target, wanted, target.task_budget_seconds, hold_seconds=hold)
    return tuple(faults)


def _dropped(running: Session, timeline: Timeline) -> bool:
    """Whether the fleet is at its minimum; an alarm that rings meanwhile is answered."""
    running.answer_alarm(timeline)
    return at_minimum(timeline)


def _second_plan(running: Session) -> tuple[str, ...] | None:
    """Addresses that a plan would change now; None where no plan can be made.

    The fleet is still larger than its minimum, for as long as a scale-in waits for its datapoints: a plan
    that shows nothing has left the desired count to scaling.
    """
    plan_changes = running.target.plan_changes
    if plan_changes is None:
        return None
    running.say("planning a second time, while more tasks are desired than the minimum")
    running.marks.append(Mark(time.time(), SECOND_PLAN))
    return tuple(plan_changes())


SCENARIO = Scenario(
    title="Scale-out and scale-in",
    sentence="Load over 70 % CPU scales the fleet out, tasks are lost up there, its end scales the fleet in,"
    " and nobody notices but who waits for a task that is killed.",
    settings=Settings(),
    run=run,
    checks=(
        policy_target,
        load_drove_cpu,
        scaled_out,
        scale_out_steps,
        desired_explained,
        running_followed,
        settled,
        steps_in_time,
        sender_scaled,
        latency_bounded,
        turns_kept,
        faults_injected,
        requests_met_kills,
        mails_met_kills,
        tasks_replaced,
        failed_only_in_flight,
        few_requests_failed,
        stop_task_loses_nothing,
        second_plan_empty,
        scale_in_steps,
        back_at_minimum,
        *ALWAYS,
        *UNDISTURBED,
    ),
    alarms=(DEAD_LETTERS,),
    may_go_off=SATURATION,
    budget_minutes=2.5,
)
