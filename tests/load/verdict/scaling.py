"""Whether the fleet was scaled when, and as far as, target tracking's arithmetic says."""

import math
from collections.abc import Iterator, Sequence

from tests.load.timeline import Datapoint, ServiceTimeline, Timeline
from tests.load.verdict.check import Basis, Check, judged
from tests.load.verdict.datapoints import longest_run_above, windows_before
from tests.load.verdict.rules import (
    SCALE_IN_BELOW_PERCENT,
    SCALE_IN_DATAPOINTS,
    SCALE_OUT_DATAPOINTS,
    TARGET_PERCENT,
)
from tests.load.verdict.steps import Step, chain, cpu_steps, steps

# Binary fractions must not ask for a task: 3 x 70.0 / 70.0 may come out a hair above 3.
_ROUNDING_DIGITS = 6


def load_drove_cpu(timeline: Timeline) -> Check:
    """The load was heavy enough to ask for a scale-out at all."""
    cpu = timeline.api.cpu
    run = longest_run_above(cpu, TARGET_PERCENT)
    return judged(
        "load_drove_cpu",
        f"load holds CPU over {TARGET_PERCENT:g} % for {SCALE_OUT_DATAPOINTS} datapoints or more",
        f"{run} in a row, highest {max((point.value for point in cpu), default=0.0):.0f} %",
        [f"only {run} in a row"] if run < SCALE_OUT_DATAPOINTS else [],
        basis=Basis.CPU,
    )


def scaled_out(timeline: Timeline) -> Check:
    """The fleet behind the load balancer grew at all."""
    counts = [sample.desired for sample in timeline.api.samples]
    grown = [step for step in cpu_steps(timeline.api) if step.out]
    return judged(
        "scaled_out",
        "the policy raises the desired count under load",
        f"desired {counts[0]}→{max(counts)} in {len(grown)} steps",
        [] if grown else ["no scale-out was recorded"],
        basis=Basis.CPU,
    )


def scale_out_steps(timeline: Timeline) -> Check:
    """Every scale-out goes from ⌈base·lowest/target⌉ to ⌈current·highest/target⌉, clamped."""
    found = [step for service in timeline.services for step in cpu_steps(service) if step.out]
    return judged(
        "scale_out_steps",
        f"each step follows {SCALE_OUT_DATAPOINTS} datapoints over {TARGET_PERCENT:g} %"
        f" and goes to ⌈desired x CPU / {TARGET_PERCENT:g}⌉",
        ", ".join(f"{service.name} {chain(service)}" for service in timeline.services),
        _wrong_scale_outs(found, timeline.metric_delay_minutes),
        basis=Basis.CPU,
    )


def scale_in_steps(timeline: Timeline) -> Check:
    """Every scale-in has its datapoints and takes no task that the target still needs.

    Also one that another policy is named for: tasks are taken away only when every policy agrees, and
    no more of them than any policy allows
    (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
    """
    found = [step for service in timeline.services for step in steps(service) if not step.out]
    return judged(
        "scale_in_steps",
        f"each scale-in follows {SCALE_IN_DATAPOINTS} datapoints under {SCALE_IN_BELOW_PERCENT:g} %"
        " and leaves ⌈desired x CPU / target⌉ or more",
        ", ".join(map(str, found)) if found else "no scale-in",
        _wrong_scale_ins(found, timeline.metric_delay_minutes),
        basis=Basis.CPU,
    )


def settled(timeline: Timeline, load_dropped_at: float) -> Check:
    """At the end of the high plateau the fleet carries the load at the target, or cannot grow."""
    api = timeline.api
    at_maximum = _desired_at(api, load_dropped_at) == api.maximum
    dropped = timeline.time.at(load_dropped_at)
    windows = windows_before(api.cpu, dropped, SCALE_OUT_DATAPOINTS, timeline.metric_delay_minutes + 1)
    calm = any(all(point.value <= TARGET_PERCENT for point in window) for window in windows)
    newest = windows[-1] if windows else ()
    return judged(
        "settled",
        f"under constant load the fleet comes to at most {TARGET_PERCENT:g} % CPU or to {api.maximum} tasks",
        f"desired {_desired_at(api, load_dropped_at)} of at most {api.maximum}, CPU {_percents(newest)}",
        [] if at_maximum or calm else ["neither before the load dropped"],
        basis=Basis.CPU,
    )


def _wrong_scale_outs(found: Sequence[Step], delay: int) -> Iterator[str]:
    for step in found:
        moment = step.activity.started_at
        windows = [
            window
            for window in windows_before(step.service.cpu, moment, SCALE_OUT_DATAPOINTS, delay)
            if all(point.value > TARGET_PERCENT for point in window)
        ]
        if not windows:
            yield f"{step} without {SCALE_OUT_DATAPOINTS} datapoints over {TARGET_PERCENT:g} %"
            continue
        allowed = [_scale_out_bounds(step, window) for window in windows]
        if not any(low <= step.after <= high for low, high in allowed):
            ranges = " or ".join(sorted({f"{low} to {high}" for low, high in allowed}))
            yield f"{step}, but CPU {_percents(windows[-1])} asks for {ranges}"


def _wrong_scale_ins(found: Sequence[Step], delay: int) -> Iterator[str]:
    for step in found:
        moment = step.activity.started_at
        windows = [
            window
            for window in windows_before(step.service.cpu, moment, SCALE_IN_DATAPOINTS, delay)
            if all(point.value < SCALE_IN_BELOW_PERCENT for point in window)
        ]
        if not windows:
            yield f"{step} without {SCALE_IN_DATAPOINTS} datapoints under {SCALE_IN_BELOW_PERCENT:g} %"
            continue
        least = min(
            _clamped(step.service, step.before, min(point.value for point in window)) for window in windows
        )
        if step.after < least:
            yield f"{step}, but the lowest of its datapoints still asks for {least}"


def _scale_out_bounds(step: Step, window: Sequence[Datapoint]) -> tuple[int, int]:
    values = [point.value for point in window]
    return (
        _clamped(step.service, step.base, min(values)),
        _clamped(step.service, step.before, max(values)),
    )


def _clamped(service: ServiceTimeline, capacity: int, percent: float) -> int:
    needed = math.ceil(round(capacity * percent / TARGET_PERCENT, _ROUNDING_DIGITS))
    return max(service.minimum, min(service.maximum, needed))


def _desired_at(service: ServiceTimeline, instant: float) -> int:
    earlier = [sample.desired for sample in service.samples if sample.at <= instant]
    return earlier[-1] if earlier else service.samples[0].desired


def _percents(window: Sequence[Datapoint]) -> str:
    return ", ".join(f"{point.value:.0f}" for point in window) + " %" if window else "unknown"
