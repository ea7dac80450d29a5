"""Course of a scenario with releases: one version after the other, under one load."""

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Self

from verify.canary import CanaryWatch
from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.drift_beside import Looks, looked, looking
from verify.errors import LoadError
from verify.record import ScenarioRecord
from verify.releasing import Releasing, Wanted
from verify.scenario import EASED
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import Timeline

# Applies and task starts of a release, beside its bakes.
_STEPS = 6
# Words by which `ops release` begins to tell of a bake.
_BAKING = "baking:"


@dataclass(frozen=True)
class Settings:
    """Which versions, and how hard and how long. Rates are the reference machine's, before the load factor.

    Attributes:
        versions: Versions that are released, in order.
        rate: Requests a second, which the smallest fleet carries.
        bake_rate: Requests a second while a candidate bakes, who carries its share of them.
        weights: Percentages that a candidate gets one after the other. With half of them each side has as
            many requests in a minute, so that their latencies scatter alike.
        bake_minutes: AWS minutes of each bake at least.
        baked_requests: Requests that all bakes of a good version together have to see.
        baseline_minutes: Datapoints that show the fleet at rest before.
        scale_in_minutes: Budget for the fleet to be at its minimum before.
        alarm_minutes: Budget for the alarms of a candidate to come back once it is gone.
        step_seconds: Real seconds that an apply with its task starts takes at most on the reference machine.
        drift_checks: Clean looks for drift that are wanted while versions are released and the fleet scales.
        drift_seconds: Real seconds that a look takes at most on the reference machine.
        high_rate: Requests a second that make the fleet grow, where drift is looked for.
        scale_out_minutes: How long they are made; then there are fewer again, for the time of a scale-in.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    versions: Sequence[Wanted]
    rate: float = 50.0
    bake_rate: float = 50.0
    weights: Sequence[int] = (50,)
    bake_minutes: int = 24
    baked_requests: int = 4_800
    baseline_minutes: int = 1
    scale_in_minutes: float = 30.0
    alarm_minutes: float = 20.0
    step_seconds: float = 60.0
    drift_checks: int = 0
    drift_seconds: float = 40.0
    high_rate: float = 160.0
    scale_out_minutes: float = 15.0
    delivery_seconds: float = 30.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        share = EASED**attempt
        return replace(
            self, rate=self.rate * share, bake_rate=self.bake_rate * share, high_rate=self.high_rate * share
        )


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """At rest, then one release after the other, then a look at what differs.

    Raises:
        LoadError: Nothing can be released there, or a release does not come to its end.
    """
    if target.releases is None:
        raise LoadError("nothing can be released from here: run this scenario on the stage")
    minutes = _bake_minutes(target, settings)
    each = _seconds(target, settings, minutes)
    wait_for_minimum(target, say, settings.scale_in_minutes)
    delivery = settings.delivery_seconds * target.slowness
    whole = target.clock.seconds(rest_minutes(settings.baseline_minutes)) + delivery
    runs = sum(1 + len(wanted.kills) for wanted in settings.versions)
    whole += each * runs + target.clock.seconds(settings.alarm_minutes) * len(settings.versions)
    whole += settings.drift_checks * settings.drift_seconds * target.slowness
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="release-")))
        running = stack.enter_context(session(target, settings.rate, whole, say))
        watch = stack.enter_context(CanaryWatch(target))
        wait_at_rest(running, settings.baseline_minutes)
        arguments = (
            *("--bake-minutes", str(minutes), "--weights", ",".join(map(str, settings.weights))),
            *("--poll-seconds", f"{target.clock.minute_seconds / 4:g}", "--url", target.url),
        )
        releasing = Releasing(target.releases, folder, arguments, _following(running, settings, say))
        releases = []
        ask = partial(releasing.ask, "drift")
        with looking(ask) if settings.drift_checks else nullcontext() as drift:
            for wanted in settings.versions:
                # The alarms of a candidate that is gone would keep the next one from being begun.
                running.wait_for_quiet(settings.alarm_minutes)
                releases.append(releasing.release(wanted, each))
            if drift is not None:
                _scale(running, settings, drift)
        beside = () if drift is None else drift.looks
        after = stack.enter_context(ThreadPoolExecutor(1)).submit(looked, ask)
        running.wait_for_quiet(settings.alarm_minutes)
        record = running.finish(
            delivery,
            releases=tuple(releases),
            canary=watch.samples(),
            wanted_drift_checks=settings.drift_checks,
        )
        say("looking for what differs from what is declared")
        return replace(record, drift=(*beside, after.result()))


def _following(running: Session, settings: Settings, say: Say) -> Callable[[str], None]:
    """Give a function that is told where a release is, and has the load follow."""
    now = settings.rate

    def follow(text: str) -> None:
        nonlocal now
        say(f"release: {text}")
        rate = settings.bake_rate if text.startswith(_BAKING) else settings.rate
        if rate != now:
            now = rate
            running.set_rate(rate)

    return follow


def _scale(running: Session, settings: Settings, beside: Looks) -> None:
    """Have the fleet grow and shrink until there were enough looks for drift, or the time is over."""
    until = time.monotonic() + settings.drift_checks * settings.drift_seconds * running.target.slowness
    seconds = running.target.clock.seconds

    def enough(_: Timeline) -> bool:
        over = time.monotonic() > until or not beside.goes_on
        return over or beside.clean >= settings.drift_checks

    rates = cycle(
        ((settings.high_rate, settings.scale_out_minutes), (settings.rate, settings.scale_in_minutes))
    )
    while not enough(running.observer.timeline()):
        rate, minutes = next(rates)
        running.set_rate(rate)
        running.wait(f"drift was looked for {len(beside.looks)} times", enough, seconds(minutes))
    running.set_rate(settings.rate)


def _bake_minutes(target: Target, settings: Settings) -> int:
    """AWS minutes of each bake: enough for its tests, and for so many requests."""
    a_minute = settings.bake_rate * target.load_factor * target.clock.minute_seconds
    wanted = settings.baked_requests / (a_minute * len(settings.weights))
    return max(settings.bake_minutes, math.ceil(wanted))


def _seconds(target: Target, settings: Settings, minutes: int) -> float:
    """Real seconds that a release takes at most."""
    steps = _STEPS + len(settings.weights)
    # Figures are waited for, beyond the bake's own minutes, for as long as datapoints may be late.
    bakes = len(settings.weights) * target.clock.seconds(2 * minutes + 10)
    return bakes + steps * (settings.step_seconds * target.slowness + target.task_budget_seconds)
