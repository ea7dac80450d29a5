"""Conditions that scenarios wait for, and the load that brings them about."""

import time
from datetime import timedelta
from functools import partial

from verify import read_aws
from verify.drive import RATE_SECONDS
from verify.session import Say, Session
from verify.target import Target
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.target_tracking import SCALE_OUT_DATAPOINTS, TARGET_PERCENT
from verify.waiting import reached

# No plateau may begin near the target: a fleet that stands just above it may or may not grow.
SATURATED_PERCENT = 85.0
_MAX_RAISE = 2.0
# Fifteen datapoints, then the cooldowns of further steps.
_SCALE_IN_MINUTES = 30.0


def wait_for_minimum(target: Target, say: Say, minutes: float = _SCALE_IN_MINUTES) -> bool:
    """Wait until both services stand at their minimum, with nothing left of an earlier load.

    Args:
        target: The system under test.
        say: Told what is waited for.
        minutes: AWS minutes that it may take.
    """
    say("waiting for both services to stand at their minimum")

    def stand_at_minimum() -> bool:
        return all(
            read_aws.scaling(target, name).minimum == desired == running
            for name, (desired, running, _) in read_aws.service_counts(target).items()
        )

    return reached(stand_at_minimum, target.clock.seconds(minutes))


def at_minimum(timeline: Timeline) -> bool:
    """Whether both services stand at their minimum."""
    return all(service.at_minimum for service in timeline.services)


def wait_at_rest(running: Session, minutes: int) -> bool:
    """Wait for so many datapoints of whole minutes that show the fleet before anything is done to it."""
    began_at = time.time()
    met = running.wait(
        "baseline",
        lambda timeline: len(timeline.api.cpu) > minutes,
        running.target.clock.seconds(rest_minutes(minutes)),
    )
    running.at_rest = (began_at, time.time())
    return met


def rest_minutes(minutes: int) -> float:
    """Budget of `wait_at_rest` in AWS minutes: the first datapoint comes late, and some may be missing."""
    return minutes * 3


def wait_until_whole(target: Target, seconds: float) -> bool:
    """Wait until all tasks that are wanted run, and those behind a load balancer get requests.

    Args:
        target: The system under test.
        seconds: Real seconds that it may take.
    """
    services = (target.api_service, target.sender_service)
    return reached(lambda: all(read_aws.is_whole(target, service) for service in services), seconds)


def is_growing(service: ServiceTimeline) -> bool:
    """Whether tasks of a service are on their way."""
    newest = service.samples[-1]
    return newest.desired > service.minimum and newest.running < newest.desired


def has_settled(timeline: Timeline, settle_minutes: float, since: float = 0.0) -> bool:
    """Whether the fleet has grown, runs as wanted, and has no reason to grow further, or cannot.

    Args:
        timeline: What was seen.
        settle_minutes: AWS minutes without a scaling.
        since: Real instant before which the load was another one.
    """
    api = timeline.api
    if not api.activities or api.samples[-1].running != api.samples[-1].desired:
        return False
    # The instant zero is no date where AWS's clock goes fast.
    begun = max(api.activities[-1].started_at, timeline.time.at(max(since, timeline.started_at)))
    quiet = timeline.time.at(timeline.ended_at) - begun
    calm = all(point.value <= TARGET_PERCENT for point in api.cpu[-SCALE_OUT_DATAPOINTS:])
    # At its maximum no step follows; but for some minutes the last tasks work off what waited for them.
    cannot_grow = api.samples[-1].desired == api.maximum
    return (calm or cannot_grow) and quiet >= timedelta(minutes=settle_minutes)


def has_shrunk(timeline: Timeline, settle_minutes: float, since: float) -> bool:
    """Whether the fleet has been scaled in since a real instant, and nothing more comes of it."""
    api = timeline.api
    found = [activity for activity in api.activities if activity.started_at >= timeline.time.at(since)]
    if not found or api.samples[-1].running != api.samples[-1].desired:
        return False
    return timeline.time.at(timeline.ended_at) - found[-1].started_at >= timedelta(minutes=settle_minutes)


def saturate(running: Session, rate: float, raise_minutes: float, max_rates: int) -> tuple[float, float]:
    """Raise the load until it saturates the fleet; returns the instant of the last raise, and the rate.

    How much CPU a request takes is the machine's affair: a rate that makes a slow one grow its fleet may
    not disturb a fast one.

    Args:
        running: The scenario.
        rate: Requests a second to begin with.
        raise_minutes: AWS minutes within which a rate shows in a datapoint of its own.
        max_rates: Rates that are tried at most.
    """
    factor = 1.0
    for _ in range(max_rates):
        rate *= factor
        risen_at = running.set_rate(rate)
        running.wait(
            "high load",
            partial(_shows, risen_at=risen_at),
            running.target.clock.seconds(raise_minutes) + RATE_SECONDS,
        )
        timeline = running.observer.timeline()
        cpu = cpu_since(timeline, risen_at)
        if timeline.api.activities or cpu is None or cpu >= SATURATED_PERCENT:
            break
        factor = min(_MAX_RAISE, 100.0 / max(cpu, 1.0))
    return risen_at, rate


def cpu_since(timeline: Timeline, risen_at: float) -> float | None:
    """The API's CPU in the first minute that had all of a load; None while it is not known."""
    whole = timeline.time.at(risen_at + RATE_SECONDS)
    return next((point.value for point in timeline.api.cpu if point.minute >= whole), None)


def _shows(timeline: Timeline, risen_at: float) -> bool:
    """Whether the effect of a load can be seen by now."""
    return bool(timeline.api.activities) or cpu_since(timeline, risen_at) is not None
