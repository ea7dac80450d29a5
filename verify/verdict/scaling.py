"""Whether the fleet was scaled when, and as far as, target tracking's arithmetic says."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.timeline import Datapoint, ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.promptness import STARVED_DELAY_MINUTES
from verify.verdict.steps import Step, chain, cpu_steps, policy_steps
from verify.verdict.target_tracking import (
    CPU_METRIC,
    SCALE_IN_BELOW_PERCENT,
    SCALE_IN_DATAPOINTS,
    SCALE_OUT_DATAPOINTS,
    TARGET_PERCENT,
    below_scale_in,
    capacity_for,
    looks_before,
    minutes_standing,
    over_target,
)


def policy_target(record: ScenarioRecord) -> Check:
    """Both services keep their average CPU at the target."""
    timeline = record.timeline
    targets = {
        service.name: [policy.target for policy in service.policies if policy.metric == CPU_METRIC]
        for service in timeline.services
    }
    return judged(
        "policy_target",
        f"each service has one target tracking policy on average CPU, at {TARGET_PERCENT:g} %",
        ", ".join(
            f"{name} {' and '.join(f'{value:g} %' for value in values) or 'none'}"
            for name, values in targets.items()
        ),
        (
            f"{name} has {' and '.join(f'{value:g} %' for value in values) or 'no such policy'}"
            for name, values in targets.items()
            if values != [TARGET_PERCENT]
        ),
        basis=Basis.CONFIGURATION,
    )


def load_drove_cpu(record: ScenarioRecord) -> Check:
    """The load was heavy enough to ask for a scale-out at all."""
    cpu = record.timeline.api.cpu
    standing = minutes_standing(cpu, SCALE_OUT_DATAPOINTS, over_target)
    return judged(
        "load_drove_cpu",
        f"load holds CPU over {TARGET_PERCENT:g} % for {SCALE_OUT_DATAPOINTS} datapoints or more",
        f"for {standing} minutes, highest {max((point.value for point in cpu), default=0.0):.0f} %",
        [] if standing else [f"never {SCALE_OUT_DATAPOINTS} datapoints over it"],
        basis=Basis.CPU,
    )


def scaled_out(record: ScenarioRecord) -> Check:
    """The fleet behind the load balancer grew at all."""
    timeline = record.timeline
    counts = [sample.desired for sample in timeline.api.samples]
    grown = [step for step in cpu_steps(timeline.api) if step.out]
    return judged(
        "scaled_out",
        "the policy raises the desired count under load",
        f"desired {counts[0]}→{max(counts)} in {len(grown)} steps",
        [] if grown else ["no scale-out was recorded"],
        basis=Basis.CPU,
    )


def scale_out_steps(record: ScenarioRecord) -> Check:
    """Every scale-out goes from ⌈base·lowest/target⌉ to ⌈current·highest/target⌉, clamped."""
    timeline = record.timeline
    found = [step for service in timeline.services for step in cpu_steps(service) if step.out]
    return judged(
        "scale_out_steps",
        f"each step follows {SCALE_OUT_DATAPOINTS} datapoints over {TARGET_PERCENT:g} %"
        f" and goes to ⌈desired x CPU / {TARGET_PERCENT:g}⌉",
        ", ".join(f"{service.name} {chain(service)}" for service in timeline.services),
        **_told(_wrong_scale_outs, found, timeline),
    )


def scale_in_steps(record: ScenarioRecord) -> Check:
    """Every scale-in has its datapoints and takes no task that the target still needs.

    Also one that another policy is named for: tasks are taken away only when every policy agrees, and
    no more of them than any policy allows
    (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
    """
    timeline = record.timeline
    found = [step for service in timeline.services for step in policy_steps(service) if not step.out]
    return judged(
        "scale_in_steps",
        f"each scale-in follows {SCALE_IN_DATAPOINTS} datapoints under {SCALE_IN_BELOW_PERCENT:g} %"
        " and leaves ⌈desired x CPU / target⌉ or more",
        ", ".join(map(str, found)) if found else "no scale-in",
        **_told(_wrong_scale_ins, found, timeline),
    )


def settled(record: ScenarioRecord) -> Check:
    """At the end of the high plateau the fleet carries the load at the target, or cannot grow."""
    timeline, load_dropped_at = record.timeline, record.high_load[1]
    api = timeline.api
    at_maximum = _desired_at(api, load_dropped_at) == api.maximum
    dropped = timeline.time.at(load_dropped_at)
    looks = looks_before(api.cpu, dropped, SCALE_OUT_DATAPOINTS, timeline.metric_delay_minutes + 1)
    calm = any(look.stands(lambda value: value <= TARGET_PERCENT) for look in looks)
    newest = _percents(looks[-1].points)
    return judged(
        "settled",
        f"under constant load the fleet comes to at most {TARGET_PERCENT:g} % CPU or to {api.maximum} tasks",
        f"desired {_desired_at(api, load_dropped_at)} of at most {api.maximum}, CPU {newest}",
        [] if at_maximum or calm else ["neither before the load dropped"],
        basis=Basis.CPU,
    )


def _told(
    wrong: Callable[[Sequence[Step], Timeline, int], Iterator[str]], found: Sequence[Step], timeline: Timeline
) -> dict[str, Any]:
    """Steps that no recorded datapoint explains, apart from those that only came late."""
    delay = timeline.metric_delay_minutes
    unexplained = list(wrong(found, timeline, delay + STARVED_DELAY_MINUTES))
    late = [] if unexplained else list(wrong(found, timeline, delay))
    return {"problems": unexplained, "basis": Basis.DECISIONS, "late": late}


def _wrong_scale_outs(found: Sequence[Step], timeline: Timeline, delay: int) -> Iterator[str]:
    for step in found:
        moment = step.activity.started_at
        looks = looks_before(step.service.cpu, moment, SCALE_OUT_DATAPOINTS, delay)
        judged = [look.points for look in looks if look.stands(over_target)]
        if not judged:
            yield f"{step} without {SCALE_OUT_DATAPOINTS} datapoints over {TARGET_PERCENT:g} %"
            continue
        allowed = [_scale_out_bounds(step, points, _running(timeline, step)) for points in judged]
        if not any(low <= step.after <= high for low, high in allowed):
            ranges = " or ".join(sorted({f"{low} to {high}" for low, high in allowed}))
            yield f"{step}, but CPU {_percents(judged[-1])} asks for {ranges}"


def _wrong_scale_ins(found: Sequence[Step], timeline: Timeline, delay: int) -> Iterator[str]:
    for step in found:
        moment = step.activity.started_at
        looks = looks_before(step.service.cpu, moment, SCALE_IN_DATAPOINTS, delay)
        judged = [look.points for look in looks if look.stands(below_scale_in)]
        if not judged:
            yield f"{step} without {SCALE_IN_DATAPOINTS} datapoints under {SCALE_IN_BELOW_PERCENT:g} %"
            continue
        fewest = min(step.before, *_running(timeline, step))
        least = min(
            capacity_for(step.service, fewest, min(point.value for point in points)) for points in judged
        )
        if step.after < least:
            yield f"{step}, but the lowest of its datapoints still asks for {least}"


def _scale_out_bounds(step: Step, points: Sequence[Datapoint], running: Sequence[int]) -> tuple[int, int]:
    values = [point.value for point in points]
    return (
        capacity_for(step.service, min(step.base, *running), min(values)),
        capacity_for(step.service, max(step.before, *running), max(values)),
    )


def _running(timeline: Timeline, step: Step) -> Sequence[int]:
    """Tasks that ran in the minute before a step: where it starts from, rather than those desired.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
    """
    decided = timeline.time.unix(step.activity.started_at)
    earlier = [sample for sample in step.service.samples if sample.at <= decided]
    since = timeline.time.unix(step.activity.started_at - MINUTE)
    return [sample.running for sample in earlier if sample.at >= since or sample is earlier[-1]] or [
        step.before
    ]


def _desired_at(service: ServiceTimeline, instant: float) -> int:
    earlier = [sample.desired for sample in service.samples if sample.at <= instant]
    return earlier[-1] if earlier else service.samples[0].desired


def _percents(window: Sequence[Datapoint]) -> str:
    return ", ".join(f"{point.value:.0f}" for point in window) + " %" if window else "unknown"
