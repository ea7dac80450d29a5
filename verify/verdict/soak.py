"""The verdict on what tasks hold over a long time: a leak is a slope, not a peak."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from statistics import median

from verify.record import Resources, ScenarioRecord
from verify.verdict.check import Check, judged

# Caches and pools fill at first; what grows after that does not stop.
SETTLED_SHARE = 1 / 3
# Of the level, over the part that is judged: half an hour of a leak that fills a task within a day is 2 %.
GROWTH_SHARE = 0.05
# A sample is of one instant: so much comes and goes with what is in hand.
GROWTH_BYTES = 3 * 1024 * 1024
GROWTH_COUNT = 4.0
_MIN_SAMPLES = 12
_MIB = 1024 * 1024


def tasks_last(record: ScenarioRecord) -> Check:
    """The tasks of the beginning are those of the end: a leak that is cut short by a restart is one too."""
    tasks = _by_task(record)
    instants = sorted({one.at for one in record.resources})
    whole = [
        arn
        for arn, some in tasks.items()
        if instants and some[0].at == instants[0] and some[-1].at == instants[-1]
    ]
    services = {tasks[arn][0].service for arn in whole}
    missing = [one.name for one in record.timeline.services if one.name not in services]
    return judged(
        "tasks_last",
        "each service has the same tasks at the end as at the beginning",
        f"{len(whole)} of {len(tasks)} tasks in {len(instants)} samples",
        [
            *(f"{arn} was not there all the time" for arn in tasks if arn not in whole),
            *(f"no task of {name} was seen" for name in missing),
            *([] if len(instants) >= _MIN_SAMPLES else [f"{len(instants)} samples are too few"]),
        ],
    )


def memory_flat(record: ScenarioRecord) -> Check:
    """Memory does not grow once it has settled."""
    return _flat(
        record, "memory_flat", "memory", lambda one: one.memory_bytes / _MIB, GROWTH_BYTES / _MIB, "MiB"
    )


def descriptors_flat(record: ScenarioRecord) -> Check:
    """Open descriptors do not grow once they have settled."""
    return _flat(record, "descriptors_flat", "descriptors", lambda one: one.descriptors, GROWTH_COUNT, "open")


def connections_flat(record: ScenarioRecord) -> Check:
    """Connections do not grow once they have settled."""
    return _flat(record, "connections_flat", "connections", lambda one: one.connections, GROWTH_COUNT, "open")


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Slope of the line through points that outliers move least: the median of all pairs' (Theil and Sen).

    https://doi.org/10.1080/01621459.1968.10480934
    """
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for earlier, later in combinations(points, 2)
        if later[0] > earlier[0]
    ]
    return median(slopes) if slopes else 0.0


def _flat(  # noqa: PLR0913, PLR0917 - what is measured, how, and how it is told
    record: ScenarioRecord,
    name: str,
    what: str,
    value: Callable[[Resources], float],
    least: float,
    unit: str,
) -> Check:
    grown: dict[str, tuple[float, float]] = {}
    levels = []
    for arn, some in _by_task(record).items():
        settled = some[round(len(some) * SETTLED_SHARE) :]
        points = [(one.at, value(one)) for one in settled]
        if len(points) < 2:  # noqa: PLR2004 - two make a line
            continue
        level = median(one for _, one in points)
        growth = slope(points) * (points[-1][0] - points[0][0])
        levels.append(level)
        if growth > max(GROWTH_SHARE * level, least):
            grown[arn] = (growth, level)
    return judged(
        name,
        f"{what} of each task grow by at most {GROWTH_SHARE:.0%} or {least:g} in the last two thirds",
        f"{len(levels)} tasks with {max(levels, default=0.0):.0f} {unit} at most",
        [
            *(f"{arn} grew by {growth:.1f} on {level:.0f}" for arn, (growth, level) in grown.items()),
            *([] if levels else ["no task was seen"]),
        ],
    )


def _by_task(record: ScenarioRecord) -> Mapping[str, Sequence[Resources]]:
    tasks: dict[str, list[Resources]] = defaultdict(list)
    for one in sorted(record.resources, key=lambda one: one.at):
        tasks[one.task_arn].append(one)
    return tasks
