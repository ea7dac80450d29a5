"""Load rises until the fleet has grown, and falls until it has shrunk."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Self

from verify import read_aws
from verify.drive import RATE_SECONDS
from verify.scenario import EASED, Scenario
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import ScenarioRecord, Timeline
from verify.verdict.delivery import accepted_delivered
from verify.verdict.requests import no_request_failed
from verify.verdict.scaling import (
    load_drove_cpu,
    policy_target,
    scale_in_steps,
    scale_out_steps,
    scaled_out,
    settled,
)
from verify.verdict.target_tracking import SCALE_OUT_DATAPOINTS, TARGET_PERCENT
from verify.verdict.tasks import back_at_minimum, desired_explained, running_followed
from verify.waiting import reached

# No plateau may begin near the target: a fleet that stands just above it may or may not grow.
SATURATED_PERCENT = 85.0
_MAX_RAISE = 2.0


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    CPU a request drifts by some 40 % with batching, so no plateau may lie near 70 %.

    Attributes:
        baseline_rate: Requests a second that the minimum fleet carries at well under 63 %.
        high_rate: Saturates the minimum fleet, and leaves the stage's host room beside it; is raised
            where it does not.
        trickle_rate: Enough to have a request in flight whenever a task is stopped.
        max_rates: Rates that are tried at most, the first included.
        raise_minutes: Budget for a rate to show in a datapoint of its own.
        baseline_minutes: Datapoints that show the fleet at rest before the load rises.
        settle_minutes: Minutes without a scaling after which the fleet counts as settled: the three
            datapoints that would start the next one, and the cooldown.
        scale_out_minutes: Budget for the whole way up: from 2 to 8 tasks takes up to four steps of
            three datapoints, a cooldown and a task start each.
        scale_in_minutes: Budget for the way down: 15 datapoints, then a cooldown of five minutes
            before each further step.
        delivery_seconds: Real seconds for the queue to drain after the last request; a slow target gets
            more.
    """

    baseline_rate: float = 15.0
    high_rate: float = 160.0
    trickle_rate: float = 2.0
    max_rates: int = 4
    raise_minutes: float = 10.0
    baseline_minutes: int = 3
    settle_minutes: float = 4.0
    scale_out_minutes: float = 25.0
    scale_in_minutes: float = 30.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: a lower plateau, raised if need be."""
        return replace(self, high_rate=self.high_rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Baseline, high plateau until the fleet has settled, trickle until it is back at its minimum.

    A plateau that the fleet does not answer in its budget ends all the same: the verdict then says
    what was missing.
    """
    seconds = target.clock.seconds
    raising = settings.max_rates * settings.raise_minutes
    patience = (
        settings.baseline_minutes * 3 + raising + settings.scale_out_minutes + settings.scale_in_minutes
    )
    # The generator outlives the scenario by its own start and by the mails that are waited for.
    delivery = settings.delivery_seconds * target.slowness
    whole = seconds(patience) + settings.max_rates * RATE_SECONDS + 2 * delivery
    say("waiting for both services to stand at their minimum")
    reached(partial(_stand_at_minimum, target), seconds(settings.scale_in_minutes))
    with session(target, settings.baseline_rate, whole, say) as running:
        running.wait(
            "baseline",
            lambda timeline: len(timeline.api.cpu) > settings.baseline_minutes,
            seconds(settings.baseline_minutes * 3),
        )
        risen_at = _saturate(running, settings)
        running.wait(
            "high load",
            lambda timeline: has_settled(timeline, settings.settle_minutes),
            seconds(settings.scale_out_minutes),
        )
        dropped_at = running.set_rate(settings.trickle_rate)
        running.wait("load has dropped", at_minimum, seconds(settings.scale_in_minutes))
        return running.finish(delivery, high_load=(risen_at, dropped_at))


def _saturate(running: Session, settings: Settings) -> float:
    """Raise the load until it saturates the fleet; returns the instant of the last raise.

    How much CPU a request takes is the machine's affair: a rate that makes a slow one grow its fleet may
    not disturb a fast one.
    """
    rate = settings.high_rate
    for _ in range(settings.max_rates):
        risen_at = running.set_rate(rate)
        running.wait(
            "high load",
            partial(_shows, risen_at=risen_at),
            running.target.clock.seconds(settings.raise_minutes) + RATE_SECONDS,
        )
        timeline = running.observer.timeline()
        cpu = cpu_since(timeline, risen_at)
        if timeline.api.activities or cpu is None or cpu >= SATURATED_PERCENT:
            break
        rate *= min(_MAX_RAISE, 100.0 / max(cpu, 1.0))
    return risen_at


def _shows(timeline: Timeline, risen_at: float) -> bool:
    """Whether the effect of a load can be seen by now."""
    return bool(timeline.api.activities) or cpu_since(timeline, risen_at) is not None


def cpu_since(timeline: Timeline, risen_at: float) -> float | None:
    """The API's CPU in the first minute that had all of a load; None while it is not known."""
    whole = timeline.time.at(risen_at + RATE_SECONDS)
    return next((point.value for point in timeline.api.cpu if point.minute >= whole), None)


def has_settled(timeline: Timeline, settle_minutes: float) -> bool:
    """Whether the fleet has grown, runs as wanted, and has no reason to grow further."""
    api = timeline.api
    if not api.activities or api.samples[-1].running != api.samples[-1].desired:
        return False
    quiet = timeline.time.at(timeline.ended_at) - api.activities[-1].started_at
    if quiet < timedelta(minutes=settle_minutes):
        return False
    calm = all(point.value <= TARGET_PERCENT for point in api.cpu[-SCALE_OUT_DATAPOINTS:])
    return calm or api.samples[-1].desired == api.maximum


def _stand_at_minimum(target: Target) -> bool:
    """Whether both services stand at their minimum, with nothing left of an earlier load."""
    return all(
        read_aws.scaling(target, name).minimum == desired == running
        for name, (desired, running, _) in read_aws.service_counts(target).items()
    )


def at_minimum(timeline: Timeline) -> bool:
    """Whether both services stand at their minimum."""
    return all(service.at_minimum for service in timeline.services)


SCENARIO = Scenario(
    title="Scale-out and scale-in",
    sentence="Load over 70 % CPU scales the fleet out, its end scales it in, and nobody notices.",
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
        scale_in_steps,
        back_at_minimum,
        no_request_failed,
        accepted_delivered,
    ),
)
