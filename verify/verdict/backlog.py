"""Whether a backlog scales the service behind the queue, as far as its arithmetic says, and drains."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.timeline import Policy, ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.steps import Step, chain, policy_steps
from verify.verdict.target_tracking import (
    CPU_METRIC,
    SCALE_OUT_DATAPOINTS,
    TARGET_PERCENT,
    minutes_standing,
)

BURST = "notifications at once"
"""Label of the mark at the instant at which they are asked for."""
DRAINED = "queue empty"
"""Label of the mark at the instant at which the queue is empty again."""
# AWS minutes: three datapoints and their delay, a start, and what four tasks do with 10,000 mails.
DRAIN_MINUTES = 30.0
# Rounds of metric math: the queue's depth is read at another moment than ours.
_DEPTH_MINUTES = 4


def burst_accepted(record: ScenarioRecord) -> Check:
    """As many as were asked for at once are accepted, be it after a wait that the API asked for."""
    batched = {
        trace for trace, count in Counter(one.trace_id for one in record.requests).items() if count > 1
    }
    burst = [request for request in record.requests if request.trace_id in batched]
    accepted = sum(request.accepted for request in burst)
    refused = Counter(request.status for request in burst if not request.accepted)
    told = ", ".join(f"{count} x {status}" for status, count in sorted(refused.items()))
    wanted = record.asked_at_once
    return judged(
        "burst_accepted",
        f"{wanted} notifications that are asked for at once are accepted, some when they are asked for again",
        f"{accepted} accepted" + (f", {told} before" if told else ""),
        [f"only {accepted} were accepted"] if accepted < wanted or not wanted else [],
    )


def sender_followed_backlog(record: ScenarioRecord) -> Check:
    """The service behind the queue grows, by the policy on its backlog."""
    sender = record.timeline.sender
    policies = _backlog_policies(sender)
    steps = [step for step in _backlog_steps(sender) if step.out]
    problems = [] if policies else ["it has no policy on its backlog"]
    if policies and not steps:
        problems.append("no scale-out names it")
    return judged(
        "sender_followed_backlog",
        f"{sender.name} is scaled out by its policy on the backlog of a task",
        f"{sender.name} {chain(sender)}, {len(steps)} of them for its backlog",
        problems,
        basis=Basis.DECISIONS,
    )


def backlog_steps(record: ScenarioRecord) -> Check:
    """Each of those steps goes to ⌈messages / messages a task⌉, clamped to what is registered."""
    timeline = record.timeline
    steps = [step for step in _backlog_steps(timeline.sender) if step.out]
    return judged(
        "backlog_steps",
        "each scale-out for the backlog goes to ⌈waiting messages / target⌉ tasks, within the bounds",
        ", ".join(map(str, steps)) or "none",
        _wrong(timeline, steps),
        basis=Basis.DECISIONS,
    )


def cpu_alone_would_not_scale(record: ScenarioRecord) -> Check:
    """The service's CPU never stands over the target: without the other policy it would not have grown."""
    cpu = record.timeline.sender.cpu
    standing = minutes_standing(cpu, SCALE_OUT_DATAPOINTS, lambda percent: percent > TARGET_PERCENT)
    return judged(
        "cpu_alone_would_not_scale",
        f"{record.timeline.sender.name}'s CPU never stands over {TARGET_PERCENT:g} %, while its queue grows",
        f"highest {max((point.value for point in cpu), default=0.0):.0f} %",
        [f"it stood over it for {standing} minutes"] if standing else [],
        basis=Basis.CPU,
    )


def backlog_drained(record: ScenarioRecord) -> Check:
    """The queue is empty again in its time."""
    timeline = record.timeline
    begun = [mark.at for mark in record.marks if mark.label == BURST]
    ended = [mark.at for mark in record.marks if mark.label == DRAINED]
    depth = max((sample.visible for sample in timeline.queue), default=0)
    minutes = (ended[0] - begun[0]) / timeline.time.minute_seconds if begun and ended else None
    problems = [] if begun else ["no notifications were asked for at once"]
    if begun and minutes is None:
        problems.append("the queue was never empty again")
    if minutes is not None and minutes > DRAIN_MINUTES:
        problems.append(f"only after {minutes:.0f} minutes")
    return judged(
        "backlog_drained",
        f"the queue is empty again {DRAIN_MINUTES:.0f} minutes after they were asked for",
        f"at most {depth} waited, empty after {'never' if minutes is None else f'{minutes:.0f} minutes'}",
        problems,
    )


def _backlog_policies(service: ServiceTimeline) -> Sequence[Policy]:
    return [policy for policy in service.policies if policy.metric != CPU_METRIC]


def _backlog_steps(service: ServiceTimeline) -> Sequence[Step]:
    names = tuple(f"triggered policy {policy.name}" for policy in _backlog_policies(service))
    return [step for step in policy_steps(service) if names and step.activity.cause.endswith(names)]


def _wrong(timeline: Timeline, steps: Sequence[Step]) -> Iterator[str]:
    sender = timeline.sender
    target = max((policy.target for policy in _backlog_policies(sender)), default=1.0)
    for step in steps:
        decided = timeline.time.unix(step.activity.started_at)
        since = timeline.time.unix(step.activity.started_at - MINUTE * _DEPTH_MINUTES)
        depths = [sample.visible for sample in timeline.queue if since <= sample.at <= decided]
        if not depths:
            yield f"{step}, and nobody knows how many messages waited"
            continue
        low, high = (
            max(sender.minimum, min(sender.maximum, math.ceil(depth / target)))
            for depth in (min(depths), max(depths))
        )
        if not low <= step.after <= high:
            yield f"{step}, but {min(depths)} to {max(depths)} messages ask for {low} to {high}"
