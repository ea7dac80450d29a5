"""A running scenario: load, observer and what both have in common."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from common.growing_logs import Follower
from verify import read_aws
from verify.drive import Drive
from verify.keep_alive import IdleConnections
from verify.observe import Observer
from verify.plan import LoadPlan, Plateau
from verify.record import Held, Mail, Mark, Request, ScenarioRecord
from verify.request_log import mails_in
from verify.rights.observed import Decision, refused_since
from verify.target import Target
from verify.task_drive import TaskDrive
from verify.timeline import Timeline
from verify.waiting import reached

Say = Callable[[str], None]

# More are not asked for one by one: they are lost, and a sample of their ids is told.
_MAX_HELD = 200
DEAD_LETTERS = "dead-letters"
"""Alarm that rings for mails that a killed task had in hand, of which nobody knows what became."""
# AWS minutes for an alarm of one datapoint to follow its metric, and its metric what it measures.
_ALARM_MINUTES = 8.0


@dataclass
class Session:
    """Load runs and is watched; the scenario decides what happens next.

    Attributes:
        target: The system under test.
        observer: What AWS says.
        drive: The load.
        idle: Idle connections to the API's tasks.
        dead_before: Messages that were in the dead-letter queue before.
        rights_before: Decisions on calls of roles before.
        say: Tells a person where the scenario is.
        marks: When the load changed.
        burst: Requests that were made beside the load.
        held_letters: Dead letters of mails whose outcome is unknown, which were dealt with.
        at_rest: Real instants at which the load at rest began and ended.
    """

    target: Target
    observer: Observer
    drive: Drive | TaskDrive
    idle: IdleConnections
    dead_before: int
    rights_before: Sequence[Decision]
    say: Say
    marks: list[Mark] = field(default_factory=list)
    burst: list[Request] = field(default_factory=list)
    held_letters: int = 0
    at_rest: tuple[float, float] = (0.0, 0.0)

    def set_rate(self, rate: float) -> float:
        """Change the load to so many of the stage's requests a second; returns the instant."""
        scaled = rate * self.target.load_factor
        if self.target.bounds is not None:
            self.target.bounds.require_rate(scaled, LoadPlan(()))
        at = self.drive.set_rate(scaled)
        self.marks.append(Mark(at, f"{scaled:g} requests/s"))
        return at

    def wait(self, what: str, condition: Callable[[Timeline], bool], seconds: float) -> bool:
        """Wait for what the observer has to see, within real seconds; tells the figures meanwhile."""

        def held() -> bool:
            timeline = self.observer.timeline()
            self.say(f"{what}: {figures(timeline)}")
            return condition(timeline)

        return reached(held, seconds)

    def go_on(self, what: str, seconds: float) -> None:
        """Let the load go on for so many real seconds; tells the figures meanwhile."""
        self.wait(what, lambda _timeline: False, seconds)

    def finish(self, delivery_seconds: float, **more: Any) -> ScenarioRecord:
        """End the load, wait for what is still under way, and hand over everything that was seen."""
        generator = self.drive.end()
        requests = sorted([*self.drive.requests(), *self.burst], key=lambda request: request.finished_at)
        self.marks.append(Mark(time.time(), "load ended"))
        log = None if self.target.mail_log is None else mails_in(self.target.mail_log)
        held = self._wait_for_delivery(requests, log, delivery_seconds)
        self.settle_letters()
        asked = self.target.read_rights
        return ScenarioRecord(
            timeline=self.observer.stop(),
            requests=tuple(requests),
            mails=None if log is None else tuple(log.all()),
            generator=generator,
            marks=tuple(self.marks),
            dead_letters=read_aws.dead_letters(self.target) - self.dead_before,
            held=held,
            held_letters=self.held_letters,
            max_in_flight=read_aws.max_in_flight(self.target),
            task_budget_seconds=self.target.task_budget_seconds,
            handled=None if self.target.read_handled is None else tuple(self.target.read_handled()),
            process_cpu=self.observer.process_cpu(),
            refused=None if asked is None else refused_since(asked(), self.rights_before),
            idle_connections=None if self.target.addresses_of is None else self.idle.seen(),
            idle_timeout_seconds=read_aws.idle_timeout_seconds(self.target),
            slowness=self.target.slowness,
            **{"baseline": self.at_rest, **more},
        )

    def _wait_for_delivery(
        self, requests: Sequence[Request], log: Follower[Mail] | None, seconds: float
    ) -> tuple[Held, ...]:
        """Wait for the mails; returns what has none, because the system holds it back."""
        accepted = {request.id for request in requests if request.accepted}
        held: tuple[Held, ...] = ()

        def delivered(timeline: Timeline) -> bool:
            nonlocal held
            drained = timeline.queue[-1].visible + timeline.queue[-1].in_flight == 0
            if log is None:
                return drained
            missing = accepted - {mail.notification_id for mail in log.all()}
            # What a killed task had in flight is held once its message has come again, so the queue is empty.
            asked = sorted(missing) if drained and len(missing) <= _MAX_HELD else []
            held = tuple(read_aws.held(self.target, asked))
            # What a killed task had sent, and not written down, becomes a dead letter once it has come again.
            return drained and len(held) == len(missing)

        self.wait(f"waiting for the mails of {len(accepted)} accepted requests", delivered, seconds)
        return held

    def answer_alarm(self, timeline: Timeline) -> None:
        """Do what an operator does when the alarm on dead letters rings: settle what is held.

        Whichever other alarm rings, letters stay: once they are gone, theirs has nothing to go off for.
        """
        if rings_for_letters(timeline):
            self.held_letters += read_aws.settle_held_letters(self.target)

    def wait_for_quiet(self, minutes: float) -> None:
        """Wait until no alarm of the system is in ALARM, for so many AWS minutes at most."""
        seconds = self.target.clock.seconds(minutes)
        self.wait("waiting for alarms to come back", lambda timeline: not ringing(timeline), seconds)

    def settle_letters(self) -> None:
        """Deal with what an alarm still rings or will ring for, and wait until all alarms are back."""
        clock = self.target.clock
        if read_aws.dead_letters(self.target):
            self.wait(
                "waiting for the alarm on dead letters", rings_for_letters, clock.seconds(_ALARM_MINUTES)
            )
        self.held_letters += read_aws.settle_held_letters(self.target)
        self.wait_for_quiet(_ALARM_MINUTES)


