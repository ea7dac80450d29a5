"""Whether a step follows its alarm at once, and not only rightly."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.steps import Step, chain, policy_steps
from verify.verdict.target_tracking import (
    CPU_METRIC,
    SCALE_IN_DATAPOINTS,
    SCALE_OUT_DATAPOINTS,
    below_scale_in,
    look,
    over_target,
    tasks_asked_for,
)

# From the end of the minute with which an alarm stands to the step: AWS evaluates once a minute, and does not
# promise when within it.
STEP_MINUTES = 3
# By so much later than usual may a starved host evaluate an alarm.
STARVED_DELAY_MINUTES = 5


def steps_in_time(record: ScenarioRecord) -> Check:
    """No alarm stands for long without the step that it asks for."""
    timeline = record.timeline
    patience = STEP_MINUTES + timeline.metric_delay_minutes
    ignored = _all_ignored(timeline, patience + STARVED_DELAY_MINUTES)
    return judged(
        "steps_in_time",
        f"a step follows within {patience} minutes of the minute with which its alarm stands",
        f"{sum(len(policy_steps(service)) for service in timeline.services)} steps",
        ignored,
        basis=Basis.DECISIONS,
        late=[] if ignored else _all_ignored(timeline, patience),
    )


def sender_scaled(record: ScenarioRecord) -> Check:
    """The service behind the queue grows too, when the load rises."""
    sender = record.timeline.sender
    return judged(
        "sender_scaled",
        f"{sender.name} scales out under load as well",
        f"{sender.name} {chain(sender)}",
        [] if any(step.out for step in policy_steps(sender)) else ["it was never scaled out"],
        basis=Basis.CPU,
    )


def _all_ignored(timeline: Timeline, patience: int) -> Sequence[str]:
    return [
        problem
        for service in timeline.services
        for out in (True, False)
        for problem in _ignored(timeline, service, patience, out=out)
    ]


def _ignored(timeline: Timeline, service: ServiceTimeline, patience: int, *, out: bool) -> Iterator[str]:
    """Alarms on CPU that stood for so many minutes without a step, unless something held it back."""
    if not out and any(policy.metric != CPU_METRIC for policy in service.policies):
        # A scale-in needs every policy, and of another one's metric nothing is known here.
        return
    breaches, needed = (over_target, SCALE_OUT_DATAPOINTS) if out else (below_scale_in, SCALE_IN_DATAPOINTS)
    stood = _standing(service, needed, breaches)
    found = [step for step in policy_steps(service) if step.out == out]
    for end in stood:
        since = end - MINUTE * patience
        whole = all(since + MINUTE * number in stood for number in range(patience))
        if whole and not _held_back(timeline, service, found, since, end, out=out):
            name = "over its target" if out else "below 90 % of its target"
            yield f"{service.name} stood {name} from {since:%H:%M} and was not scaled by {end:%H:%M}"
            return


def _standing(service: ServiceTimeline, needed: int, breaches: Callable[[float], bool]) -> Sequence[datetime]:
    """Ends of the minutes, each with a datapoint, with which an alarm stands."""
    return [
        point.minute + MINUTE
        for point in service.cpu
        if look(service.cpu, point.minute, needed).stands(breaches)
    ]


def _held_back(  # noqa: PLR0913 - each is another part of one question
    timeline: Timeline,
    service: ServiceTimeline,
    found: Sequence[Step],
    since: datetime,
    end: datetime,
    *,
    out: bool,
) -> bool:
    """Whether a step came in this time, was not due, or had to wait."""
    samples = [
        sample for sample in service.samples if since - MINUTE <= timeline.time.at(sample.at) <= end + MINUTE
    ]
    if not samples or any(sample.running != sample.desired for sample in samples):
        return True
    bound = service.maximum if out else service.minimum
    if any(sample.desired == bound for sample in samples):
        return True
    cooldown = max(
        ((one.scale_out_cooldown if out else one.scale_in_cooldown) for one in service.policies), default=0.0
    )
    for step in found:
        over = (step.activity.ended_at or step.activity.started_at) + timedelta(seconds=cooldown)
        if step.activity.started_at <= end and over >= since - MINUTE:
            return True
    # Fewer would be too few for the busiest minute there was.
    highest = max(
        (point.value for point in service.cpu if since - MINUTE * SCALE_IN_DATAPOINTS <= point.minute < end),
        default=0.0,
    )
    return not out and tasks_asked_for(samples[0].running, highest) >= samples[0].desired
