"""Load rises until the fleet has grown, and falls until it has shrunk."""

from datetime import timedelta

from tests.load.scenarios.session import Say, session
from tests.load.scenarios.settings import AutoscalingSettings
from tests.load.target import Target
from tests.load.timeline import ScenarioRecord, Timeline
from tests.load.verdict.rules import SCALE_OUT_DATAPOINTS, TARGET_PERCENT

NAME = "Scale-out and scale-in"


def run(target: Target, settings: AutoscalingSettings, say: Say) -> ScenarioRecord:
    """Baseline, high plateau until the fleet has settled, trickle until it is back at its minimum.

    A plateau that the fleet does not answer in its budget ends all the same: the verdict then says
    what was missing.
    """
    seconds = target.clock.seconds
    patience = settings.baseline_minutes * 3 + settings.scale_out_minutes + settings.scale_in_minutes
    # The generator outlives the scenario by its own start and by the mails that are waited for.
    whole = seconds(patience) + 2 * settings.delivery_seconds
    with session(target, settings.baseline_rate, whole, say) as running:
        running.wait(
            "baseline",
            lambda timeline: len(timeline.api.cpu) > settings.baseline_minutes,
            seconds(settings.baseline_minutes * 3),
        )
        risen_at = running.set_rate(settings.high_rate)
        running.wait(
            "high load",
            lambda timeline: has_settled(timeline, settings.settle_minutes),
            seconds(settings.scale_out_minutes),
        )
        dropped_at = running.set_rate(settings.trickle_rate)
        running.wait("load has dropped", at_minimum, seconds(settings.scale_in_minutes))
        return running.finish(NAME, settings.delivery_seconds, high_load=(risen_at, dropped_at))


def has_settled(timeline: Timeline, settle_minutes: float) -> bool:
    """Whether the fleet has grown, runs as wanted, and has no reason to grow further."""
    api = timeline.api
    if not api.activities or api.samples[-1].running != api.samples[-1].desired:
        return False
    quiet = timeline.time.at(timeline.ended_at) - api.activities[-1].started_at
    if quiet < timedelta(minutes=settle_minutes):
        return False
    calm = all(point.value <= TARGET_PERCENT for point in api.cpu[-SCALE_OUT_DATAPOINTS:])
    return calm or api.samples[-1].desired == api.maximum


def at_minimum(timeline: Timeline) -> bool:
    """Whether both services stand at their minimum."""
    return all(service.at_minimum for service in timeline.services)
