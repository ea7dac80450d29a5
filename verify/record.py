"""Record of a scenario, as plain facts: what clients, tasks and mailboxes saw, and what was done to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from verify.released import CanarySample, DriftCheck, Released
from verify.rights.observed import Decision
from verify.timeline import Datapoint, Timeline

ACCEPTED = 202
"""HTTP status by which the service promises delivery."""


@dataclass(frozen=True)
class Request:
    """One request as the client saw it.

    Attributes:
        started_at: Real instant at which it was sent.
        finished_at: Real instant at which its answer was complete or given up.
        status: HTTP status; 0 without an answer.
        id: Notification id that an accepted request was given.
        error: What went wrong, in the client's words; empty if nothing did.
        recipient: Address that the mail is for.
        digest: SHA-256 of subject and body as the client sent them (`verify.content.digest`).
        trace_id: Trace id that the client gave it, by which the tasks' logs know it too.
        client: Client id of the key that it was sent with.
        media_type: Of the answer's content; empty for an accepted request, of which nobody needs it.
        retry_after: Header of the answer by that name; empty if it has none.
    """

    started_at: float
    finished_at: float
    status: int
    id: str = ""
    error: str = ""
    recipient: str = ""
    digest: str = ""
    trace_id: str = ""
    client: str = ""
    media_type: str = ""
    retry_after: str = ""

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
    """A mail that reached the SMTP server.

    Attributes:
        received_at: Real instant.
        notification_id: Header X-Notification-Id.
        recipient: The envelope's.
        digest: SHA-256 of subject and body as they arrived (`verify.content.digest`).
    """

    received_at: float
    notification_id: str
    recipient: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Handled:
    """A request as it was sent to a task of the API; one that was repeated is several of these.

    Attributes:
        at: Real instant.
        task_arn: The task, or the address that it listened on.
        trace_id: Trace id of the request.
        status: HTTP status that the task answered; 0 if its log does not say.
    """

    at: float
    task_arn: str
    trace_id: str
    status: int = 0


@dataclass(frozen=True)
class ProcessCpu:
    """CPU time of a task whose quota applies, by the kernel's clocks of its processes alone.

    Attributes:
        at: Real instant of the reading.
        service: Name of the task's service.
        task_arn: The task.
        seconds: CPU seconds since its processes began.
        allowed: CPU seconds a real second that its quota lets it have.
        spread: Real seconds that the reading took from `at` on: the clocks said so at some instant of them.
    """

    at: float
    service: str
    task_arn: str
    seconds: float
    allowed: float
    spread: float = 0.0


@dataclass(frozen=True)
class IdleConnection:
    """A connection to a task of the API over which nothing was sent after its first answer.

    Attributes:
        address: Where the task listens.
        seconds: Real seconds that it was idle, until it was closed or last looked at.
        ended: Whether the task closed it, and went on listening.
    """

    address: str
    seconds: float
    ended: bool


@dataclass(frozen=True)
class Resources:
    """Memory, files and connections that the processes of a task hold at one instant.

    Attributes:
        at: Real instant.
        service: Name of the task's service.
        task_arn: The task.
        memory_bytes: Proportional set size.
        descriptors: Open file descriptors.
        connections: TCP connections, in whichever state.
    """

    at: float
    service: str
    task_arn: str
    memory_bytes: int
    descriptors: int
    connections: int


@dataclass(frozen=True)
class Disturbance:
    """A dependency that was made slow, faulty or unreachable on purpose.

    Attributes:
        dependency: As in `verify.toxics.DEPENDENCIES`.
        toxic: Type of the toxic, as in `verify.toxics`.
        settings: Its attributes, such as latency in milliseconds.
        began_at: Real instant.
        ended_at: Real instant; None if it was never taken away.
    """

    dependency: str
    toxic: str
    began_at: float
    ended_at: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Calls:
    """Calls of a dependency by the tasks within one second; of the relay, connections that were opened.

    Attributes:
        dependency: As in `verify.toxics.DEPENDENCIES`.
        second: Real instant at which the second begins.
        count: So many.
    """

    dependency: str
    second: int
    count: int


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
class Tried:
    """How often it was tried to send a notification, as the ledger says.

    Attributes:
        notification_id: Its id.
        state: As in the ledger, such as `sent`.
        attempts: Number of the last attempt, from 1.
        failures: Attempts that count against it: so many are allowed, and an outage is none.
        refusals: Times that it alone was refused as if no mail were taken.
    """

    notification_id: str
    state: str
    attempts: int
    failures: int = 0
    refusals: int = 0


FaultKind = Literal["ecs.stop_task", "SIGKILL", "SIGSTOP", "out of memory", "Spot interruption"]


@dataclass(frozen=True)
class Fault:
    """A task that was taken away on purpose.

    Attributes:
        kind: How: through the public API, or by a signal to its process.
        service: Name of its service.
        task_arn: The task.
        began_at: Real instant just before.
        done_at: Real instant just after.
        replaced_at: Real instant at which its service was whole again; None if it never was.
        replacements: Tasks that run now and did not before.
    """

    kind: FaultKind
    service: str
    task_arn: str
    began_at: float
    done_at: float
    replaced_at: float | None = None
    replacements: Sequence[str] = ()


@dataclass(frozen=True)
class Declared:
    """Scaling that a service is meant to have, by `terraform/variables-services.tf` and no registration.

    Attributes:
        minimum: Tasks that always run.
        maximum: Tasks that may run.
        scale_out_cooldown: AWS seconds.
        scale_in_cooldown: AWS seconds.
    """

    minimum: int
    maximum: int
    scale_out_cooldown: float = 60.0
    scale_in_cooldown: float = 300.0


DECLARED = (Declared(minimum=2, maximum=8), Declared(minimum=1, maximum=4))
"""The defaults of the Notification API and of the Email Sender."""


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
        bursts: Real instants between which the limited client was noisy.
        burst_rate: Requests a second that it then made.
        limited_rate: Requests a second that it may make at each task.
        asked_at_once: Notifications that were to be accepted in batches, beside the load.
        disturbances: What was done to dependencies, in order.
        calls: Calls of dependencies by the tasks, second by second; None where nobody counts them.
        marks: Instants at which the load changed.
        baseline: Real instants at which the load at rest began and ended.
        plateaus: Real instants at which each stretch of constant load began and ended, where it has several.
        high_load: Real instants at which the high plateau began, and ended or had its first fault.
        dead_letters: Messages that came into the dead-letter queue, and are left there.
        tried: Attempts at accepted notifications, of which the ledger was asked; empty if it was not.
        held: Accepted notifications without a mail whose outcome the ledger calls unknown.
        held_letters: Dead letters of mails whose outcome is unknown, which an operator has dealt with.
        max_in_flight: Mails that a task of the sender sends at once, at most.
        task_budget_seconds: Real seconds within which a task must be started and healthy, or stopped.
        handled: Requests as they were sent to the API's tasks; None where nobody can see that.
        process_cpu: CPU time of tasks by the kernel's clocks, oldest first; None where nobody can read them.
        idle_connections: Idle connections to the API's tasks; None where nobody can reach them.
        idle_timeout_seconds: Real seconds after which the load balancer closes an idle connection itself.
        resources: What the tasks' processes held, sample by sample.
        wanted_alarms: Names of the alarms, without the system's prefix, that have to go off, in order.
        unordered_alarms: Names of those among them, one after the other, whose order is of no matter.
        possible_alarms: Names of those that may go off as well, and then have to come back.
        fine_cpu: CPU of the API in datapoints of twenty seconds, where its policy tracks those.
        refused: Decisions on calls of roles that were refused, with how often; None where nobody sees them.
        planned_changes: Addresses that a plan would change while more tasks were desired than the minimum;
            None where no plan was made.
        releases: Releases, in order.
        drift: Looks at what differs from what is declared, in order: the last one after the releases.
        wanted_drift_checks: Looks that were to be made while releases and scaling go on.
        canary: What was seen of the canary meanwhile, oldest first.
        declared: Scaling that the API and the sender are meant to have.
        slowness: Real time that a process takes for its work here, as a multiple of what it takes on
            the machine that the rules' figures were chosen on.
    """

    timeline: Timeline
    requests: Sequence[Request]
    mails: Sequence[Mail] | None
    generator: Generator
    faults: Sequence[Fault] = ()
    wanted_faults: Sequence[tuple[str, str]] = ()
    bursts: Sequence[tuple[float, float]] = ()
    burst_rate: float = 0.0
    limited_rate: float = 0.0
    asked_at_once: int = 0
    disturbances: Sequence[Disturbance] = ()
    calls: Sequence[Calls] | None = None
    marks: Sequence[Mark] = ()
    baseline: tuple[float, float] = (0.0, 0.0)
    plateaus: Sequence[tuple[float, float]] = ()
    high_load: tuple[float, float] = (0.0, 0.0)
    dead_letters: int = 0
    tried: Sequence[Tried] = ()
    held: Sequence[Held] = ()
    held_letters: int = 0
    max_in_flight: int = 0
    task_budget_seconds: float = 0.0
    handled: Sequence[Handled] | None = None
    process_cpu: Sequence[ProcessCpu] | None = None
    idle_connections: Sequence[IdleConnection] | None = None
    idle_timeout_seconds: float = 60.0
    resources: Sequence[Resources] = ()
    wanted_alarms: Sequence[str] = ()
    unordered_alarms: Sequence[str] = ()
    possible_alarms: Sequence[str] = ()
    fine_cpu: Sequence[Datapoint] = ()
    refused: Sequence[Decision] | None = None
    planned_changes: Sequence[str] | None = None
    releases: Sequence[Released] = ()
    drift: Sequence[DriftCheck] = ()
    wanted_drift_checks: int = 0
    canary: Sequence[CanarySample] = ()
    declared: tuple[Declared, Declared] = DECLARED
    slowness: float = 1.0
