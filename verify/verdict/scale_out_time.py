"""Time from a jump of the load to the scale-out that it asks for, beside AWS's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from verify.record import ScenarioRecord
from verify.timeline import Datapoint, ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.steps import Step, policy_steps
from verify.verdict.target_tracking import SCALE_OUT_DATAPOINTS, TARGET_PERCENT, capacity_for, over_target

_HIGH_RESOLUTION = "HighResolution"
# A datapoint or two of the period more than where AWS measured: a jump may come just after a period's
# beginning, and alarms are looked at once a period.
_SLACK_PERIODS = 2


@dataclass(frozen=True)
class Measured:
    """Time that AWS measured, in seconds from the jump of the load.

    https://aws.amazon.com/blogs/aws/amazon-ecs-introduces-new-high-resolution-metrics-for-faster-service-auto-scaling/

    Attributes:
        trigger: Until the scale-out begins.
        running: Until its tasks run.
        period: Of the metric's datapoints.
    """

    trigger: float
    running: float
    period: float


BY_THE_MINUTE = Measured(trigger=363.0, running=386.0, period=60.0)
BY_TWENTY_SECONDS = Measured(trigger=86.0, running=109.0, period=20.0)


def scale_out_in_time(record: ScenarioRecord) -> Check:
    """The first scale-out begins as soon after the jump as on AWS; both times stand beside AWS's."""
    timeline, api = record.timeline, record.timeline.api
    aws = aws_times(api)
    risen = timeline.time.at(record.high_load[0])
    step = next((step for step in policy_steps(api) if step.out and step.activity.started_at >= risen), None)
    bound = aws.trigger + _SLACK_PERIODS * aws.period
    expectation = (
        f"the first scale-out begins within {bound:.0f} AWS seconds of the jump; AWS's own takes"
        f" {aws.trigger:.0f} s, and {aws.running:.0f} s until its tasks run"
    )
    if step is None:
        return judged(
            "scale_out_in_time", expectation, "never", ["no scale-out was recorded"], basis=Basis.CPU
        )
    waited = (step.activity.started_at - risen).total_seconds()
    ran = _running_at(timeline, step)
    real = waited / 60 * timeline.time.minute_seconds
    figure = f"{waited:.0f} AWS seconds ({real:.1f} s here; AWS {aws.trigger:.0f} s)"
    if ran is not None:
        passed = ran - record.high_load[0]
        aws_seconds = passed / timeline.time.minute_seconds * 60
        figure += (
            f", {step.after} tasks run after {aws_seconds:.0f} ({passed:.1f} s here; AWS {aws.running:.0f} s)"
        )
    problems = [] if ran is not None else ["its tasks never ran"]
    late = [f"{waited:.0f} s"] if waited > bound else []
    return judged("scale_out_in_time", expectation, figure, problems, late=late)


def fine_scale_out(record: ScenarioRecord) -> Check:
    """The step goes to ⌈tasks x CPU / target⌉ of three datapoints of twenty seconds above the target."""
    found = [step for step in policy_steps(record.timeline.api) if step.out]
    return judged(
        "fine_scale_out",
        f"each step follows {SCALE_OUT_DATAPOINTS} datapoints of twenty seconds over {TARGET_PERCENT:g} %"
        f" and goes to ⌈tasks x CPU / {TARGET_PERCENT:g}⌉",
        ", ".join(map(str, found)) or "none",
        [problem for step in found if (problem := _wrong(step, record.fine_cpu))]
        or ([] if found else ["no scale-out was recorded"]),
        basis=Basis.CPU,
    )


def aws_times(service: ServiceTimeline) -> Measured:
    """Times that AWS measured with the kind of metric that a service's policies track."""
    fine = any(policy.metric.endswith(_HIGH_RESOLUTION) for policy in service.policies)
    return BY_TWENTY_SECONDS if fine else BY_THE_MINUTE


def _running_at(timeline: Timeline, step: Step) -> float | None:
    """Real instant of the first sample with all tasks of the step."""
    begun = timeline.time.unix(step.activity.started_at)
    return next(
        (sample.at for sample in timeline.api.samples if sample.at >= begun and sample.running >= step.after),
        None,
    )


def _wrong(step: Step, points: Sequence[Datapoint]) -> str:
    """Fault of a step, in words; empty if there is none."""
    # Of what had ended by then, as many more may have been on their way.
    period = timedelta(seconds=BY_TWENTY_SECONDS.period)
    seen = [point for point in points if point.minute + period <= step.activity.started_at]
    newest = seen[-(SCALE_OUT_DATAPOINTS + _SLACK_PERIODS) :]
    windows = [
        newest[begin : begin + SCALE_OUT_DATAPOINTS]
        for begin in range(len(newest) - SCALE_OUT_DATAPOINTS + 1)
    ]
    standing = [window for window in windows if all(over_target(point.value) for point in window)]
    if not standing:
        return f"{step} without {SCALE_OUT_DATAPOINTS} datapoints over {TARGET_PERCENT:g} %"
    values = [point.value for window in standing for point in window]
    low, high = (capacity_for(step.service, step.before, value) for value in (min(values), max(values)))
    return "" if low <= step.after <= high else f"{step}, but CPU asks for {low} to {high}"