@contextmanager
def session(
    target: Target, rate: float, budget_seconds: float, say: Say, *, patience_seconds: float = 1.0
) -> Iterator[Session]:
    """Start the observer, then the load at so many of the stage's requests a second.

    Args:
        target: The system under test.
        rate: Requests a second of the stage.
        budget_seconds: Real seconds after which the load ends by itself.
        say: Tells a person where the scenario is.
        patience_seconds: Longest answer for which no user misses its next turn: each makes a request in so
            many seconds.
    """
    dead_before = read_aws.dead_letters(target)
    rights_before = () if target.read_rights is None else target.read_rights()
    plan = LoadPlan(
        (Plateau(budget_seconds, rate * target.load_factor),),
        requests_per_second_a_user=1.0 / patience_seconds,
        workers=target.workers,
    )
    if target.bounds is not None:
        target.bounds.require_plan(plan)
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        Observer(target) as observer,
        IdleConnections(partial(target.addresses_of or _nowhere, target.api_service)) as idle,
        _drive(target, plan, Path(folder)) as drive,
    ):
        started = Mark(time.time(), f"{rate * target.load_factor:g} requests/s")
        yield Session(target, observer, drive, idle, dead_before, rights_before, say, [started])


def _nowhere(_service: str) -> tuple[()]:
    """Addresses where nobody can see any."""
    return ()


def ringing(timeline: Timeline) -> Sequence[str]:
    """Alarms of the system that are in ALARM."""
    newest = {change.alarm: change.state for change in timeline.alarms}
    return [alarm for alarm, state in newest.items() if state == "ALARM"]


def rings_for_letters(timeline: Timeline) -> bool:
    """Whether the alarm on dead letters is among them."""
    return DEAD_LETTERS in ringing(timeline)


def _drive(target: Target, plan: LoadPlan, folder: Path) -> Drive | TaskDrive:
    """Whatever makes the load: Locust here, or as tasks of ECS."""
    if target.load_generator is None:
        return Drive(target.url, target.api_key, plan, folder, target.protect)
    return TaskDrive(
        target.ecs,
        target.ssm,
        target.logs,
        target.load_generator,
        target.url,
        plan,
        task_seconds=target.task_budget_seconds,
    )


def figures(timeline: Timeline) -> str:
    """The newest figures in one line."""
    services = []
    for service in timeline.services:
        newest = service.samples[-1]
        cpu = f"{service.cpu[-1].value:.0f} %" if service.cpu else "no datapoint"
        services.append(f"{service.name} CPU {cpu}, {newest.running} of {newest.desired} running")
    waiting = f", queue {timeline.queue[-1].visible}" if timeline.queue else ""
    return "; ".join(services) + waiting
