"""A scheduled minimum takes effect at its time, and ends at its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Self

from verify.conditions import at_minimum, rest_minutes, wait_at_rest, wait_for_minimum
from verify.record import Mark, ScenarioRecord
from verify.scenario import Scenario
from verify.session import Say, Session, session
from verify.target import Target
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.requests import no_request_failed
from verify.verdict.schedule import ENDS, TAKES_EFFECT, minimum_ended, minimum_took_effect
from verify.verdict.tasks import back_at_minimum, desired_explained, running_followed

_DIMENSION = "ecs:service:DesiredCount"


@dataclass(frozen=True)
class Settings:
    """How many and when.

    Attributes:
        more: Tasks by which the scheduled minimum is above the declared one.
        rate: Requests a second, which ask for none of them, and are enough in all for a verdict.
        baseline_minutes: Datapoints that show the fleet at rest before.
        wait_minutes: AWS minutes until the first action is due.
        last_minutes: AWS minutes until the second is due after it.
        scale_in_minutes: Budget for the way back: 15 datapoints and a step.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    more: int = 2
    rate: float = 12.0
    baseline_minutes: int = 2
    wait_minutes: float = 2.0
    last_minutes: float = 9.0
    scale_in_minutes: float = 30.0
    delivery_seconds: float = 30.0

    def eased(self, attempt: int) -> Self:  # noqa: ARG002 - there is nothing to ease
        """Settings for another attempt on a host that was starved: the same."""
        return self


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Two actions as `modules/autoscaling` declares them, at times that a scenario can wait for."""
    seconds = target.clock.seconds
    minutes = rest_minutes(settings.baseline_minutes) + settings.wait_minutes + settings.last_minutes
    delivery = settings.delivery_seconds * target.slowness
    whole = seconds(minutes + 6 + settings.scale_in_minutes) + target.task_budget_seconds + 2 * delivery
    wait_for_minimum(target, say, settings.scale_in_minutes)
    with session(target, settings.rate, whole, say) as running:
        wait_at_rest(running, settings.baseline_minutes)
        api = running.observer.timeline().api
        with _scheduled(running, api, settings):
            running.wait(
                "scheduled minimum",
                partial(_runs, count=api.minimum + settings.more),
                seconds(settings.wait_minutes + 3) + target.task_budget_seconds,
            )
            running.wait(
                "scheduled minimum ends",
                at_minimum,
                seconds(settings.last_minutes + 3 + settings.scale_in_minutes),
            )
        return running.finish(delivery)


def _runs(timeline: Timeline, count: int) -> bool:
    """Whether so many tasks of the API run."""
    return timeline.api.samples[-1].running >= count


@contextmanager
def _scheduled(running: Session, api: ServiceTimeline, settings: Settings) -> Iterator[None]:
    """Two scheduled actions: one for the larger minimum, one for the declared; both are gone afterwards."""
    target = running.target
    scaled: dict[str, Any] = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{target.cluster}/{api.name}",
        "ScalableDimension": _DIMENSION,
    }
    now = target.clock.now()
    effect = now + timedelta(minutes=settings.wait_minutes)
    times = {
        TAKES_EFFECT: (effect, api.minimum + settings.more),
        ENDS: (effect + timedelta(minutes=settings.last_minutes), api.minimum),
    }
    try:
        for name, (moment, minimum) in times.items():
            target.autoscaling.put_scheduled_action(
                **scaled,
                ScheduledActionName=name,
                Schedule=f"at({moment:%Y-%m-%dT%H:%M:%S})",
                ScalableTargetAction={"MinCapacity": minimum, "MaxCapacity": api.maximum},
            )
            running.marks.append(Mark(target.clock.unix(moment), name))
        yield
    finally:
        for name in times:
            target.autoscaling.delete_scheduled_action(**scaled, ScheduledActionName=name)
        target.autoscaling.register_scalable_target(
            **scaled, MinCapacity=api.minimum, MaxCapacity=api.maximum
        )
        running.marks.append(Mark(time.time(), "declared bounds"))


SCENARIO = Scenario(
    title="Scheduled minimum",
    sentence="At its time a scheduled minimum starts tasks that no load asks for, and after its end scaling"
    " takes them away again.",
    settings=Settings(),
    run=run,
    checks=(
        minimum_took_effect,
        minimum_ended,
        desired_explained,
        running_followed,
        back_at_minimum,
        no_request_failed,
        *ALWAYS,
        *UNDISTURBED,
    ),
    default=False,
    budget_minutes=1.5,
)
