"""Timeline of a run under load, as plain facts: no clients, no judgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verify.aws_time import AwsTime


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
        scale_in_cooldown: AWS seconds.
    """

    name: str
    metric: str
    target: float
    scale_out_cooldown: float = 300.0
    scale_in_cooldown: float = 300.0


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
class AlarmChange:
    """A CloudWatch alarm that went from one state to another.

    Attributes:
        at: AWS time.
        alarm: Name of the alarm, without the system's prefix.
        state: State that it has since: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        reason: CloudWatch's sentence on why.
    """

    at: datetime
    alarm: str
    state: str
    reason: str = ""


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
        alarms: Changes of state of the system's own alarms, oldest first; those of target tracking are not
            among them.
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
    alarms: Sequence[AlarmChange] = ()
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
