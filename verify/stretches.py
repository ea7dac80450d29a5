"""Load that goes on at one rate while dependencies are disturbed, one stretch after the other.

A scenario is a table of stretches: `verify/scenarios/dependencies.py` has the longest one.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.disturb import disturbed
from verify.drive import RATE_SECONDS
from verify.faults import KILL, kinds, lose_tasks
from verify.read_ledger import tried
from verify.record import Disturbance, Fault, Mark, ScenarioRecord
from verify.request_log import mails_in
from verify.scenario import EASED
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import Timeline
from verify.toxics import Dependency, Toxic

# What a slow dependency makes of an answer, on a slow machine too. A user that waits for one longer than its
# turn lasts asks half as often, which is too seldom for the alarm on latency.
_SLOW_ANSWER_SECONDS = 2.5


@dataclass(frozen=True)
class Stretch:
    """A stretch in which dependencies have faults.

    Attributes:
        title: What a person calls it; the chart has it as a mark.
        toxics: Faults by dependency.
        minutes: AWS minutes that it lasts.
        kills: Service that loses a task meanwhile: a starting one then meets the faults.
        idle: Whether it begins while no mail is in hand, so that none is cut off half-way.
    """

    title: str
    toxics: Mapping[Dependency, Sequence[Toxic]]
    minutes: float
    kills: Literal["", "api", "sender"] = ""
    idle: bool = False


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        stretches: In order.
        rate: Requests a second, that one task of the minimum fleet can carry for a moment; enough for the
            alarms that judge no minute with less than 20 requests.
        lead_in_minutes: Datapoints that show the fleet at rest before the first stretch.
        calm_minutes: AWS minutes after a recovery until the next stretch, in which alarms come back.
        recovery_seconds: Real seconds from a stretch's end until nothing of it is left: a probe every
            30 s, a backoff of 60 s, or a visibility timeout of 30 s may still run.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    stretches: Sequence[Stretch] = field(default_factory=tuple)
    rate: float = 15.0
    lead_in_minutes: int = 3
    calm_minutes: float = 3.0
    recovery_seconds: float = 120.0
    delivery_seconds: float = 90.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """A lead-in, then one stretch after the other, each once the system has recovered from the one before.

    Raises:
        LoadError: Nobody can disturb the dependencies of this target.
    """
    seconds = target.clock.seconds
    recovery = settings.recovery_seconds + RATE_SECONDS
    whole = seconds(rest_minutes(settings.lead_in_minutes)) + sum(
        seconds(stretch.minutes + settings.calm_minutes) + recovery + target.task_budget_seconds
        for stretch in settings.stretches
    )
    wait_for_minimum(target, say)
    disturbances: list[Disturbance] = []
    faults: list[Fault] = []
    load = session(target, settings.rate, whole, say, patience_seconds=_SLOW_ANSWER_SECONDS)
    with load as running, ThreadPoolExecutor(1) as beside:
        began = time.time()
        wait_at_rest(running, settings.lead_in_minutes)
        baseline = (began + RATE_SECONDS, time.time())
        for stretch in settings.stretches:
            _pause_until_idle(running, stretch, settings)
            losing = _suffer(running, stretch, settings, disturbances, beside)
            _wait_for_recovery(running, stretch, settings)
            faults += losing.result() if losing else ()
        record = running.finish(
            settings.delivery_seconds * target.slowness,
            disturbances=tuple(disturbances),
            faults=tuple(faults),
            wanted_faults=tuple((fault.kind, fault.service) for fault in faults),
            baseline=baseline,
            calls=None if target.read_calls is None else tuple(target.read_calls()),
        )
    accepted = [request.id for request in record.requests if request.accepted]
    return replace(record, tried=tuple(tried(target, accepted)))


def _suffer(
    running: Session,
    stretch: Stretch,
    settings: Settings,
    disturbances: list[Disturbance],
    beside: ThreadPoolExecutor,
) -> "Future[tuple[Fault, ...]] | None":
    """Disturb for as long as the stretch lasts; what is lost meanwhile is replaced after it."""
    target = running.target
    losing: Future[tuple[Fault, ...]] | None = None
    with ExitStack() as stack:
        entries = [
            stack.enter_context(disturbed(target, dependency, *toxics))
            for dependency, toxics in stretch.toxics.items()
        ]
        running.marks.append(Mark(time.time(), stretch.title))
        length = target.clock.seconds(stretch.minutes)
        if stretch.kills and kinds(target, KILL):
            service = target.api_service if stretch.kills == "api" else target.sender_service
            losing = beside.submit(lose_tasks, target, [(KILL, service)], length + target.task_budget_seconds)
        if stretch.idle:
            running.set_rate(settings.rate)
        running.go_on(stretch.title, length)
    disturbances += [entry for some in entries for entry in some]
    running.marks.append(Mark(time.time(), "healed"))
    return losing


def _pause_until_idle(running: Session, stretch: Stretch, settings: Settings) -> None:
    if not stretch.idle:
        return
    at = running.set_rate(0.0)
    running.wait(
        "no load",
        lambda timeline: _is_empty(timeline, at + RATE_SECONDS),
        settings.recovery_seconds * running.target.slowness,
    )


def _wait_for_recovery(running: Session, stretch: Stretch, settings: Settings) -> None:
    """Return once everything that was accepted before the end is delivered, and some minutes later."""
    healed_at = time.time()
    log = None if running.target.mail_log is None else mails_in(running.target.mail_log)

    def is_made_up_for(timeline: Timeline) -> bool:
        if log is None:
            return _is_empty(timeline, healed_at)
        accepted = {
            request.id
            for request in running.drive.requests()
            if request.accepted and request.finished_at <= healed_at
        }
        return accepted <= {mail.notification_id for mail in log.all()}

    running.wait(
        f"after {stretch.title}", is_made_up_for, settings.recovery_seconds * running.target.slowness
    )
    running.go_on("calm", running.target.clock.seconds(settings.calm_minutes))


def _is_empty(timeline: Timeline, since: float) -> bool:
    newest = timeline.queue[-1]
    return newest.at > since and newest.visible + newest.in_flight == 0
