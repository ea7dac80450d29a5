"""Whether the tasks that run are the tasks that are wanted, and lost ones come back."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from verify.aws_time import MINUTE
from verify.record import Fault, Request, ScenarioRecord
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import slack_seconds
from verify.verdict.steps import Step, chain, steps


def desired_explained(record: ScenarioRecord) -> Check:
    """No desired count changes but by a scaling activity."""
    return judged(
        "desired_explained",
        "every change of a desired count is a recorded scaling activity",
        ", ".join(f"{service.name} {_seen_chain(service)}" for service in record.timeline.services),
        (problem for service in record.timeline.services for problem in _unexplained(service)),
        basis=Basis.DECISIONS,
    )


def running_followed(record: ScenarioRecord) -> Check:
    """After every scaling activity the running count reaches the desired count in time."""
    timeline, budget_seconds = record.timeline, record.task_budget_seconds
    delays = [
        (step, _seconds_until_running(timeline, step, following))
        for service in timeline.services
        for step, following in _with_following(steps(service))
    ]
    slowest = max((delay for _, delay in delays if delay is not None), default=0.0)
    return judged(
        "running_followed",
        f"the running count reaches each desired count within {budget_seconds:.0f} s, unless overtaken",
        f"{len(delays)} changes, slowest {slowest:.1f} s",
        (
            f"{step} was not running after {budget_seconds:.0f} s"
            for step, delay in delays
            if delay is None or delay > budget_seconds
        ),
    )


def back_at_minimum(record: ScenarioRecord) -> Check:
    """At the end both services stand at their minimum again."""
    timeline = record.timeline
    return judged(
        "back_at_minimum",
        "when the load has stopped, both services return to their minimum",
        ", ".join(f"{service.name} {chain(service)}" for service in timeline.services),
        (
            f"{service.name} ends with {service.samples[-1].desired} desired and "
            f"{service.samples[-1].running} running, the minimum is {service.minimum}"
            for service in timeline.services
            if not service.at_minimum
        ),
    )


def tasks_replaced(record: ScenarioRecord) -> Check:
    """Every lost task is replaced by a new one until as many run as are wanted."""
    budget_seconds = record.task_budget_seconds
    delays = [fault.replaced_at - fault.done_at for fault in record.faults if fault.replaced_at is not None]
    return judged(
        "tasks_replaced",
        f"a new task runs in the lost one's place within {budget_seconds:.0f} s",
        f"{len(delays)} of {len(record.faults)} replaced, slowest {max(delays, default=0.0):.1f} s",
        (problem for fault in record.faults for problem in unreplaced(fault, budget_seconds)),
    )


def requests_met_kills(record: ScenarioRecord) -> Check:
    """At each kill of a task that answers requests some were in flight, and were lost with it.

    A load balancer does not repeat a request
    (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html),
    so that where none is lost, none was there, or one was sent to two tasks.
    """
    kills = [
        fault
        for fault in record.faults
        if fault.kind == "SIGKILL" and fault.service == record.timeline.api.name
    ]
    slack = slack_seconds(record)
    lost = [sum(_lost_at(kill, request, slack) for request in record.requests) for kill in kills]
    return judged(
        "requests_met_kills",
        "at each SIGKILL of a task behind the load balancer requests are in flight, and lost with it",
        f"{', '.join(map(str, lost)) or 'none'} lost at {len(kills)} kills",
        [f"none at {kill.task_arn}" for kill, count in zip(kills, lost, strict=True) if not count],
        basis=Basis.DECISIONS,
    )


def _lost_at(kill: Fault, request: Request, slack: float) -> bool:
    return not request.accepted and request.open_between(kill.began_at, kill.done_at + slack)


def faults_injected(record: ScenarioRecord) -> Check:
    """Each kind of fault was done to each service: a run without faults proves nothing."""
    done = {(fault.kind, fault.service) for fault in record.faults}
    kinds = dict.fromkeys(kind for kind, _ in record.wanted_faults)
    return judged(
        "faults_injected",
        f"a task of each service is lost by {' and by '.join(kinds)}",
        f"{len(record.faults)} tasks taken away, the fleet at {_cpu_before(record)} CPU",
        (f"no {kind} of {service}" for kind, service in record.wanted_faults if (kind, service) not in done),
    )


def _unexplained(service: ServiceTimeline) -> Iterator[str]:
    explained = iter([service.samples[0].desired, *(activity.desired for activity in service.activities)])
    for count in _seen(service):
        # `in` moves the iterator on, so order matters.
        if count not in explained:
            yield f"{service.name} was set to {count} by no scaling activity"
            return


def _seen(service: ServiceTimeline) -> Sequence[int]:
    return [count for count, _ in groupby(sample.desired for sample in service.samples)]


def _seen_chain(service: ServiceTimeline) -> str:
    return "→".join(map(str, _seen(service)))


def _with_following(found: Sequence[Step]) -> Iterator[tuple[Step, Step | None]]:
    yield from pairwise([*found, None])


def _seconds_until_running(timeline: Timeline, step: Step, following: Step | None) -> float | None:
    """Real seconds until the step was fulfilled or overtaken; None if neither was seen."""
    began = timeline.time.unix(step.activity.started_at)
    overtaken = timeline.time.unix(following.activity.started_at) if following else float("inf")
    for sample in step.service.samples:
        if sample.at >= began and (sample.running == step.after or sample.at >= overtaken):
            return min(sample.at, overtaken) - began
    return None


def _cpu_before(record: ScenarioRecord) -> str:
    """CPU of the load-balanced service in the last minute before the first fault."""
    timeline = record.timeline
    first = timeline.time.at(min((fault.began_at for fault in record.faults), default=timeline.ended_at))
    before = [point.value for point in timeline.api.cpu if point.minute + MINUTE <= first]
    return f"{before[-1]:.0f} %" if before else "unknown"


def unreplaced(fault: Fault, budget_seconds: float) -> Iterator[str]:
    """Sentences on a lost task whose replacement is missing, or took more real seconds than these."""
    what = f"{fault.service} after {fault.kind}"
    if fault.replaced_at is None:
        yield f"{what}: never replaced"
    elif not fault.replacements:
        yield f"{what}: no new task"
    elif fault.replaced_at - fault.done_at > budget_seconds:
        yield f"{what}: only after {fault.replaced_at - fault.done_at:.1f} s"
