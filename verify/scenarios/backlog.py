"""Ten thousand notifications at once."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from verify.burst import send_burst
from verify.conditions import at_minimum, rest_minutes, wait_at_rest, wait_for_minimum
from verify.disturb import disturbed
from verify.record import Mark, ScenarioRecord
from verify.scenario import EASED, SATURATION, Scenario
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import Timeline
from verify.toxics import Toxic
from verify.verdict.always import ALWAYS
from verify.verdict.backlog import (
    BURST,
    DRAINED,
    backlog_drained,
    backlog_steps,
    burst_accepted,
    sender_followed_backlog,
)
from verify.verdict.tasks import back_at_minimum, desired_explained, running_followed

# So many of a relay's replies a mail waits for at most, on a new connection.
_REPLIES = 4


@dataclass(frozen=True)
class Settings:
    """How much and how long. Numbers are the reference machine's, before the target's load factor.

    Attributes:
        count: Notifications that are asked for at once.
        latency: Milliseconds by which the relay is slower meanwhile; 0 leaves it as fast as it is.
        rate: Requests a second that go on beside them.
        baseline_minutes: Datapoints that show the fleet at rest before.
        drain_minutes: AWS minutes within which the queue is empty again.
        scale_in_minutes: Budget for the way back to the minimum.
        burst_seconds: Real seconds that it takes to have them all accepted, at most.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    count: int = 10_000
    latency: int = 0
    rate: float = 5.0
    baseline_minutes: int = 2
    drain_minutes: float = 40.0
    scale_in_minutes: float = 40.0
    burst_seconds: float = 60.0
    delivery_seconds: float = 30.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer notifications."""
        return replace(self, count=round(self.count * EASED**attempt))


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """At rest, all at once, until the queue is empty, until both services are at their minimum again."""
    seconds = target.clock.seconds
    delivery = settings.delivery_seconds * target.slowness
    minutes = rest_minutes(settings.baseline_minutes) + settings.drain_minutes + settings.scale_in_minutes
    whole = seconds(minutes) + settings.burst_seconds * target.slowness + 2 * delivery
    wait_for_minimum(target, say, settings.scale_in_minutes)
    with session(target, settings.rate, whole, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        slow = Toxic("latency", {"latency": settings.latency})
        with ExitStack() as stack:
            disturbances = stack.enter_context(disturbed(target, "smtp", slow)) if settings.latency else []
            asked = _drain(running, settings)
        running.wait("drained", at_minimum, seconds(settings.scale_in_minutes))
        return running.finish(delivery, disturbances=tuple(disturbances), asked_at_once=asked)


def _drain(running: Session, settings: Settings) -> int:
    """Ask for all of them, and wait until the queue is empty; returns how many were to be accepted."""
    target = running.target
    count = round(settings.count * target.load_factor)
    running.say(f"asking for {count} notifications at once")
    running.marks.append(Mark(time.time(), BURST))
    running.burst += send_burst(target, count, settings.burst_seconds * target.slowness)
    drained = running.wait(
        "backlog",
        partial(is_drained, settings=settings, since=time.time()),
        target.clock.seconds(settings.drain_minutes),
    )
    if drained:
        running.marks.append(Mark(time.time(), DRAINED))
    return count


def is_drained(timeline: Timeline, settings: Settings, since: float) -> bool:
    """Whether nothing waits but what goes on beside, which is always in some task's hands.

    It is there for a second, and for as long as the relay's replies take.
    """
    newest = timeline.queue[-1]
    beside = settings.rate * (1.0 + _REPLIES * settings.latency / 1000)
    return newest.at > since and newest.visible <= settings.rate and newest.in_flight <= beside


SCENARIO = Scenario(
    title="Backlog",
    sentence="Ten thousand notifications at once: the sender is scaled to its backlog, the queue drains in"
    " its time, and both services go back to their minimum.",
    settings=Settings(),
    run=run,
    checks=(
        burst_accepted,
        sender_followed_backlog,
        backlog_steps,
        backlog_drained,
        desired_explained,
        running_followed,
        back_at_minimum,
        *ALWAYS,
    ),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=2.5,
)
