"""A running scenario: load, observer and what both have in common."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify import read_aws
from verify.drive import Drive
from verify.observe import Observer
from verify.plan import LoadPlan, Plateau
from verify.request_log import mails_in
from verify.target import Target
from verify.timeline import Held, Mark, Request, ScenarioRecord, Timeline
from verify.waiting import reached

Say = Callable[[str], None]

# More are not asked for one by one: they are lost, and a sample of their ids is told.
_MAX_HELD = 200


@dataclass
class Session:
    """Load runs and is watched; the scenario decides what happens next.

    Attributes:
        target: The system under test.
        observer: What AWS says.
        drive: The load.
        say: Tells a person where the scenario is.
        marks: When the load changed.
    """

    target: Target
    observer: Observer
    drive: Drive
    say: Say
    marks: list[Mark] = field(default_factory=list)

    def set_rate(self, rate: float) -> float:
        """Change the load to so many of the stage's requests a second; returns the instant."""
        scaled = rate * self.target.load_factor
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

    def finish(self, delivery_seconds: float, **more: Any) -> ScenarioRecord:
        """End the load, wait for what is still under way, and hand over everything that was seen."""
        generator = self.drive.end()
        requests = self.drive.requests()
        self.marks.append(Mark(time.time(), "load ended"))
        held = self._wait_for_delivery(requests, delivery_seconds)
        mails = None if self.target.mail_log is None else tuple(mails_in(self.target.mail_log).all())
        return ScenarioRecord(
            timeline=self.observer.stop(),
            requests=tuple(requests),
            mails=mails,
            generator=generator,
            marks=tuple(self.marks),
            dead_letters=read_aws.dead_letters(self.target),
            held=held,
            max_in_flight=read_aws.max_in_flight(self.target),
            task_budget_seconds=self.target.task_budget_seconds,
            slowness=self.target.slowness,
            **more,
        )

    def _wait_for_delivery(self, requests: Sequence[Request], seconds: float) -> tuple[Held, ...]:
        """Wait for the mails; returns what has none, because the system holds it back."""
        accepted = {request.id for request in requests if request.accepted}
        log = None if self.target.mail_log is None else mails_in(self.target.mail_log)
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
            return len(held) == len(missing)

        self.wait(f"waiting for the mails of {len(accepted)} accepted requests", delivered, seconds)
        return held


@contextmanager
def session(target: Target, rate: float, budget_seconds: float, say: Say) -> Iterator[Session]:
    """Start the observer, then the load at so many of the stage's requests a second."""
    plan = LoadPlan((Plateau(budget_seconds, rate * target.load_factor),))
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        Observer(target) as observer,
        Drive(target.url, target.api_key, plan, Path(folder), target.protect) as drive,
    ):
        started = Mark(time.time(), f"{rate * target.load_factor:g} requests/s")
        yield Session(target, observer, drive, say, [started])


def figures(timeline: Timeline) -> str:
    """The newest figures in one line."""
    services = []
    for service in timeline.services:
        newest = service.samples[-1]
        cpu = f"{service.cpu[-1].value:.0f} %" if service.cpu else "no datapoint"
        services.append(f"{service.name} CPU {cpu}, {newest.running} of {newest.desired} running")
    waiting = f", queue {timeline.queue[-1].visible}" if timeline.queue else ""
    return "; ".join(services) + waiting
