"""Bounds and cooldowns: registered as the system is meant to have them, and kept."""

from collections.abc import Iterator
from datetime import timedelta

from verify.record import Declared, ScenarioRecord
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.steps import Step, cpu_steps, policy_steps
from verify.verdict.target_tracking import SCALE_OUT_DATAPOINTS, looks_before, tasks_asked_for

# An activity ends when somebody sees that ECS has fulfilled it, some seconds after it has.
_COOLDOWN_SLACK = timedelta(seconds=10)


def bounds_as_declared(record: ScenarioRecord) -> Check:
    """Bounds and cooldowns are registered as they are declared, for each policy."""
    wanted = list(zip(record.timeline.services, record.declared, strict=True))
    return judged(
        "bounds_as_declared",
        "registered are, as declared, "
        + " and ".join(
            f"{declared.minimum} to {declared.maximum} tasks with cooldowns of"
            f" {declared.scale_out_cooldown:.0f} s out and {declared.scale_in_cooldown:.0f} s in"
            for _, declared in wanted
        ),
        ", ".join(f"{service.name} {service.minimum} to {service.maximum}" for service, _ in wanted),
        (problem for service, declared in wanted for problem in _otherwise(service, declared)),
        basis=Basis.CONFIGURATION,
    )


def cooldowns_kept(record: ScenarioRecord) -> Check:
    """While a cooldown lasts, what it waits for is not asked for again.

    A scale-in waits until the cooldown of the one before is over. A scale-out need not wait, but what the one
    before has added is part of what it asks for
    (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
    """
    timeline = record.timeline
    early = [
        problem
        for service, declared in zip(timeline.services, record.declared, strict=True)
        for problem in (
            *_early_scale_ins(service, declared),
            *_outsized_scale_outs(timeline, service, declared),
        )
    ]
    count = sum(len(policy_steps(service)) for service in timeline.services)
    return judged(
        "cooldowns_kept",
        "no scale-in comes before the cooldown of the one before is over, and a scale-out counts what one"
        " that cools down has added",
        f"{count} steps",
        early,
        basis=Basis.DECISIONS,
    )


def running_within_desired(record: ScenarioRecord) -> Check:
    """No more tasks run than are desired, or were until a moment ago; never more than the maximum."""
    budget = record.task_budget_seconds
    return judged(
        "running_within_desired",
        f"no more tasks run than were desired within {budget:.0f} s before, but for replacements, and as many"
        " again in a deployment",
        ", ".join(
            f"{service.name} at most {max(sample.running for sample in service.samples)}"
            for service in record.timeline.services
        ),
        (problem for service in record.timeline.services for problem in _too_many(record, service)),
        basis=Basis.DECISIONS,
    )


def _otherwise(service: ServiceTimeline, declared: Declared) -> Iterator[str]:
    if (service.minimum, service.maximum) != (declared.minimum, declared.maximum):
        yield (
            f"{service.name} has {service.minimum} to {service.maximum} tasks,"
            f" not {declared.minimum} to {declared.maximum}"
        )
    for policy in service.policies:
        cooldowns = policy.scale_out_cooldown, policy.scale_in_cooldown
        if cooldowns != (declared.scale_out_cooldown, declared.scale_in_cooldown):
            yield f"{policy.name} has cooldowns of {cooldowns[0]:.0f} s out and {cooldowns[1]:.0f} s in"


def _early_scale_ins(service: ServiceTimeline, declared: Declared) -> Iterator[str]:
    before: Step | None = None
    for step in policy_steps(service):
        if before is not None and not before.out and not step.out and before.activity.ended_at is not None:
            over = before.activity.ended_at + timedelta(seconds=declared.scale_in_cooldown)
            if step.activity.started_at < over - _COOLDOWN_SLACK:
                waited = (step.activity.started_at - before.activity.ended_at).total_seconds()
                yield f"{step} only {waited:.0f} s after the scale-in before"
        before = step


def _outsized_scale_outs(timeline: Timeline, service: ServiceTimeline, declared: Declared) -> Iterator[str]:
    found = [step for step in cpu_steps(service) if step.out]
    cooldown = timedelta(seconds=declared.scale_out_cooldown) - _COOLDOWN_SLACK
    for number, step in enumerate(found):
        cooling = [
            earlier.before
            for earlier in found[:number]
            if earlier.activity.ended_at is None
            or step.activity.started_at < earlier.activity.ended_at + cooldown
        ]
        looks = looks_before(
            service.cpu, step.activity.started_at, SCALE_OUT_DATAPOINTS, timeline.metric_delay_minutes
        )
        highest = max((point.value for look in looks for point in look.points), default=0.0)
        if not cooling or not highest:
            continue
        asked = tasks_asked_for(min(cooling), highest)
        if step.after > max(asked, service.minimum):
            yield f"{step} while a scale-out from {min(cooling)} was cooling down, which asks for {asked}"


def _too_many(record: ScenarioRecord, service: ServiceTimeline) -> Iterator[str]:
    budget = record.task_budget_seconds
    end = record.timeline.ended_at
    for sample in service.samples:
        recent = [one.desired for one in service.samples if sample.at - budget <= one.at <= sample.at]
        # A task is replaced before it is stopped where that can be done.
        replaced = sum(
            fault.began_at <= sample.at <= (fault.replaced_at or end) + budget
            for fault in record.faults
            if fault.service == service.name
        )
        # A rolling deployment starts the new tasks before it stops the old ones: at most as many again
        # (maximumPercent 200, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html).
        deploying = any(one.began_at <= sample.at <= one.ended_at + budget for one in record.releases)
        allowed = min(max(recent), service.maximum) * (2 if deploying else 1) + replaced
        if sample.running > allowed:
            at = record.timeline.time.at(sample.at)
            yield f"{service.name} ran {sample.running} at {at:%H:%M:%S}, where {allowed} were allowed"
            return
