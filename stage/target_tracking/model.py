"""Data of target tracking: scalable targets as they are read, what decides about them, the decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from stage.clock import MINUTE

DIMENSION = "ecs:service:DesiredCount"
"""Scalable dimension of ECS services: what target tracking changes here."""


@dataclass(frozen=True)
class Datapoint:
    """One closed period of a metric.

    Attributes:
        minute: Start of the period, AWS time.
        value: The statistic that the policy tracks, in the metric's unit.
    """

    minute: datetime
    value: float


@dataclass(frozen=True)
class Policy:
    """A target tracking scaling policy.

    The defaults are those of ECS services
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).

    Attributes:
        name: Policy name, unique within its scalable target.
        target: Value to keep the metric at, in the metric's unit.
        scale_out_cooldown: Seconds to wait for a scale-out to take effect.
        scale_in_cooldown: Seconds after a scale-in before the next may start.
        disable_scale_in: The policy never removes capacity.
        alarm_high: Name of the CloudWatch alarm that asks for more capacity.
        alarm_low: Name of the CloudWatch alarm that asks for less.
    """

    name: str
    target: float
    scale_out_cooldown: float = 300.0
    scale_in_cooldown: float = 300.0
    disable_scale_in: bool = False
    alarm_high: str = ""
    alarm_low: str = ""


@dataclass(frozen=True)
class Bounds:
    """Minimum and maximum capacity of a scalable target, in tasks."""

    minimum: int
    maximum: int

    def clamp(self, capacity: int) -> int:
        """The capacity nearest to `capacity` that the bounds allow."""
        return max(self.minimum, min(self.maximum, capacity))


@dataclass(frozen=True)
class Suspended:
    """Which scaling a scalable target's `SuspendedState` holds back."""

    scale_out: bool = False
    scale_in: bool = False


@dataclass(frozen=True)
class Metric:
    """Metric that a policy tracks.

    Attributes:
        queries: What GetMetricData is asked; one of them returns data.
        period: Length of its datapoints.
    """

    queries: tuple[Mapping[str, Any], ...]
    period: timedelta = MINUTE


@dataclass(frozen=True)
class TrackedPolicy:
    """A policy with the metric that it tracks."""

    policy: Policy
    metric: Metric


@dataclass(frozen=True)
class ScalableTarget:
    """An ECS service that Application Auto Scaling may scale.

    Attributes:
        resource_id: `service/CLUSTER/SERVICE`.
        policies: What the stage can evaluate.
        unsupported: One sentence for each policy that it cannot.
    """

    resource_id: str
    cluster: str
    service: str
    bounds: Bounds
    suspended: Suspended
    policies: tuple[TrackedPolicy, ...]
    unsupported: tuple[str, ...]

    @property
    def alarms(self) -> frozenset[str]:
        """Names of its policies' alarms."""
        policies = (tracked.policy for tracked in self.policies)
        return frozenset(
            name for policy in policies for name in (policy.alarm_high, policy.alarm_low) if name
        )


@dataclass(frozen=True)
class TaskCounts:
    """Tasks of an ECS service, and whether it is being deployed."""

    desired: int
    running: int
    deploying: bool


@dataclass(frozen=True)
class Activity:
    """A scaling activity as far as later decisions depend on it.

    Attributes:
        kind: Whether it added or removed capacity.
        before: Capacity that it found.
        after: Capacity that it set.
        ended_at: When ECS had fulfilled it; None while it is in progress.
        cooldown: Seconds of cooldown that start at `ended_at`; None if no policy scaled: a cooldown
            applies to what policies do.
    """

    kind: Literal["out", "in"]
    before: int
    after: int
    ended_at: datetime | None
    cooldown: float | None

    def cooling(self, now: datetime) -> bool:
        """Whether the cooldown that this activity started is still in effect."""
        if self.cooldown is None:
            return False
        return self.ended_at is None or now < self.ended_at + timedelta(seconds=self.cooldown)


@dataclass(frozen=True)
class ScalingInput:
    """Input of a decision about one scalable target.

    Attributes:
        policies: The target's policies, each tracking its own metric.
        datapoints: Datapoints of closed periods by policy name, in any order.
        triggered: Names of the alarms that were found in ALARM just now.
        in_alarm: Names of all alarms that are in ALARM.
        capacity: Desired count now.
        running: Tasks that run now.
        bounds: The scalable target's minimum and maximum.
        activities: Earlier scaling activities, oldest first.
        now: AWS time of the evaluation.
        deployment_in_progress: Whether ECS is deploying the service.
        suspended: The scalable target's suspended state.
    """

    policies: Sequence[Policy]
    datapoints: Mapping[str, Sequence[Datapoint]]
    triggered: Collection[str]
    in_alarm: Collection[str]
    capacity: int
    running: int
    bounds: Bounds
    activities: Sequence[Activity]
    now: datetime
    deployment_in_progress: bool = False
    suspended: Suspended = Suspended()

    def newest(self, policy: Policy) -> Datapoint | None:
        """The newest datapoint of the metric that a policy tracks; None if there is none."""
        return max(self.datapoints.get(policy.name, ()), key=lambda point: point.minute, default=None)


@dataclass(frozen=True)
class Decision:
    """Decision about the capacity of a scalable target.

    Attributes:
        kind: Scale out, scale in, or leave it.
        capacity: Desired count after the decision.
        cause: For a scaling, the `Cause` of its activity; for none, why nothing is done.
        cooldown: Seconds of cooldown that the scaling starts; None if no policy asked for it.
    """

    kind: Literal["out", "in", "none"]
    capacity: int
    cause: str
    cooldown: float | None = None
