"""Whether the fleet has, at the end of each plateau of the load, the capacity that its CPU asks for."""

from collections.abc import Iterator

from verify.record import ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.target_tracking import (
    SCALE_IN_DATAPOINTS,
    SCALE_OUT_DATAPOINTS,
    TARGET_PERCENT,
    below_scale_in,
    looks_before,
    over_target,
    tasks_asked_for,
)


def plateaus_at_arithmetic(record: ScenarioRecord) -> Check:
    """At the end of each plateau neither alarm stands, unless the fleet is at its bound or can spare no task.

    Where the alarm for a scale-in stands, the fleet that it leaves is ⌈tasks x CPU / target⌉, which may be
    the one that there is.
    """
    timeline = record.timeline
    counts = [
        [sample.desired for sample in timeline.api.samples if sample.at <= end][-1]
        for _, end in record.plateaus
    ]
    return judged(
        "plateaus_at_arithmetic",
        f"at the end of each plateau the fleet has as many tasks as its CPU asks for at {TARGET_PERCENT:g} %",
        ", ".join(map(str, counts)) or "no plateau",
        list(_wrong(record)) if record.plateaus else ["no plateau was recorded"],
        basis=Basis.CPU,
    )


def _wrong(record: ScenarioRecord) -> Iterator[str]:
    timeline, api = record.timeline, record.timeline.api
    delay = timeline.metric_delay_minutes + 1
    for number, (_, end) in enumerate(record.plateaus, 1):
        desired = [sample.desired for sample in api.samples if sample.at <= end][-1]
        moment = timeline.time.at(end)
        highs = looks_before(api.cpu, moment, SCALE_OUT_DATAPOINTS, delay)
        lows = looks_before(api.cpu, moment, SCALE_IN_DATAPOINTS, delay)
        if desired < api.maximum and all(look.stands(over_target) for look in highs):
            yield f"plateau {number} ends with {desired} tasks over {TARGET_PERCENT:g} %"
        if all(look.stands(below_scale_in) for look in lows):
            highest = max(point.value for look in lows for point in look.points)
            needed = tasks_asked_for(desired, highest)
            if desired > max(api.minimum, needed):
                yield f"plateau {number} ends with {desired} tasks, where {highest:.0f} % ask for {needed}"
