"""Whether a scheduled minimum was in force from its time to its end."""

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.verdict.check import Basis, Check, judged

TAKES_EFFECT = "minimum-rises"
"""Name of the action that raises the minimum, and label of the mark at the time for which it is scheduled."""
ENDS = "minimum-ends"
"""Name of the action that lowers it, and label of the mark at its time."""
# Application Auto Scaling begins with an action within a minute or so, and looks at it once a minute
# (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html).
LATE_MINUTES = 2


def minimum_took_effect(record: ScenarioRecord) -> Check:
    """As many tasks as scheduled are desired within minutes of the time, though no load asks for them."""
    timeline, at = record.timeline, _scheduled(record, TAKES_EFFECT)
    api = timeline.api
    late = timeline.time.seconds(LATE_MINUTES)
    raised = [sample for sample in api.samples if sample.desired > api.minimum]
    problems = [] if at is not None else ["no action was scheduled"]
    if at is not None and not raised:
        problems.append("the minimum was never raised")
    if at is not None and raised:
        if raised[0].at < at:
            problems.append("more tasks were desired before it was time")
        if raised[0].at > at + late:
            problems.append(f"only {(raised[0].at - at) / timeline.time.minute_seconds:.1f} minutes later")
        asked = [activity.cause for activity in api.activities if activity.desired == raised[0].desired]
        if not any(cause.startswith("minimum capacity was set to") for cause in asked):
            problems.append("no scaling activity says that the minimum was set")
    return judged(
        "minimum_took_effect",
        f"within {LATE_MINUTES} minutes of its time the scheduled minimum is desired, and before it is not",
        f"desired {api.minimum}→{max(sample.desired for sample in api.samples)}",
        problems,
        basis=Basis.DECISIONS,
    )


def minimum_ended(record: ScenarioRecord) -> Check:
    """Until its end no scale-in goes below the scheduled minimum, however idle the tasks are."""
    timeline, at = record.timeline, _scheduled(record, ENDS)
    api = timeline.api
    raised = [sample for sample in api.samples if sample.desired > api.minimum]
    problems = [] if at is not None else ["no end was scheduled"]
    if at is not None and raised:
        early = [
            sample
            for sample in api.samples
            if raised[0].at < sample.at < at and sample.desired == api.minimum
        ]
        if early:
            problems.append(
                f"{api.name} was scaled in at {timeline.time.at(early[0].at):%H:%M:%S}, before it"
            )
    if api.samples[-1].desired != api.minimum:
        problems.append(f"{api.samples[-1].desired} tasks are desired long after it")
    end = timeline.time.at(at).replace(second=0, microsecond=0) + MINUTE if at is not None else None
    return judged(
        "minimum_ended",
        "the fleet keeps to the scheduled minimum until its end, and goes back to the declared one after it",
        f"from {f'{end:%H:%M}' if end else 'never'} on {api.samples[-1].desired} tasks in the end",
        problems,
        basis=Basis.DECISIONS,
    )


def _scheduled(record: ScenarioRecord, label: str) -> float | None:
    return next((mark.at for mark in record.marks if mark.label == label), None)
