"""Whether the tasks that run are the tasks that are wanted."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.steps import Step, chain, steps


def desired_explained(timeline: Timeline) -> Check:
    """No desired count changes but by a scaling activity."""
    return judged(
        "desired_explained",
        "every change of a desired count is a recorded scaling activity",
        ", ".join(f"{service.name} {_seen_chain(service)}" for service in timeline.services),
        (problem for service in timeline.services for problem in _unexplained(service)),
        basis=Basis.DECISIONS,
    )


def running_followed(timeline: Timeline, budget_seconds: float) -> Check:
    """After every scaling activity the running count reaches the desired count in time."""
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


def back_at_minimum(timeline: Timeline) -> Check:
    """At the end both services stand at their minimum again."""
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
