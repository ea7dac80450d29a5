"""Load rises little by little, and the fleet with it."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from verify.conditions import has_settled, rest_minutes, wait_at_rest, wait_for_minimum
from verify.record import ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.timeline import Timeline
from verify.verdict.always import ALWAYS
from verify.verdict.promptness import steps_in_time
from verify.verdict.requests import no_request_failed
from verify.verdict.scaling import load_drove_cpu, policy_target, scale_out_steps, scaled_out, settled
from verify.verdict.tasks import desired_explained, running_followed


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries.
        high_rate: Where the ramp ends: saturates the minimum fleet, and is raised where it does not.
        steps: Equal steps from one to the other.
        step_minutes: AWS minutes of each.
        max_steps: Further steps of the same size at most, until the fleet has grown.
        baseline_minutes: Datapoints that show the fleet at rest before.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled.
        scale_out_minutes: Budget for that, from the end of the ramp.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    baseline_rate: float = 15.0
    high_rate: float = 190.0
    steps: int = 10
    step_minutes: float = 1.0
    max_steps: int = 10
    baseline_minutes: int = 2
    settle_minutes: float = 4.0
    scale_out_minutes: float = 25.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower ramp, as long."""
        return replace(self, high_rate=self.high_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """A step a minute; beyond the last, further ones until the fleet has begun to grow."""
    seconds = target.clock.seconds
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.baseline_minutes) + settings.scale_out_minutes
    minutes += (settings.steps + settings.max_steps) * (settings.step_minutes + 1)
    rise = (settings.high_rate - settings.baseline_rate) / settings.steps
    wait_for_minimum(target, say)
    with session(target, settings.baseline_rate, seconds(minutes) + 2 * delivery, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        risen_at = 0.0
        for step in range(1, settings.steps + settings.max_steps + 1):
            at = running.set_rate(settings.baseline_rate + step * rise)
            risen_at = risen_at or at
            begun = running.observer.timeline().ended_at
            running.wait(
                "ramp",
                partial(_has_lasted, until=begun + seconds(settings.step_minutes)),
                seconds(settings.step_minutes + 1),
            )
            if step >= settings.steps and running.observer.timeline().api.activities:
                break
        running.wait(
            "high load",
            partial(has_settled, settle_minutes=settings.settle_minutes),
            seconds(settings.scale_out_minutes),
        )
        dropped_at = running.set_rate(settings.baseline_rate)
        return running.finish(delivery, high_load=(risen_at, dropped_at))


def _has_lasted(timeline: Timeline, until: float) -> bool:
    """Whether a real instant has been seen."""
    return timeline.ended_at >= until


SCENARIO = Scenario(
    title="CPU ramp",
    sentence="Load rises a little each minute: the fleet follows, step by step, as the arithmetic says.",
    settings=Settings(),
    run=run,
    checks=(
        policy_target,
        load_drove_cpu,
        scaled_out,
        scale_out_steps,
        steps_in_time,
        settled,
        desired_explained,
        running_followed,
        no_request_failed,
        *ALWAYS,
    ),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=2.5,
)
