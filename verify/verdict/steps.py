"""Scaling activities as steps from one desired count to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from verify.timeline import Activity, ServiceTimeline
from verify.verdict.target_tracking import CPU_METRIC


@dataclass(frozen=True)
class Step:
    """One change of the desired count by Application Auto Scaling."""

    service: ServiceTimeline
    activity: Activity
    before: int
    base: int

    @property
    def after(self) -> int:
        """Desired count that it set."""
        return self.activity.desired

    @property
    def out(self) -> bool:
        """Whether it added tasks."""
        return self.after > self.before

    def __str__(self) -> str:
        """Text for a person: service, old and new count, and time."""
        return f"{self.service.name} {self.before}→{self.after} at {self.activity.started_at:%H:%M:%S}"


def cpu_steps(service: ServiceTimeline) -> Sequence[Step]:
    """The steps that a policy on CPU is answerable for: all but those that another policy caused."""
    others = [policy.name for policy in service.policies if policy.metric != CPU_METRIC]
    return [step for step in policy_steps(service) if not any(_caused(step, name) for name in others)]


def policy_steps(service: ServiceTimeline) -> Sequence[Step]:
    """The steps that a policy is answerable for: all but those to a bound that was registered."""
    return [step for step in steps(service) if not _to_bound(step)]


def steps(service: ServiceTimeline) -> Sequence[Step]:
    """All steps of a service, oldest first."""
    found: list[Step] = []
    before = service.samples[0].desired
    for activity in service.activities:
        if activity.desired != before:
            found.append(Step(service, activity, before, _base(service, activity, before, found)))
        before = activity.desired
    return found


def chain(service: ServiceTimeline) -> str:
    """All desired counts in order, such as 2→4→6→2."""
    counts = [service.samples[0].desired, *(activity.desired for activity in service.activities)]
    return "→".join(str(count) for count in counts)


def _caused(step: Step, policy: str) -> bool:
    """Whether AWS's sentence on the step ends with that policy; its alarm may have another's name in it."""
    return step.activity.cause.endswith(f"triggered policy {policy}")


def _to_bound(step: Step) -> bool:
    """Whether registering the bounds, rather than an alarm, took the step to one of them.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
    """
    service = step.service
    return step.activity.cause in {
        f"{bound} capacity was set to {step.after}"
        for bound, count in (("minimum", service.minimum), ("maximum", service.maximum))
        if step.after == count
    }


def _base(service: ServiceTimeline, activity: Activity, before: int, earlier: Sequence[Step]) -> int:
    """Capacity that the step's arithmetic starts from.

    What a scale-out added is not counted again while its cooldown lasts: the next step starts from
    the capacity that the cooling one found
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
    """
    cooldown = timedelta(seconds=max((policy.scale_out_cooldown for policy in service.policies), default=0.0))
    cooling = [
        step.before
        for step in earlier
        if step.out
        and not _to_bound(step)
        and (step.activity.ended_at is None or activity.started_at < step.activity.ended_at + cooldown)
    ]
    return min([before, *cooling])
