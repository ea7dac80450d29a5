"""Decides when and how far target tracking scales an ECS service."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stage.target_tracking.model import Bounds, Decision, Policy, ScalingInput

# Binary fractions must not buy a task: 3 x 70.0 / 70.0 may come out a hair above 3.
_ROUNDING_DIGITS = 6
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
_HELD_BY_DEPLOYMENT = "scale-in is off while a deployment is in progress"


@dataclass(frozen=True)
class _Proposal:
    policy: Policy
    capacity: int


def into_bounds(capacity: int, bounds: Bounds, *, deploying: bool) -> Decision:
    """Bring capacity between bounds that were registered or changed just now.

    Registering a scalable target changes the capacity to a value inside of its range, and a changed
    minimum or maximum starts a scaling activity of its own. After that, a capacity that somebody sets
    outside of the bounds stays there until an alarm scales
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html,
    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html).
    """
    if capacity < bounds.minimum:
        return Decision("out", bounds.minimum, f"minimum capacity was set to {bounds.minimum}")
    if capacity <= bounds.maximum:
        return Decision("none", capacity, "within the bounds")
    if deploying:
        return Decision("none", capacity, _HELD_BY_DEPLOYMENT)
    return Decision("in", bounds.maximum, f"maximum capacity was set to {bounds.maximum}")


def decide(scaling_input: ScalingInput) -> Decision:
    """Decide whether a scalable target scales out, in or not at all, as its alarms trigger its policies.

    Several policies: out as soon as one wants out, in only when all that may scale in want in, and
    the largest capacity wins either way
    (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).

    A capacity outside of the bounds: below the minimum, a scale-out goes at least to the minimum and a
    scale-in does nothing; above the maximum, a scale-in goes at most to the maximum and a scale-out
    does nothing (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html).
    """
    triggered, in_alarm = scaling_input.triggered, scaling_input.in_alarm
    wanting_out = [policy for policy in scaling_input.policies if policy.alarm_high in triggered]
    if wanting_out:
        return _scale_out(scaling_input, wanting_out)
    enabled = [policy for policy in scaling_input.policies if not policy.disable_scale_in]
    if any(p.alarm_low in triggered for p in enabled) and all(p.alarm_low in in_alarm for p in enabled):
        return _scale_in(scaling_input, enabled)
    return _none(scaling_input, "no policy asks for more tasks, and not all that may scale in ask for fewer")


def _scale_out(scaling_input: ScalingInput, policies: Sequence[Policy]) -> Decision:
    """Add capacity in proportion to the metric, less what a cooldown counts as already added.

    The tasks that run are the starting point, not those that are desired
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html).
    While a scale-out's cooldown lasts, what it added is part of what the next one asks for: 2 added,
    3 asked for, 1 more
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html).
    So the proposal starts from the capacity that the cooling activities found, and only a larger one
    gets through.
    """
    if scaling_input.suspended.scale_out:
        return _none(scaling_input, "scale-out is suspended")
    cooling = [a.before for a in scaling_input.activities if a.kind == "out" and a.cooling(scaling_input.now)]
    best = _largest(scaling_input, policies, min([scaling_input.running, *cooling]))
    if best.capacity <= scaling_input.capacity:
        return _none(
            scaling_input, "scale-out cooldown" if cooling else "already at desired or maximum capacity"
        )
    cause = _cause(best.policy.alarm_high, best.policy)
    return Decision("out", best.capacity, cause, best.policy.scale_out_cooldown)


def _scale_in(scaling_input: ScalingInput, policies: Sequence[Policy]) -> Decision:
    """Remove what is surplus at the target, rounding down what is removed."""
    if scaling_input.suspended.scale_in:
        return _none(scaling_input, "scale-in is suspended")
    if scaling_input.deployment_in_progress:
        return _none(scaling_input, _HELD_BY_DEPLOYMENT)
    if _scale_in_cooling(scaling_input):
        return _none(scaling_input, "scale-in cooldown")
    best = _largest(scaling_input, policies, scaling_input.running)
    if best.capacity >= scaling_input.capacity:
        return _none(scaling_input, "fewer tasks would push the metric over the target, or under the minimum")
    cause = _cause(best.policy.alarm_low, best.policy)
    return Decision("in", best.capacity, cause, best.policy.scale_in_cooldown)


def _scale_in_cooling(scaling_input: ScalingInput) -> bool:
    """Whether a policy's last activity was a scale-in whose cooldown is in effect.

    A policy's scale-out during a scale-in cooldown ends it, and a scale-out's own cooldown holds back
    scale-outs alone
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
    """
    by_policies = [activity for activity in scaling_input.activities if activity.cooldown is not None]
    last = by_policies[-1] if by_policies else None
    return last is not None and last.kind == "in" and last.cooling(scaling_input.now)


def _largest(scaling_input: ScalingInput, policies: Sequence[Policy], base: int) -> _Proposal:
    """The proposal that leaves most capacity; the name decides between equals."""
    proposals = [
        _Proposal(policy, scaling_input.bounds.clamp(_needed(scaling_input, policy, base)))
        for policy in sorted(policies, key=lambda policy: policy.name)
    ]
    return max(proposals, key=lambda proposal: proposal.capacity)


def _needed(scaling_input: ScalingInput, policy: Policy, base: int) -> int:
    """Smallest capacity at which the metric of `base` tasks is at or below the target.

    The metric is the newest datapoint there is. Where the newest period is missing, that is an older
    one: the alarm judged it too, and no page of AWS's says which one sizes the step.
    Nothing grows in proportion to no task, so from there demand adds the least there is, one
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html).
    """
    newest = scaling_input.newest(policy)
    if newest is None:
        # An alarm in ALARM has a datapoint, unless somebody has set its state.
        raise ValueError(f"policy {policy.name} is in alarm without a datapoint")
    proportional = math.ceil(round(base * newest.value / policy.target, _ROUNDING_DIGITS))
    return max(proportional, 1) if newest.value > policy.target else proportional


def _cause(alarm: str, policy: Policy) -> str:
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy.name}"


def _none(scaling_input: ScalingInput, why: str) -> Decision:
    return Decision("none", scaling_input.capacity, why)
