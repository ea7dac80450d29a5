"""Load jumps far above what the fleet carries, and goes back as soon as more tasks run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import at_minimum, rest_minutes, wait_at_rest, wait_for_minimum
from verify.record import ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import Timeline
from verify.verdict.always import ALWAYS
from verify.verdict.requests import no_request_failed
from verify.verdict.scale_out_time import scale_out_in_time
from verify.verdict.scaling import (
    load_drove_cpu,
    policy_target,
    scale_in_steps,
    scale_out_steps,
    scaled_out,
)
from verify.verdict.tasks import back_at_minimum, desired_explained, running_followed


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries.
        spike_rate: Far above what it carries on any machine.
        trickle_rate: Once more tasks run.
        baseline_minutes: Datapoints that show the fleet at rest before the load jumps.
        scale_out_minutes: Budget for the first step out, and its tasks.
        scale_in_minutes: Budget for the way back.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    baseline_rate: float = 15.0
    spike_rate: float = 240.0
    trickle_rate: float = 2.0
    baseline_minutes: int = 2
    scale_out_minutes: float = 15.0
    scale_in_minutes: float = 30.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower spike."""
        return replace(self, spike_rate=self.spike_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """From the jump until the tasks of the first step run, then back to the minimum."""
    return run_until(
        target,
        settings,
        say,
        lambda running: running.wait(
            "load has dropped", at_minimum, target.clock.seconds(settings.scale_in_minutes)
        ),
    )


def run_until(
    target: Target, settings: Settings, say: Say, then: Callable[[Session], object]
) -> ScenarioRecord:
    """From the jump until the tasks of the first step run, and what comes then at the trickle."""
    seconds = target.clock.seconds
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.baseline_minutes) + settings.scale_out_minutes + settings.scale_in_minutes
    wait_for_minimum(target, say, settings.scale_in_minutes)
    whole = seconds(minutes) + target.task_budget_seconds + 2 * delivery
    with session(target, settings.baseline_rate, whole, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        risen_at = running.set_rate(settings.spike_rate)
        running.wait("spike", runs_more, seconds(settings.scale_out_minutes) + target.task_budget_seconds)
        dropped_at = running.set_rate(settings.trickle_rate)
        then(running)
        return running.finish(delivery, high_load=(risen_at, dropped_at))


def runs_more(timeline: Timeline) -> bool:
    """Whether the first step out has been fulfilled."""
    api = timeline.api
    return bool(api.activities) and api.samples[-1].running >= api.activities[0].desired


SCENARIO = Scenario(
    title="CPU spike",
    sentence="Load jumps: the alarm stands after three datapoints, more tasks carry it, and the time from the"
    " jump to them is told beside AWS's own.",
    settings=Settings(),
    run=run,
    checks=(
        policy_target,
        load_drove_cpu,
        scaled_out,
        scale_out_in_time,
        scale_out_steps,
        scale_in_steps,
        desired_explained,
        running_followed,
        back_at_minimum,
        no_request_failed,
        *ALWAYS,
    ),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=2.0,
)
