"""Timeline of a run under load, as plain facts: no clients, no judgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from verify.aws_time import AwsTime

ACCEPTED = 202
"""HTTP status by which the service promises delivery."""


@dataclass(frozen=True)
class Datapoint:
    """One minute of a CloudWatch metric.

    Attributes:
        minute: Start of the period, AWS time.
        value: The statistic, in the metric's unit.
    """

    minute: datetime
    value: float


@dataclass(frozen=True)
class Policy:
    """A registered target tracking policy.

    Attributes:
        name: Policy name.
        metric: Predefined metric type, or "customized".
        target: Value that the policy keeps the metric at.
        scale_out_cooldown: AWS seconds.
    """

    name: str
    metric: str
    target: float
    scale_out_cooldown: float = 300.0


@dataclass(frozen=True)
class Activity:
    """A scaling activity of Application Auto Scaling.

    Attributes:
        started_at: AWS time.
        ended_at: AWS time; None while it is in progress.
        desired: Desired count that it set.
        cause: AWS's sentence on why.
    """

    started_at: datetime
    ended_at: datetime | None
    desired: int
    cause: str = ""


@dataclass(frozen=True)
class ServiceSample:
    """One answer of DescribeServices about one service, at a real instant."""

    at: float
    desired: int
    running: int
    pending: int = 0


@dataclass(frozen=True)
class QueueSample:
    """Depth of the queue at a real instant."""

    at: float
    visible: int
    in_flight: int


@dataclass(frozen=True)
class ServiceTimeline:
    """One ECS service over a scenario; every sequence is oldest first.

    Attributes:
        name: Service name.
        minimum: Registered minimum capacity.
        maximum: Registered maximum capacity.
        policies: Registered scaling policies.
        samples: Counts over time.
        cpu: CPUUtilization, average, one minute.
        activities: Scaling activities that started within the scenario.
    """

    name: str
    minimum: int
    maximum: int
    policies: Sequence[Policy] = ()
    samples: Sequence[ServiceSample] = ()
    cpu: Sequence[Datapoint] = ()
    activities: Sequence[Activity] = ()

    @property
    def at_minimum(self) -> bool:
        """Whether the newest sample shows the minimum, desired and running."""
        return bool(self.samples) and self.minimum == self.samples[-1].desired == self.samples[-1].running


@dataclass(frozen=True)
class Timeline:
    """Samples, datapoints and activities that the observer saw.

    Attributes:
        time: Relation of AWS time to real time.
        started_at: Real instant of the first sample.
        ended_at: Real instant of the last sample.
        api: The service behind the load balancer.
        sender: The service behind the queue.
        queue: Depth of the queue.
        starved_minutes: AWS minutes in which the host starved the stage, by the stage's own account.
        metric_delay_minutes: Minutes by which a datapoint may come late to whoever evaluates it.
        errors: Sentences on samples that could not be taken.
    """

    time: AwsTime
    started_at: float
    ended_at: float
    api: ServiceTimeline
    sender: ServiceTimeline
    queue: Sequence[QueueSample] = ()
    starved_minutes: Sequence[datetime] = ()
    metric_delay_minutes: int = 1
    errors: Sequence[str] = ()

    @property
    def services(self) -> tuple[ServiceTimeline, ServiceTimeline]:
        """Both services."""
        return (self.api, self.sender)

    @property
    def minutes(self) -> float:
        """Length in AWS minutes."""
        return (self.ended_at - self.started_at) / self.time.minute_seconds


@dataclass(frozen=True)
class Request:
    """One request as the client saw it.

    Attributes:
        started_at: Real instant at which it was sent.
        finished_at: Real instant at which its answer was complete or given up.
        status: HTTP status; 0 without an answer.
        id: Notification id that an accepted request was given.
        error: What went wrong, in the client's words; empty if nothing did.
    """

    started_at: float
    finished_at: float
    status: int
    id: str = ""
    error: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the service promised delivery."""
        return self.status == ACCEPTED and self.id != ""

    def open_between(self, start: float, end: float) -> bool:
        """Whether the request was under way at any instant from `start` to `end`."""
        return self.started_at <= end and self.finished_at >= start


@dataclass(frozen=True)
class Generator:
    """Punctuality of the load generator.

    Attributes:
        sent: Requests that were begun.
        missed: Turns that passed unused, because the user's last answer was still awaited.
        worst_lag: Maximum real time by which the generator's own timer came late.
    """

    sent: int
    missed: int
    worst_lag: float


@dataclass(frozen=True)
class Mail:
    """A mail that reached the SMTP server."""

    received_at: float
    notification_id: str


@dataclass(frozen=True)
class Held:
    """A notification of which the system itself says that nobody knows whether its mail was sent.

    Attributes:
        notification_id: Its id.
        attempt_at: Real instant at which the attempt that nobody ended was begun.
    """

    notification_id: str
    attempt_at: float


@dataclass(frozen=True)
class Fault:
    """A task that was taken away on purpose.

    Attributes:
        kind: Through the public API, or a SIGKILL to its process.
        service: Name of its service.
        task_arn: The task.
        began_at: Real instant just before.
        done_at: Real instant just after.
        replaced_at: Real instant at which its service was whole again; None if it never was.
        replacements: Tasks that run now and did not before.
    """

    kind: Literal["ecs.stop_task", "SIGKILL"]
    service: str
    task_arn: str
    began_at: float
    done_at: float
    replaced_at: float | None = None
    replacements: Sequence[str] = ()


@dataclass(frozen=True)
class Mark:
    """A real instant worth seeing on a chart, and what happened then."""

    at: float
    label: str


@dataclass(frozen=True)
class ScenarioRecord:
    """Record of a scenario, from which a verdict is made.

    Attributes:
        timeline: What AWS said.
        requests: What clients saw, in the order of their answers.
        mails: What was delivered; None where nobody can look into the mailbox.
        generator: How the load generator did.
        faults: What was done to the system, in order.
        wanted_faults: Kind and service of each fault that should be done.
        marks: Instants at which the load changed.
        high_load: Real instants at which the high plateau began and ended.
        dead_letters: Messages in the dead-letter queue at the end.
        held: Accepted notifications without a mail whose outcome the ledger calls unknown.
        max_in_flight: Mails that a task of the sender sends at once, at most.
        task_budget_seconds: Real seconds within which a task must be started and healthy, or stopped.
        slowness: Real time that a process takes for its work here, as a multiple of what it takes on
            the machine that the rules' figures were chosen on.
    """

    timeline: Timeline
    requests: Sequence[Request]
    mails: Sequence[Mail] | None
    generator: Generator
    faults: Sequence[Fault] = ()
    wanted_faults: Sequence[tuple[str, str]] = ()
    marks: Sequence[Mark] = ()
    high_load: tuple[float, float] = (0.0, 0.0)
    dead_letters: int = 0
    held: Sequence[Held] = ()
    max_in_flight: int = 0
    task_budget_seconds: float = 0.0
    slowness: float = 1.0
