"""Load goes up in two steps and down in two, each held until the fleet has answered it."""

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from verify.conditions import (
    at_minimum,
    has_settled,
    has_shrunk,
    rest_minutes,
    saturate,
    wait_at_rest,
    wait_for_minimum,
)
from verify.record import ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.verdict.always import ALWAYS
from verify.verdict.plateaus import plateaus_at_arithmetic
from verify.verdict.promptness import steps_in_time
from verify.verdict.requests import no_request_failed
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
        high_rate: First step: saturates the minimum fleet, and is raised where it does not.
        factor: Second step, as a multiple of the first: saturates what the first has grown.
        share: Third step, down, as a share of the second: leaves the fleet so idle that it shrinks, and not
            so idle that it shrinks to its minimum.
        trickle_rate: Fourth step.
        max_rates: Rates that are tried at most for the first step.
        raise_minutes: Budget for a rate to show in a datapoint of its own.
        baseline_minutes: Datapoints that show the fleet at rest before.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled.
        scale_out_minutes: Budget for each step up.
        scale_in_minutes: Budget for each step down.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    baseline_rate: float = 15.0
    high_rate: float = 110.0
    factor: float = 1.7
    share: float = 0.35
    trickle_rate: float = 2.0
    max_rates: int = 4
    raise_minutes: float = 10.0
    baseline_minutes: int = 2
    settle_minutes: float = 5.0
    scale_out_minutes: float = 25.0
    scale_in_minutes: float = 35.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: lower steps, raised if need be."""
        return replace(self, high_rate=self.high_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Two plateaus up, two down."""
    seconds = target.clock.seconds
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.baseline_minutes) + settings.max_rates * settings.raise_minutes
    minutes += 2 * settings.scale_out_minutes + 2 * settings.scale_in_minutes
    wait_for_minimum(target, say, settings.scale_in_minutes)
    with session(target, settings.baseline_rate, seconds(minutes) + 2 * delivery, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        first_at, rate = saturate(running, settings.high_rate, settings.raise_minutes, settings.max_rates)
        answered = partial(has_settled, settle_minutes=settings.settle_minutes)
        running.wait("first step", answered, seconds(settings.scale_out_minutes))
        second_at = running.set_rate(rate * settings.factor)
        running.wait("second step", partial(answered, since=second_at), seconds(settings.scale_out_minutes))
        third_at = running.set_rate(rate * settings.factor * settings.share)
        running.wait(
            "third step",
            partial(has_shrunk, since=third_at, settle_minutes=settings.settle_minutes + 2),
            seconds(settings.scale_in_minutes),
        )
        fourth_at = running.set_rate(settings.trickle_rate)
        running.wait("fourth step", at_minimum, seconds(settings.scale_in_minutes))
        plateaus = (
            (first_at, second_at),
            (second_at, third_at),
            (third_at, fourth_at),
            (fourth_at, time.time()),
        )
        return running.finish(delivery, high_load=(first_at, third_at), plateaus=plateaus)


SCENARIO = Scenario(
    title="CPU steps",
    sentence="Load goes up in two steps and down in two: after each the fleet has the capacity that the"
    " policy's arithmetic gives.",
    settings=Settings(),
    run=run,
    checks=(
        policy_target,
        load_drove_cpu,
        scaled_out,
        scale_out_steps,
        scale_in_steps,
        plateaus_at_arithmetic,
        steps_in_time,
        desired_explained,
        running_followed,
        back_at_minimum,
        no_request_failed,
        *ALWAYS,
    ),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=4.0,
)
