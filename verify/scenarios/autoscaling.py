"""Load rises until the fleet has grown, and falls until it has shrunk."""

from datetime import timedelta
from functools import partial

from verify import read_aws
from verify.drive import RATE_SECONDS
from verify.scenarios.session import Say, Session, session
from verify.scenarios.settings import AutoscalingSettings
from verify.target import Target
from verify.timeline import ScenarioRecord, Timeline
from verify.verdict.rules import SCALE_OUT_DATAPOINTS, TARGET_PERCENT
from verify.waiting import reached

NAME = "Scale-out and scale-in"
# No plateau may begin near the target: a fleet that stands just above it may or may not grow.
SATURATED_PERCENT = 85.0
_MAX_RAISE = 2.0


def run(target: Target, settings: AutoscalingSettings, say: Say) -> ScenarioRecord:
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
        return running.finish(NAME, delivery, high_load=(risen_at, dropped_at))


def _saturate(running: Session, settings: AutoscalingSettings) -> float:
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
